import { anOrder } from '../lab.ts'
import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 26,
  title: 'connection reset before, and after the platform took it',
  smoke: true,
  async run({ lab, spawn, judge, look, until, settled, after }) {
    const proxy = await startProxy(lab.platforms.url)
    after(() => proxy.close())
    const child = await spawn(elsewhere(lab.tree(), 'meta', { endpoint: proxy.url }))
    const { meta } = lab.platforms.simulators
    const of = (id: string) =>
      look(async (store) => {
        const [found] = await store.recent({ limit: 1, eventId: id })
        return found?.deliveries.find(({ instance }) => instance === 'meta')
      })
    proxy.set({ kind: 'reset_answer' })
    await lab.post(child.url, { kind: 'backend', events: [anOrder('after')] })
    await until('the platform’s receipt', () => meta.state().accepted.length >= 1)
    await until('the store’s word', async () => (await of('after'))?.attempts)
    proxy.set({ kind: 'reset_request' })
    await lab.post(child.url, { kind: 'backend', events: [anOrder('before')] })
    await until('a try', async () => (await of('before'))?.attempts)
    proxy.set({ kind: 'pass' })
    await settled()
    const { resends } = await judge()
    must(resends >= 1, 'no resend was seen')
    must(((await of('after'))?.ambiguous ?? 0) >= 1, 'the resend was not counted')
    return `${resends} taken twice, each counted as a resend`
  },
})
