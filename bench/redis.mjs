// The Redis driver beside a raw pipeline of the same bytes. Runs where both the driver and a Redis of one's own are there.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { copyOf } from './copies.mjs'
import { interleaved, ratio } from './numbers.mjs'

const driver = path.join(import.meta.dirname, '../server/store/redis.ts')
const callSize = 20
const underWay = 16

/** @param options `redis`: the address of an empty Redis that may be written to, `redis://127.0.0.1:PORT` */
export async function redis({ redis: url, rounds, events = 20_000 }) {
  if (!url || !existsSync(driver)) return []
  const { openStore } = await import('../server/store/index.ts')
  const { default: Redis } = await import('ioredis')
  const store = await openStore(url)
  const raw = new Redis(url)
  let made = 0
  const fresh = () => Array.from({ length: events }, () => copyOf(made++, Date.now()))
  const inCalls = async (items, call) => {
    let at = 0
    const next = async () => {
      while (at < items.length) await call(items.slice(at, (at += callSize)))
    }
    const begin = performance.now()
    await Promise.all(Array.from({ length: underWay }, next))
    return { perSecond: (events / (performance.now() - begin)) * 1000 }
  }
  try {
    const results = await interleaved(rounds, {
      raw: () =>
        inCalls(fresh(), async (copies) => {
          const pipeline = raw.pipeline()
          for (const { eventId, eventText, deliveries } of copies) {
            pipeline.set(`bench:${eventId}`, eventText)
            for (const { instance, dueAt } of deliveries) pipeline.zadd(`bench:due:${instance}`, dueAt, eventId)
          }
          await pipeline.exec()
        }),
      ours: () => inCalls(fresh(), (copies) => store.append(copies)),
    })
    return [
      {
        what: 'Redis store, three deliveries an event',
        unit: 'events/s',
        ours: results.ours.perSecond,
        limit: results.raw.perSecond,
        limitIs: 'raw pipeline, the same bytes',
        ratio: ratio(results.ours, results.raw),
        target: 0.7,
      },
    ]
  } finally {
    raw.disconnect()
    await store.close()
  }
}
