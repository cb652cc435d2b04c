import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 19,
  title: 'a yes to some of a batch: only those are delivered',
  smoke: true,
  async run({ lab, spawn, judge, look, settled }) {
    for (const name of ['reddit', 'snapchat'] as const)
      lab.platforms.simulators[name].setMode({ mode: 'ok', poison: ['p3'], partial: true, names: true })
    const child = await spawn({ hold: { default: '1s' } })
    await lab.post(child.url, { kind: 'backend', events: Array.from({ length: 8 }, (_, n) => anOrder(`p${n}`)) })
    await settled()
    await judge()
    const { deliveries } = await look((store) => store.counts())
    for (const name of ['reddit', 'snapchat'])
      must(
        deliveries[name]?.delivered === 7 && deliveries[name].dead === 1,
        `${name}: ${JSON.stringify(deliveries[name])}`,
      )
  },
})
