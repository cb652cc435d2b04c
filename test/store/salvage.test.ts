import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newCopy, writeEvent } from '../../server/copy.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { openStore } from '../../server/store/index.ts'
import { isJournalWhole } from '../../server/store/sqlite/salvage/journal.ts'
import { salvage, type Salvaged } from '../../server/store/sqlite/salvage/index.ts'
import type { NewCopy, Store } from '../../server/store/store.ts'
import { createRandom, type Random } from '../faults/random.ts'
import { start } from './make.ts'

const page = 4096
const events = 240
const instances = ['meta', 'reddit'] as const
const site = checkTree({
  url: 'https://shop.example',
  destinations: Object.fromEntries(instances.map((name) => [name, { pixel_id: '1', access_token: 't' }])),
}).sites[0]!

const copyOf = (n: number, kind: 'browser' | 'backend' = 'backend'): NewCopy =>
  newCopy(
    site,
    kind,
    {
      ...{ event: 'purchase', event_id: `order-${n}`, order_id: `order-${n}`, event_time: start + n, currency: 'USD' },
      ...{ value: n, url: 'https://shop.example/thanks', user: { email: [`person${n}@shop.example`] } },
      context: { ip: '203.0.113.7', user_agent: `${kind} ${n} ${'Mozilla/5.0 '.repeat(n % 7)}` },
    },
    { n, kind },
    start + n,
  )
const keysOf = (instance: string, eventId: string) => [`${instance} ${eventId}`, `${instance} order ${eventId}`]
const openAt = (file: string) => openStore(`sqlite:${file}`, { diskReserveBytes: 0 })

/** As a lane does: what may be reserved goes out. */
async function sendDue(store: Store, instance: string, limit: number, now: number): Promise<string[]> {
  const { token, deliveries } = await store.claim(instance, limit, 30_000, now)
  const wishes = deliveries.map(({ delivery, eventId }) => ({ delivery, keys: keysOf(instance, eventId) }))
  const taken = await store.reserve(token, wishes, now)
  const sent = deliveries.filter(({ delivery }) => !taken.includes(delivery))
  const results = deliveries.map(({ delivery, eventId }) =>
    taken.includes(delivery)
      ? { delivery, state: 'suppressed' as const, reason: 'already_sent' as const, why: 'w' }
      : eventId.endsWith('7')
        ? { delivery, attempted: true, state: 'dead' as const, reason: 'rejected_by_platform' as const, why: 'w' }
        : {
            delivery,
            attempted: true,
            state: 'delivered' as const,
            explanation: { name: 'Purchase', sent: { eventId } },
          },
  )
  if (results.length) await store.settle(token, results, now)
  return sent.map(({ eventId }) => `${instance} ${eventId}`)
}

const due = start + 60_000
let folder = ''
let good = ''
let sent: ReadonlySet<string>
let waiting: ReadonlySet<string>

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-salvage-'))
  good = path.join(folder, 'good.db')
  const store = await openAt(good)
  for (let n = 0; n < events; n += 40)
    await store.append(
      Array.from({ length: 40 }, (_, k) => [copyOf(n + k), ...(k % 3 ? [] : [copyOf(n + k, 'browser')])]).flat(),
    )
  const gone: string[] = []
  for (const instance of instances)
    for (let n = 0; n < 3; n++) gone.push(...(await sendDue(store, instance, 60, due + n)))
  sent = new Set(gone)
  await store.erase({ site: 'default', names: ['order:order-5', 'email:nobody'] }, due)
  const clicks = { fbclid: { value: 'click', at: start } }
  await store.remember([{ site: 'default', visitor: 'v1', handles: ['order:order-9'], clicks }], start)
  await store.note('halts meta', '[]')
  await store.close()
  const db = new DatabaseSync(good, { readOnly: true })
  const rows = db
    .prepare("SELECT d.instance, e.event_id FROM deliveries d JOIN events e ON e.id = d.event WHERE state = 'pending'")
    .all()
  waiting = new Set(rows.map((row) => `${String(row['instance'])} ${String(row['event_id'])}`))
  db.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let file = ''
let target = ''
beforeEach(() => {
  file = path.join(folder, 'store.db')
  target = path.join(folder, 'new.db')
  copyFileSync(good, file)
})
afterEach(() => {
  for (const name of readdirSync(folder))
    if (!name.startsWith('good.db')) rmSync(path.join(folder, name), { recursive: true })
})

const bring = (now = due + 10): Salvaged =>
  salvage({ file, target, now, digestOf: (event) => writeEvent(event).digest })
const overwrite = (at: number, bytes: Uint8Array, name = file): void => {
  const handle = openSync(name, 'r+')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}
const noise = (random: Random, length: number) => Buffer.from(Array.from({ length }, () => random.int(0, 255)))
const rowsIn = (name: string, sql: string) => {
  const db = new DatabaseSync(name, { readOnly: true })
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}
const pendingSql =
  "SELECT d.instance || ' ' || e.event_id AS of FROM deliveries d JOIN events e ON e.id = d.event WHERE d.state = 'pending'"

