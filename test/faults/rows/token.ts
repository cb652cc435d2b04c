import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere } from '../vendor.ts'

export default row({
  number: 21,
  title: 'token revoked: nothing is burned, a new token by SIGHUP sets it going',
  smoke: true,
  async run({ lab, spawn, resettle, judge, look, until, settled }) {
    const stale = `EAA${'stale'.repeat(38)}`
    const child = await spawn(elsewhere(lab.tree(), 'meta', { access_token: stale }))
    const readiness = async () =>
      (await (await fetch(`${child.url}/readyz`)).json()) as { lanes: Record<string, number>; ready: boolean }
    await lab.post(child.url, { kind: 'backend', events: Array.from({ length: 20 }, (_, n) => anOrder(`t${n}`)) })
    await until('a halted lane', async () => (await readiness()).lanes.halted === 1)
    const [found] = await look((store) => store.recent({ limit: 1, eventId: 't0' }))
    const waiting = found?.deliveries.find(({ instance }) => instance === 'meta')
    must(
      waiting?.state === 'pending' && waiting.attempts === 0,
      `it is ${waiting?.state} after ${waiting?.attempts} attempts`,
    )
    resettle(child, {})
    await until('all of it at Meta', () => lab.platforms.simulators.meta.state().accepted.length === 20)
    await settled()
    await judge()
    must((await readiness()).lanes.halted === 0, 'the lane is halted still')
  },
})
