import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 28,
  title: 'one event posted 100 times at once',
  smoke: true,
  async run({ lab, spawn, judge, look, settled }) {
    const child = await spawn()
    const post = { kind: 'backend', events: [anOrder('same')] } as const
    const statuses = await Promise.all(Array.from({ length: 100 }, () => lab.post(child.url, post)))
    must(
      statuses.every((status) => status === 202),
      `statuses: ${[...new Set(statuses)].join(', ')}`,
    )
    await settled()
    await judge()
    const { events, copies, duplicates } = await look((store) => store.counts())
    must(
      events === 1 && copies === 1 && duplicates === 99,
      `${events} events, ${copies} copies, ${duplicates} duplicates`,
    )
    for (const name of ['meta', 'reddit', 'snapchat'] as const) {
      const { accepted } = lab.platforms.simulators[name].state()
      must(accepted.length === 1, `${name} has it ${accepted.length} times`)
    }
  },
})
