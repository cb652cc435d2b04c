import { anOrder } from '../lab.ts'
import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 17,
  title: 'an answer that drips, a byte every 300 ms',
  async run({ lab, spawn, judge, look, until, settled, after }) {
    const proxy = await startProxy(lab.platforms.url)
    after(() => proxy.close())
    proxy.set({ kind: 'drip', everyMs: 300 })
    const child = await spawn(elsewhere(lab.tree(), 'snapchat', { endpoint: proxy.url }))
    await lab.post(child.url, { kind: 'backend', events: [anOrder('drip')] })
    const delivery = await until('the end of the request', () =>
      look(async (store) => {
        const [found] = await store.recent({ limit: 1 })
        const one = found?.deliveries.find(({ instance }) => instance === 'snapchat')
        return one?.attempts ? one : undefined
      }),
    )
    must(/TIMEOUT/.test(delivery.why ?? ''), delivery.why ?? 'no word')
    proxy.set({ kind: 'pass' })
    await settled()
    const { resends } = await judge()
    must(resends >= 1, 'the platform had taken it, and no resend was counted')
    return `ended by the limit of ten seconds; the platform had taken it, so ${resends} counted resend${resends > 1 ? 's' : ''}`
  },
})
