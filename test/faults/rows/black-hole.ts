import { anOrder } from '../lab.ts'
import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 16,
  title: 'black hole: ten seconds in all, then the worker is free',
  async run({ lab, spawn, judge, look, until, settled, after }) {
    const proxy = await startProxy(lab.platforms.url)
    after(() => proxy.close())
    proxy.set({ kind: 'black_hole' })
    const child = await spawn(elsewhere(lab.tree(), 'reddit', { endpoint: proxy.url }))
    await lab.post(child.url, { kind: 'backend', events: [anOrder('hole')] })
    await until('the others', () => lab.platforms.simulators.meta.state().accepted.length === 1)
    const begun = performance.now()
    const attempt = () =>
      look(async (store) => {
        const [found] = await store.recent({ limit: 1 })
        const delivery = found?.deliveries.find(({ instance }) => instance === 'reddit')
        return delivery?.attempts ? delivery : undefined
      })
    const delivery = await until('the end of the request', attempt)
    must(/TIMEOUT/.test(delivery.why ?? ''), delivery.why ?? 'no word')
    const seconds = Math.round((performance.now() - begun) / 1000)
    proxy.set({ kind: 'pass' })
    await settled()
    const { resends } = await judge()
    must(resends === 0, 'what never arrived was taken for a resend')
    return `given up after ${seconds} s, delivered once the way was free`
  },
})
