import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'

export type Row = Record<string, SQLOutputValue>

/** What is read one after the other, by its number. */
export interface Numbered {
  /** `SELECT … FROM …`, its number among the columns. */
  readonly select: string
  readonly number: string
  /** There is no higher number. */
  readonly top: number
}

/** Numbers on pages that cannot be read are stepped over, one by one. @param lost each of them, used or not */
export function readNumbered(
  db: DatabaseSync,
  { select, number, top }: Numbered,
  take: (row: Row) => void,
  lost: (number: number) => void,
): void {
  for (let from = 1; from <= top;) {
    try {
      for (const row of db.prepare(`${select} WHERE ${number} >= ? ORDER BY ${number}`).iterate(from)) {
        const at = Number(row[number])
        if (!(at >= from && at <= top)) continue
        from = at
        take(row)
      }
      return
    } catch {
      // What is asked for next is on the other side of the bad page.
      from = stepOver(db, `${select} WHERE ${number} = ?`, { from, top }, take, lost)
    }
  }
}

/** One by one: where it can go on. */
function stepOver(
  db: DatabaseSync,
  sql: string,
  { from, top }: { readonly from: number; readonly top: number },
  take: (row: Row) => void,
  lost: (number: number) => void,
): number {
  let anyLost = false
  for (let at = from; at <= top; at++) {
    const rows = tryAll(db, sql, at)
    if (rows === undefined) lost(at)
    else if (anyLost && at > from) return at
    rows?.forEach(take)
    anyLost ||= rows === undefined
  }
  return top + 1
}

/** Undefined: its page is bad. */
function tryAll(db: DatabaseSync, sql: string, ...given: SQLInputValue[]): Row[] | undefined {
  try {
    return db.prepare(sql).all(...given)
  } catch {
    return undefined
  }
}

/** Where the last page of a table is bad, so many numbers past the last one that is readable are asked for. */
const blindNumbers = 10_000

/** The highest number of a table; `others` know of rows there too, and each may fail. */
export function topOf(db: DatabaseSync, table: string, number: string, ...others: readonly string[]): number {
  const highest = tryAll(db, `SELECT max(${number}) AS n FROM ${table}`)?.[0]
  let top = Number(highest?.['n'] ?? 0)
  if (!highest) {
    readAll(
      db,
      `SELECT ${number} AS n FROM ${table} ORDER BY ${number}`,
      [],
      ({ n }) => (top = Math.max(top, Number(n))),
    )
    if (top > 0) top += blindNumbers
  }
  for (const sql of others) top = Math.max(top, Number(tryAll(db, sql)?.[0]?.['n'] ?? 0))
  return Math.min(top, Number.MAX_SAFE_INTEGER - 1)
}

/** Rows in the order of an index, from the front and from the back. False: between the two something is missing. */
export function readBothWays(
  db: DatabaseSync,
  select: string,
  by: readonly string[],
  take: (row: Row) => void,
): boolean {
  const orders = [by.join(), by.map((column) => `${column} DESC`).join()]
  return orders.some((order) => readAll(db, `${select} ORDER BY ${order}`, [], take))
}

/** Rows by a key of random bytes. Where neither end leads through, each piece of the range is asked for by itself. */
export function readKeyed(db: DatabaseSync, select: string, key: string, take: (row: Row) => void): boolean {
  if (readBothWays(db, select, [key], take)) return true
  let isWhole = true
  const between = `${select} WHERE ${key} >= ? AND ${key} < ? ORDER BY ${key}`
  for (let n = 0; n < 65_536; n++) {
    const range = [startOf(n), startOf(n + 1)]
    if (![between, `${between} DESC`].some((sql) => readAll(db, sql, range, take))) isWhole = false
  }
  return isWhole
}

const startOf = (n: number): Uint8Array => (n > 0xffff ? Buffer.alloc(32, 0xff) : Buffer.from([n >> 8, n & 0xff]))

function readAll(db: DatabaseSync, sql: string, given: SQLInputValue[], take: (row: Row) => void): boolean {
  try {
    for (const row of db.prepare(sql).iterate(...given)) take(row)
    return true
  } catch {
    return false
  }
}
