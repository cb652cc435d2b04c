import { setTimeout as wait } from 'node:timers/promises'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { elsewhere, startVendor } from '../vendor.ts'

export default row({
  number: 15,
  title: '5xx storm: the lane probes with one event, farther and farther apart, and recovers',
  async run({ lab, spawn, judge, until, settled, after, resettle }) {
    const sizes: number[] = []
    const vendor = await startVendor((_request, response, _nth, body) => {
      sizes.push((JSON.parse(body) as { data?: { events?: unknown[] } }).data?.events?.length ?? 0)
      response.writeHead(503).end()
    })
    after(() => vendor.close())
    const child = await spawn(elsewhere(lab.tree(), 'reddit', { endpoint: vendor.url }))
    for (let n = 0; n < 4; n++)
      await lab.post(child.url, {
        kind: 'backend',
        events: Array.from({ length: 25 }, (_, at) => anOrder(`b${n}-${at}`)),
      })
    await until('the others', () => lab.platforms.simulators.meta.state().accepted.length === 100)
    await wait(25_000)
    const gaps = vendor.times.slice(1).map((at, n) => at - vendor.times[n]!)
    must(vendor.times.length <= 12, `${vendor.times.length} requests in a storm of 25 s`)
    must(
      sizes.slice(3).every((size) => size === 1),
      `probes carried ${sizes.slice(3).join(', ')} events`,
    )
    must(
      gaps.slice(3).every((gap) => gap >= 700),
      `pauses of ${gaps.map(Math.round).join(', ')} ms`,
    )
    resettle(child, {})
    await until('full recovery', () => lab.platforms.simulators.reddit.state().accepted.length === 100)
    await settled()
    await judge()
    return `${vendor.times.length} requests in 25 s with 100 events waiting; all delivered afterwards`
  },
})
