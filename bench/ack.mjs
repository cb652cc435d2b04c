// HTTP to durable acknowledgement, beside bare node:http with a parse and a synced append.
import { start } from './child.mjs'
import { interleaved, ratio } from './numbers.mjs'

export async function ack({ folder, rounds, seconds, profile }) {
  const load = await start('load.mjs', { connections: 64 })
  const floor = await start('floor.mjs', { folder })
  const ours = await start('collector.mjs', { folder }, profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])
  try {
    const against = (server, count) => async () => {
      const before = await server.ask({ do: 'usage' })
      const taken = await load.ask({ do: 'run', url: server.url, count, ms: seconds * 1000 })
      const after = await server.ask({ do: 'usage' })
      if (taken.failed > 0 || taken.events === 0) throw new Error(`${taken.failed} requests were refused`)
      return {
        perSecond: taken.perSecond,
        p50: taken.p50,
        p99: taken.p99,
        mainMicros: (after.thread - before.thread) / taken.events,
        allMicros: (after.process - before.process) / taken.events,
        rssMb: after.rss / 1e6,
      }
    }
    // Both have run for a while in life, so neither is measured before its code is compiled.
    for (const count of [1, 10])
      for (const server of [floor, ours])
        await load.ask({ do: 'run', url: server.url, count, ms: 10_000, total: 15_000 })
    const results = await interleaved(rounds, {
      floor1: against(floor, 1),
      ours1: against(ours, 1),
      floor10: against(floor, 10),
      ours10: against(ours, 10),
    })
    return [
      row('durable ack, 1 event a request', results.ours1, results.floor1, 0.6),
      row('durable ack, 10 events a request', results.ours10, results.floor10, 0.5),
    ]
  } finally {
    await Promise.all([load.stop(), floor.stop(), ours.stop()])
  }
}

const row = (what, ours, limit, target) => ({
  what,
  unit: 'events/s',
  ours: ours.perSecond,
  limit: limit.perSecond,
  limitIs: 'bare node:http + parse + synced append',
  ratio: ratio(ours, limit),
  target,
  more: {
    p99: [ours.p99, limit.p99],
    mainMicros: [ours.mainMicros, limit.mainMicros],
    allMicros: [ours.allMicros, limit.allMicros],
    rssMb: ours.rssMb,
  },
})
