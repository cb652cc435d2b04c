import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 23,
  title: 'the platform’s name is not found: no attempt is used up',
  async run({ lab, spawn, resettle, judge, look, until, settled }) {
    const child = await spawn(elsewhere(lab.tree(), 'reddit', { endpoint: 'https://platform.invalid' }))
    await lab.post(child.url, { kind: 'backend', events: [anOrder('name')] })
    const delivery = () =>
      look(async (store) =>
        (await store.recent({ limit: 1 }))[0]?.deliveries.find(({ instance }) => instance === 'reddit'),
      )
    const tried = await until('a try', async () => {
      const found = await delivery()
      return found?.why ? found : undefined
    })
    must(/ENOTFOUND|EAI_AGAIN/.test(tried.why ?? ''), tried.why ?? '')
    must(tried.attempts === 0 && tried.ambiguous === 0, `${tried.attempts} attempts were counted`)
    resettle(child, {})
    await settled()
    await judge()
    must((await delivery())?.attempts === 1, 'the one request that was written is not the one that is counted')
  },
})