describe('a file that is whole', () => {
  test('all of it comes over: rows, sums, what waits, what was sent, who is kept out', async () => {
    const salvaged = bring()
    expect(salvaged).toMatchObject({ held: 0, closed: 0, isJournalWhole: true, areReservationsWhole: true })
    expect(Object.values(salvaged.tables).map(({ lost }) => lost)).toEqual(Object.values(salvaged.tables).map(() => 0))
    expect(salvaged.pending).toBe(waiting.size)
    const [old, fresh] = [await openAt(good), await openAt(target)]
    try {
      expect(await fresh.recent({ limit: 999 })).toEqual(await old.recent({ limit: 999 }))
      expect(await fresh.counts()).toEqual(await old.counts())
      expect(await fresh.noted('halts meta')).toBe('[]')
      expect(await fresh.ended({}, 99)).toEqual(await old.ended({}, 99))
      expect(await fresh.append([copyOf(0)])).toEqual(['duplicate'])
      await fresh.append([{ ...copyOf(5), eventId: 'another', orderId: 'order-5' }])
      const left = [...waiting].filter((one) => one.startsWith('meta')).length
      expect(await sendDue(fresh, 'meta', 999, due + 20)).toHaveLength(left)
    } finally {
      await old.close()
      await fresh.close()
    }
  })

  test('what is in the journal alone comes over too', async () => {
    const store = await openAt(file)
    await store.append([copyOf(events)])
    for (const end of ['', '-wal']) copyFileSync(file + end, `${file}.live${end}`)
    await store.close()
    file = `${file}.live`
    expect(isJournalWhole(`${file}-wal`)).toBe(true)
    expect(bring().tables.events).toEqual({ kept: events + 1, lost: 0 })
  })
})

describe('a journal', () => {
  /** A file as a killed process leaves it: a delivery was sent, and only the journal knows. */
  async function killed(): Promise<void> {
    const store = await openAt(file)
    const before = new Set(await sendDue(store, 'meta', 20, due + 5))
    expect(before.size).toBe(20)
    for (const end of ['', '-wal']) copyFileSync(file + end, `${file}.live${end}`)
    await store.close()
    file = `${file}.live`
    for (const one of before) expect(sent.has(one)).toBe(false)
  }
  test.each<[string, (journal: string, size: number) => void]>([
    ['cut in a frame', (journal, size) => truncateSync(journal, size - 100)],
    ['with a bit turned in its last frame', (journal, size) => overwrite(size - 500, Buffer.from([0x5a]), journal)],
    [
      'with another number on its last frame',
      (journal, size) => overwrite(size - page - 16, Buffer.from([0x5a, 0x5a]), journal),
    ],
    ['without a head', (journal) => overwrite(0, Buffer.alloc(32), journal)],
    ['with a bit turned in its first frame', (journal) => overwrite(100, Buffer.from([0x5a]), journal)],
  ])('%s: what was sent after it looks as if it waited, so nothing waits', async (_what, damage) => {
    await killed()
    const journal = `${file}-wal`
    damage(journal, statSync(journal).size)
    const salvaged = bring()
    expect(salvaged).toMatchObject({ pending: 0, isJournalWhole: false })
    expect(salvaged.held).toBeGreaterThanOrEqual(waiting.size - 20)
    expect(rowsIn(target, "SELECT DISTINCT reason FROM deliveries WHERE state = 'dead' AND in_flight > 0")).toEqual([
      { reason: 'store_damaged' },
    ])
  })
  test('with frames of an earlier round behind its own is whole', () => {
    const journal = path.join(folder, 'round.db')
    const db = new DatabaseSync(journal)
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (randomblob(30000))')
    db.exec('PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (1)')
    expect(statSync(`${journal}-wal`).size).toBeGreaterThan(5 * page)
    expect(isJournalWhole(`${journal}-wal`)).toBe(true)
    db.close()
  })
})

