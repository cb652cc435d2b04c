import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { migrations } from '../../server/store/migrations/index.ts'
import { Reservations } from '../../server/store/sqlite/reservations.ts'

let db: DatabaseSync
let reservations: Reservations
beforeEach(() => {
  db = new DatabaseSync(':memory:')
  for (const step of migrations) db.exec(step)
  reservations = new Reservations(db)
})
const key = (n: number) => {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE((n * 2654435761) >>> 0) // far apart, as digests are
  bytes.writeUInt32BE(n, 4)
  return bytes
}
const hold = (n: number, delivery = n, until = 1000) => reservations.hold(key(n), { delivery, until })
const commit = (work: () => void) => {
  db.exec('BEGIN')
  work()
  reservations.write()
  db.exec('COMMIT')
  reservations.commit()
}
const rows = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])

describe('send reservations', () => {
  test('are known at once, and after opening anew', () => {
    commit(() => (hold(1), hold(2, 20, 5)))
    commit(() => hold(2, 21, 7))
    expect(rows('reservations')).toBe(0)
    for (const known of [reservations, new Reservations(db)]) {
      expect(known.holderOf(key(1))).toEqual({ delivery: 1, until: 1000 })
      expect(known.holderOf(key(2))).toEqual({ delivery: 21, until: 7 })
      expect(known.holderOf(key(3))).toBeUndefined()
    }
  })
  test('go with the transaction, or with the part of it, that is taken back', () => {
    commit(() => hold(1))
    hold(1, 9)
    hold(2)
    const mark = reservations.mark()
    hold(2, 8)
    hold(3)
    reservations.rollbackTo(mark)
    expect([1, 2, 3].map((n) => reservations.holderOf(key(n))?.delivery)).toEqual([9, 2, undefined])
    reservations.rollbackTo(0)
    expect([1, 2].map((n) => reservations.holderOf(key(n))?.delivery)).toEqual([1, undefined])
    commit(() => undefined)
    expect(rows('fresh_reservations')).toBe(1)
  })
  test('go to their places when they are many, and none is lost or doubled on the way', () => {
    const many = Array.from({ length: 8100 }, (_, n) => n)
    for (let at = 0; at < many.length; at += 100) commit(() => many.slice(at, at + 100).forEach((n) => hold(n)))
    expect(rows('reservations')).toBe(8000)
    expect(rows('fresh_reservations')).toBe(1)
    for (const known of [reservations, new Reservations(db)])
      expect(many.every((n) => known.holderOf(key(n))?.delivery === n)).toBe(true)
  })
  test('stay where they were when the transaction that moves them is taken back', () => {
    commit(() => hold(1))
    db.exec('BEGIN')
    hold(2)
    reservations.tidy()
    reservations.write()
    db.exec('ROLLBACK')
    reservations.rollbackTo(0)
    commit(() => hold(3))
    expect(rows('reservations')).toBe(0)
    const known = new Reservations(db)
    expect([1, 2, 3].map((n) => known.holderOf(key(n))?.delivery)).toEqual([1, undefined, 3])
  })
  test('go to their places when the store is tidied, be they few', () => {
    commit(() => hold(1))
    commit(() => (hold(2), reservations.tidy()))
    expect([rows('reservations'), rows('fresh_reservations')]).toEqual([2, 0])
    commit(() => hold(1, 5))
    expect(reservations.holderOf(key(1))).toEqual({ delivery: 5, until: 1000 })
    expect(reservations.holderOf(key(2))).toEqual({ delivery: 2, until: 1000 })
  })
  test('are given back by their holder alone, wherever they rest', () => {
    commit(() => (hold(1), hold(2), reservations.tidy()))
    commit(() => hold(3))
    commit(() => {
      for (const n of [1, 3]) reservations.giveBack(key(n), n)
      reservations.giveBack(key(2), 77)
    })
    for (const known of [reservations, new Reservations(db)]) {
      expect([1, 3].map((n) => known.holderOf(key(n))?.until)).toEqual([0, 0])
      expect(known.holderOf(key(2))?.delivery).toBe(2)
    }
  })
})
