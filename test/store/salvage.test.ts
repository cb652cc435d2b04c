import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { isJournalWhole } from '../../server/store/sqlite/salvage/journal.ts'
import {
  bring,
  copyOf,
  due,
  events,
  file,
  folder,
  good,
  openAt,
  overwrite,
  page,
  rowsIn,
  sendDue,
  sent,
  target,
  useFile,
  waiting,
} from './salvage-store.ts'

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
    useFile(`${file}.live`)
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
    useFile(`${file}.live`)
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

test('a file that is there already is not written over, and one that is at work is left alone', async () => {
  copyFileSync(good, target)
  expect(() => bring()).toThrow(/is there already/)
  rmSync(target)
  const store = await openAt(file)
  expect(() => bring()).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }))
  await store.close()
})
