import { anOrder, Refused } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 8,
  title: 'two processes on one file',
  smoke: true,
  async run({ lab, spawn, judge, settled }) {
    const first = await spawn()
    const second = await spawn().catch((error: unknown) => error)
    must(second instanceof Refused && second.code === 78, 'the second one starts')
    must(/STORE_LOCKED Another process works on the store/.test(second.message), second.message)
    must((await lab.post(first.url, { kind: 'backend', events: [anOrder('one')] })) === 202, 'the first one suffers')
    await settled()
    await judge()
  },
})