/** What is known of the file before, held against the new one. */
async function judge(salvaged: Salvaged): Promise<void> {
  expect(rowsIn(target, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(rowsIn(target, 'PRAGMA foreign_key_check')).toEqual([])
  for (const { of } of rowsIn(target, pendingSql)) expect(waiting).toContain(of)
  const store = await openAt(target)
  try {
    const { deliveries } = await store.counts()
    const sums = Object.values(deliveries).map(({ pending }) => pending)
    expect(sums.reduce((sum, n) => sum + n, 0)).toBe(salvaged.pending)
    // Every copy once more, as late pages and impatient back ends send them.
    const copies = Array.from({ length: events }, (_, n) => [copyOf(n), copyOf(n, 'browser')]).flat()
    for (let at = 0; at < copies.length; at += 60) await store.append(copies.slice(at, at + 60))
    const again: string[] = []
    for (const instance of instances) again.push(...(await sendDue(store, instance, 999, due + 100_000)))
    if (salvaged.areReservationsWhole || salvaged.areEventsWhole)
      expect(again.filter((one) => sent.has(one))).toEqual([])
    expect(new Set(again).size).toBe(again.length)
  } finally {
    await store.close()
  }
}

describe('a damaged file', () => {
  const damages: Record<string, (random: Random, size: number) => void> = {
    'bits turned': (random, size) => {
      for (let n = random.int(1, 40); n > 0; n--) overwrite(random.int(0, size - 1), noise(random, 1))
    },
    'pages of noise': (random, size) => {
      for (let n = random.int(1, 6); n > 0; n--)
        overwrite(random.int(1, Math.floor(size / page) - 1) * page, noise(random, page))
    },
    'pages of nothing': (random, size) => {
      for (let n = random.int(1, 6); n > 0; n--)
        overwrite(random.int(1, Math.floor(size / page) - 1) * page, Buffer.alloc(page))
    },
    'cut off': (random, size) => truncateSync(file, random.int(page * 20, size - 1)),
    'a stretch of noise': (random, size) =>
      overwrite(random.int(0, size - 1), noise(random, Math.min(random.int(1, 20_000), size))),
  }
  const seeds = Array.from({ length: 6 }, (_, n) => n + 1)
  test.each(Object.keys(damages).flatMap((what) => seeds.map((seed) => [what, seed] as const)))(
    '%s, seed %i: it is left as it is, the new one is whole, and nothing that was sent goes again',
    async (what, seed) => {
      const size = statSync(file).size
      damages[what]!(createRandom(seed * 7919), size)
      const before = readFileSync(file)
      let salvaged: Salvaged | undefined
      try {
        salvaged = bring()
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      }
      expect(readFileSync(file).equals(before)).toBe(true)
      if (salvaged) await judge(salvaged)
      else expect(existsSync(target)).toBe(false)
      expect(readdirSync(folder).filter((name) => /\.(part|work)/.test(name))).toEqual([])
    },
    60_000,
  )

  test.each([
    ['its head', 100],
    ['its first page', page],
  ])('%s is noise: all the rest comes over', (_what, length) => {
    overwrite(0, noise(createRandom(1), length))
    expect(bring()).toMatchObject({
      held: 0,
      closed: 0,
      pending: waiting.size,
      tables: { events: { kept: events, lost: 0 } },
    })
  })

  const rootOf = (name: string) =>
    Number(rowsIn(good, `SELECT rootpage AS n FROM sqlite_schema WHERE name = '${name}'`)[0]?.['n'])
  const wreck = (name: string) => overwrite((rootOf(name) - 1) * page, noise(createRandom(3), page))

  test('without its secret nothing comes over', () => {
    wreck('meta')
    expect(() => bring()).toThrow(/nothing can be brought over.*Restore a copy/)
  })
  test('a secret with a bit turned is none', () => {
    const secret = rowsIn(good, "SELECT value FROM meta WHERE name = 'secret'")[0]?.['value'] as Uint8Array
    const at = readFileSync(file).indexOf(secret)
    overwrite(at, Buffer.from([(secret[0] ?? 0) ^ 1]))
    expect(() => bring()).toThrow(/nothing can be brought over/)
  })
  test('without the index of what is due nothing waits: no second word on it', () => {
    wreck('deliveries_due')
    expect(bring()).toMatchObject({ pending: 0, held: waiting.size })
  })
  test('without the rows of deliveries the index knows which there were, and each is held', async () => {
    wreck('deliveries')
    const salvaged = bring()
    expect(salvaged).toMatchObject({ pending: 0, held: 2 * events })
    await judge(salvaged)
  })
  test('without events their keys are known: copies of them go nowhere', async () => {
    wreck('events')
    const salvaged = bring()
    expect(salvaged.closed).toBe(events)
    await judge(salvaged)
    expect(rowsIn(target, "SELECT count(*) AS n FROM deliveries WHERE state = 'pending'")).toEqual([{ n: 0 }])
  })
  test('without the table of reservations its index refuses; without both nothing waits', () => {
    wreck('reservations')
    wreck('reservations_until')
    wreck('fresh_reservations')
    expect(bring()).toMatchObject({ pending: 0, areReservationsWhole: false })
  })
  test('a body with a turned bit is not sent as if it were whole', () => {
    const [first] = rowsIn(
      good,
      `SELECT b.body, e.event_id FROM bodies b JOIN copies c ON c.id = b.copy JOIN events e ON e.id = c.event
      JOIN deliveries d ON d.event = e.id AND d.state = 'pending' ORDER BY c.id DESC LIMIT 1`,
    )
    const at = readFileSync(file).indexOf(String(first?.['body']))
    const value = readFileSync(file).indexOf('"value":', at)
    overwrite(value + 8, Buffer.from('9'))
    const salvaged = bring()
    expect(salvaged.tables.bodies?.kept).toBe(Number(rowsIn(good, 'SELECT count(*) AS n FROM bodies')[0]?.['n']) - 1)
    expect(salvaged.pending).toBe(waiting.size - 2)
    expect(salvaged.held).toBe(2)
  })
  test('of an erasure that cannot be read is told', () => {
    wreck('erased')
    expect(bring().areErasuresWhole).toBe(false)
  })
})

test('a file that is there already is not written over, and one that is at work is left alone', async () => {
  copyFileSync(good, target)
  expect(() => bring()).toThrow(/is there already/)
  rmSync(target)
  const store = await openAt(file)
  expect(() => bring()).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }))
  await store.close()
})
