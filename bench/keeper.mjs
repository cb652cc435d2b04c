// A store alone in a process: filled, or opened with what is in it and asked for claims.
import { openSqliteStore } from '../server/store/index.ts'
import { optionsOf, serve, usage } from './child.mjs'
import { copyOf, site } from './copies.mjs'

const begin = performance.now()
const store = await openSqliteStore({ path: optionsOf().file })
const openMs = performance.now() - begin

const callSize = 250
const underWay = 4

async function fill({ size }) {
  const from = performance.now()
  const now = Date.now()
  let made = 0
  const next = async () => {
    while (made < size) {
      const first = made
      made = Math.min(size, first + callSize)
      const results = await store.append(Array.from({ length: made - first }, (_, at) => copyOf(first + at, now)))
      if (results.some((result) => result !== 'stored')) throw new Error('A copy was not stored.')
    }
  }
  await Promise.all(Array.from({ length: underWay }, next))
  return { perSecond: (size / (performance.now() - from)) * 1000, rssMb: usage().rss / 1e6 }
}

/** Claims and settles in turn at each destination, as its lane does. */
async function claims({ rounds }) {
  const claimMs = []
  const settleMs = []
  let rss = 0
  for (let round = 0; round < rounds; round++) {
    const { name } = site.instances[round % site.instances.length]
    const now = Date.now() + 60_000
    let at = performance.now()
    const { token, deliveries } = await store.claim(name, 200, 30_000, now)
    claimMs.push(performance.now() - at)
    if (deliveries.length === 0) throw new Error('Nothing was due.')
    const reservations = deliveries.map(({ delivery, eventId }) => ({ delivery, keys: [`${name} ${eventId}`] }))
    at = performance.now()
    await store.reserve(token, reservations, now)
    await store.settle(
      token,
      deliveries.map(({ delivery }) => ({ delivery, attempted: true, state: 'delivered' })),
      now,
    )
    settleMs.push(performance.now() - at)
    rss = Math.max(rss, usage().rss)
  }
  const at = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(times.length * share)]
  return {
    claimP50: at(claimMs, 0.5),
    claimP99: at(claimMs, 0.99),
    settleP50: at(settleMs, 0.5),
    settleP99: at(settleMs, 0.99),
    rssMb: rss / 1e6,
  }
}

serve({ openMs }, { fill, claims, stop: () => store.close() })
