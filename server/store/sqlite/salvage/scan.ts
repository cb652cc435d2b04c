import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

export type Row = Record<string, SQLOutputValue>
type Take = (row: Row) => void

/** What is read one after the other, by its number. */
export interface Numbered {
  /** `SELECT … FROM …`, its number among the columns. */
  readonly select: string
  readonly number: string
  /** There is no higher number. */
  readonly top: number
}

const pagesOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA page_count').get()?.['page_count'] ?? 1)
const between = (least: number, n: number, most: number): number => Math.max(least, Math.min(n, most))

/** Numbers on pages that cannot be read are stepped over, one by one. @param lost each of them, used or not */
export function readNumbered(
  db: DatabaseSync,
  { select, number, top }: Numbered,
  take: Take,
  lost: (number: number) => void,
): void {
  const on = prepare(db, `${select} WHERE ${number} >= ? ORDER BY ${number}`)
  const one = prepare(db, `${select} WHERE ${number} = ?`)
  if (!on || !one) return
  // A page holds some dozens of rows, and one above it leads to some hundreds of pages.
  const mostSteps = between(2000, 64 * pagesOf(db), 200_000)
  for (let from: number | undefined = 1; from !== undefined && from <= top;) {
    try {
      for (const row of on.iterate(from)) {
        const at = Number(row[number])
        if (!(at >= from && at <= top)) continue
        from = at
        take(row)
      }
      return
    } catch {
      from = stepOver(one, from, Math.min(top, from + mostSteps), take, lost)
    }
  }
  // Nothing for long: what there is behind it is met from the other end.
  if (top > 0) readAll(prepare(db, `${select} ORDER BY ${number} DESC`), [], take)
}

/** One by one, past the bad page: where it can go on. */
function stepOver(
  one: StatementSync,
  from: number,
  to: number,
  take: Take,
  lost: (number: number) => void,
): number | undefined {
  let anyLost = false
  for (let at = from; at <= to; at++) {
    const rows = tryAll(one, at)
    if (rows === undefined) lost(at)
    else if (anyLost && at > from) return at
    rows?.forEach(take)
    anyLost ||= rows === undefined
  }
  return undefined
}

/** Undefined: not even what is asked can be understood, or its page is bad. */
function prepare(db: DatabaseSync, sql: string): StatementSync | undefined {
  try {
    return db.prepare(sql)
  } catch {
    return undefined
  }
}

function tryAll(statement: StatementSync | undefined, ...given: SQLInputValue[]): Row[] | undefined {
  try {
    return statement?.all(...given)
  } catch {
    return undefined
  }
}

/** False: it broke off. */
function readAll(statement: StatementSync | undefined, given: readonly SQLInputValue[], take: Take): boolean {
  try {
    for (const row of statement?.iterate(...given) ?? []) take(row)
    return statement !== undefined
  } catch {
    return false
  }
}

/** Where the last page of a table is bad, so many numbers past the last one that is readable are asked for. */
const blindNumbers = 10_000

const maxOf = (db: DatabaseSync, table: string, number: string): Row | undefined =>
  tryAll(prepare(db, `SELECT max(${number}) AS n FROM ${table}`))?.[0]

/** Can the last row of a table be read, or that there is none? */
export const hasEnd = (db: DatabaseSync, table: string, number: string): boolean =>
  maxOf(db, table, number) !== undefined

/** The highest number of a table; `others` know of rows there too, and each may fail. */
export function topOf(db: DatabaseSync, table: string, number: string, ...others: readonly string[]): number {
  const highest = maxOf(db, table, number)
  let top = Number(highest?.['n'] ?? 0)
  if (!highest) {
    const all = prepare(db, `SELECT ${number} AS n FROM ${table} ORDER BY ${number}`)
    readAll(all, [], ({ n }) => void (top = Math.max(top, Number(n))))
    if (top > 0) top += blindNumbers
  }
  for (const sql of others) top = Math.max(top, Number(tryAll(prepare(db, sql))?.[0]?.['n'] ?? 0))
  return Math.min(top, Number.MAX_SAFE_INTEGER - 1)
}

/** Rows in the order of an index, from the front and from the back. False: between the two something is missing. */
export function readBothWays(db: DatabaseSync, select: string, by: readonly string[], take: Take): boolean {
  const orders = [by.join(), by.map((column) => `${column} DESC`).join()]
  return orders.some((order) => readAll(prepare(db, `${select} ORDER BY ${order}`), [], take))
}

/** Rows by a key of random bytes. Where neither end leads through, each piece of the range is asked for by itself. */
export function readKeyed(db: DatabaseSync, select: string, key: string, take: Take): boolean {
  if (readBothWays(db, select, [key], take)) return true
  const range = `${select} WHERE ${key} >= ? AND ${key} < ? ORDER BY ${key}`
  const ways = [prepare(db, range), prepare(db, `${range} DESC`)]
  const pieces = between(256, 4 * pagesOf(db), 65_536)
  let isWhole = true
  for (let n = 0; n < pieces; n++) {
    const ends = [startOf(n / pieces), startOf((n + 1) / pieces)]
    if (!ways.some((statement) => readAll(statement, ends, take))) isWhole = false
  }
  return isWhole
}

/** The key at a share of the whole range. */
function startOf(share: number): Uint8Array {
  if (share >= 1) return Buffer.alloc(32, 0xff)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(Math.floor(share * 2 ** 32))
  return bytes
}
