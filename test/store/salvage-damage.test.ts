import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Salvaged } from '../../server/store/sqlite/salvage/index.ts'
import { createRandom, type Random } from '../faults/random.ts'
import {
  bring,
  copyOf,
  due,
  events,
  file,
  folder,
  good,
  instances,
  noise,
  openAt,
  overwrite,
  page,
  rowsIn,
  sendDue,
  sent,
  target,
  waiting,
} from './salvage-store.ts'

const pendingSql =
  "SELECT d.instance || ' ' || e.event_id AS of FROM deliveries d JOIN events e ON e.id = d.event WHERE d.state = 'pending'"

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
