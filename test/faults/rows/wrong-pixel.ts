import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 22,
  title: 'pixel unknown, and no permission: the lane waits, nothing dies',
  async run({ lab, spawn, judge, look, until, settled }) {
    lab.platforms.simulators.meta.setMode({ mode: 'pixel_unknown' })
    lab.platforms.simulators.reddit.setMode({ mode: 'no_permission' })
    lab.platforms.simulators.snapchat.setMode({ mode: 'pixel_unknown' })
    const child = await spawn()
    const lanes = async () =>
      ((await (await fetch(`${child.url}/readyz`)).json()) as { lanes: Record<string, number> }).lanes
    await lab.post(child.url, { kind: 'backend', events: Array.from({ length: 30 }, (_, n) => anOrder(`w${n}`)) })
    await until('three halted lanes', async () => (await lanes()).halted === 3)
    const { deliveries } = await look((store) => store.counts())
    must(
      Object.values(deliveries).every(({ pending }) => pending === 30),
      JSON.stringify(deliveries),
    )
    for (const name of ['meta', 'reddit', 'snapchat'] as const) lab.platforms.simulators[name].setMode({ mode: 'ok' })
    await until('the probes', async () => (await lanes()).ok === 3)
    await settled()
    await judge()
  },
})
