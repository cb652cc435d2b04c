// The whole way: posts in, three deliveries an event out to bare sinks. Over when the last event has been taken everywhere.
import { start } from './child.mjs'
import { interleaved } from './numbers.mjs'

const capMs = 300_000

export async function pipeline({ folder, rounds, pipelineEvents: events, profile }) {
  const sinks = await start('sinks.mjs', {})
  const load = await start('load.mjs', { connections: 16 })
  const ours = await start(
    'collector.mjs',
    { folder, sinks: sinks.url, hold: '0s' },
    profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
  )
  const delivered = async () => {
    const { meta, reddit, snapchat } = await sinks.ask({ do: 'counts' })
    return Math.min(meta, reddit, snapchat)
  }
  try {
    const once = async () => {
      const done = await delivered()
      const before = await ours.ask({ do: 'usage' })
      const begin = performance.now()
      const taken = await load.ask({ do: 'run', url: ours.url, count: 10, total: events, ms: capMs })
      if (taken.failed > 0) throw new Error(`${taken.failed} requests were refused`)
      while ((await delivered()) - done < taken.events) {
        if (performance.now() - begin > capMs) throw new Error('The deliveries did not end in five minutes.')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const seconds = (performance.now() - begin) / 1000
      const after = await ours.ask({ do: 'usage' })
      return {
        perSecond: taken.events / seconds,
        inPerSecond: taken.perSecond,
        mainMicros: (after.thread - before.thread) / taken.events,
        allMicros: (after.process - before.process) / taken.events,
        rssMb: after.rss / 1e6,
      }
    }
    const results = await interleaved(rounds, { ours: once })
    const { perSecond, inPerSecond, mainMicros, allMicros, rssMb } = results.ours
    return [
      {
        what: 'whole pipeline, three destinations',
        unit: 'events/s',
        ours: perSecond,
        limit: 8000,
        limitIs: 'the target itself',
        ratio: perSecond / 8000,
        target: 1,
        more: { inPerSecond, mainMicros, allMicros, rssMb },
      },
    ]
  } finally {
    await Promise.all([load.stop(), ours.stop()])
    await sinks.stop()
  }
}
