// The store alone, with pairing and three deliveries an event, beside bare node:sqlite that does the same writes.
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../server/store/index.ts'
import { migrations } from '../server/store/migrations/index.ts'
import { usage } from './child.mjs'
import { copyOf } from './copies.mjs'
import { interleaved, ratio } from './numbers.mjs'

/** As many as one transaction of ours takes. */
const groupSize = 1000
/** Copies in one call, as a server's batch brings them. */
const callSize = 50
const underWay = 40

export async function store({ folder, rounds, events = 20_000, profileStore }) {
  const own = mkdtempSync(path.join(folder, 'store-'))
  let made = 0
  const fresh = () => Array.from({ length: events }, () => copyOf(made++, Date.now()))
  const ours = await openSqliteStore({ path: path.join(own, 'ours.db') })
  const bare = openBare(path.join(own, 'bare.db'))
  try {
    const timed = async (work) => {
      const before = usage()
      const begin = performance.now()
      await work()
      const took = performance.now() - begin
      return { perSecond: (events / took) * 1000, allMicros: (usage().process - before.process) / events }
    }
    const appendAll = async (copies) => {
      const calls = Array.from({ length: Math.ceil(events / callSize) }, (_, at) =>
        copies.slice(at * callSize, (at + 1) * callSize),
      )
      const next = async () => {
        for (let call = calls.pop(); call; call = calls.pop())
          if ((await ours.append(call)).some((result) => result !== 'stored')) throw new Error('A copy was not stored.')
      }
      await Promise.all(Array.from({ length: underWay }, next))
    }
    const contenders = {
      bare: async () => {
        const rows = fresh().map(rowsOf)
        return timed(() => bare.write(rows))
      },
      ours: async () => {
        const copies = fresh()
        return timed(() => appendAll(copies))
      },
    }
    if (!profileStore) for (const warmUp of Object.values(contenders)) await warmUp()
    const results = await interleaved(rounds, contenders)
    return [
      {
        what: 'store alone, three deliveries an event',
        unit: 'events/s',
        ours: results.ours.perSecond,
        limit: results.bare.perSecond,
        limitIs: 'bare node:sqlite, the same writes',
        ratio: ratio(results.ours, results.bare),
        target: 0.8,
        more: { allMicros: [results.ours.allMicros, results.bare.allMicros] },
      },
    ]
  } finally {
    await ours.close()
    bare.close()
    rmSync(own, { recursive: true, force: true })
  }
}

/** What of a copy is written, ready-made: the bare contender neither digests nor encodes. */
const rowsOf = (copy) => ({
  ...copy,
  key: hash('sha256', `${copy.site}\0${copy.name}\0${copy.eventId}`, 'buffer').subarray(0, 16),
  order: hash('sha256', copy.orderId, 'buffer').subarray(0, 16),
  fired: JSON.stringify(copy.fired),
  facts: JSON.stringify(copy.facts),
  body: copy.eventText,
})

/** The store's own tables and settings, a row at a time in transactions of the same size; it looks for each key first. */
function openBare(file) {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: true })
  db.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 16000`)
  for (const step of migrations) db.exec(step)
  const find = db.prepare('SELECT id FROM events WHERE key = ?')
  const findOrder = db.prepare('SELECT event FROM aliases WHERE key = ?')
  const event = db.prepare(
    'INSERT INTO events (key, site, name, event_id, first_at, fired, browser, backend) VALUES (?, ?, ?, ?, ?, ?, 1, 0)',
  )
  const alias = db.prepare('INSERT INTO aliases (key, event) VALUES (?, ?)')
  const copy = db.prepare(
    'INSERT INTO copies (event, kind, origin, received_at, digest, bytes_digest, facts, alias, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const body = db.prepare('INSERT INTO bodies (copy, body) VALUES (?, ?)')
  const delivery = db.prepare(
    'INSERT INTO deliveries (event, instance, state, due_at, reason, why, settled_at, reopen_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const insert = (row) => {
    if (find.get(row.key) || findOrder.get(row.order)) throw new Error('The event is there already.')
    const id = event.run(row.key, row.site, row.name, row.eventId, row.receivedAt, row.fired).lastInsertRowid
    alias.run(row.order, id)
    for (const { instance, dueAt } of row.deliveries)
      delivery.run(id, instance, 'pending', dueAt, null, null, null, null)
    const { lastInsertRowid } = copy.run(
      id,
      row.kind,
      row.origin,
      row.receivedAt,
      row.digest,
      row.bytesDigest,
      row.facts,
      null,
      'stored',
    )
    body.run(lastInsertRowid, row.body)
  }
  return {
    write(rows) {
      for (let at = 0; at < rows.length; at += groupSize) {
        db.exec('BEGIN IMMEDIATE')
        for (const row of rows.slice(at, at + groupSize)) insert(row)
        db.exec('COMMIT')
      }
    },
    close: () => db.close(),
  }
}
