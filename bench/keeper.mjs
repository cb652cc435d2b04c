// A store alone in a process: filled, or opened with what is in it and asked for claims.
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../server/store/index.ts'
import { optionsOf, serve, usage } from './child.mjs'
import { copyOf, site } from './copies.mjs'

const begin = performance.now()
const { file } = optionsOf()
const store = await openSqliteStore({ path: file })
const openMs = performance.now() - begin

const seeds = 1000

/**
 * The first thousand events come by the store's own way; the rest are their rows again, under keys of their own, written
 * by the database itself: a million in a minute instead of many.
 */
async function fill({ size }) {
  const from = performance.now()
  const first = Math.min(size, seeds)
  const now = Date.now()
  const results = await store.append(Array.from({ length: first }, (_, n) => copyOf(n, now)))
  if (results.some((result) => result !== 'stored')) throw new Error('A copy was not stored.')
  await store.close()
  multiply(first, size)
  return { perSecond: (size / (performance.now() - from)) * 1000 }
}

function multiply(first, size) {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: true })
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -65536')
  const copies = [
    `INSERT INTO events (id, key, site, name, event_id, first_at, fired, browser, backend)
       SELECT id + ?1, randomblob(16), site, name, substr(event_id, 1, 24) || printf('%012d', id + ?1), first_at, fired,
         browser, backend FROM events WHERE id <= ?2`,
    'INSERT INTO aliases (key, event) SELECT randomblob(16), event + ?1 FROM aliases WHERE event <= ?2',
    `INSERT INTO copies (id, event, kind, origin, received_at, digest, bytes_digest, facts, alias, result)
       SELECT id + ?1, event + ?1, kind, origin, received_at, digest, bytes_digest, facts, alias, result
       FROM copies WHERE id <= ?2`,
    'INSERT INTO bodies (copy, body) SELECT copy + ?1, body FROM bodies WHERE copy <= ?2',
    `INSERT INTO deliveries (id, event, instance, state, due_at) SELECT id + 3 * ?1, event + ?1, instance, state, due_at
       FROM deliveries WHERE event <= ?2`,
  ].map((sql) => db.prepare(sql))
  for (let made = first; made < size; made += first) {
    db.exec('BEGIN')
    for (const copy of copies) copy.run(made, Math.min(first, size - made))
    db.exec('COMMIT')
  }
  db.prepare('UPDATE tallies SET n = ?').run(size)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
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
