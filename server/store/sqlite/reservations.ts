import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Who holds a send reservation, and until when (epoch ms). */
export interface Holder {
  readonly delivery: number
  readonly until: number
}

const nobody: Holder = { delivery: 0, until: 0 }

/** A key of 16 bytes and two numbers. */
const keyBytes = 16
const entryBytes = 32

/** So many are known by heart before they go to their places: a megabyte or two, and some 30 ms of one transaction. */
const mostFresh = 8000

/**
 * Send reservations. Their keys are random, so that in its place nearly every one is a page to write and to sync: new
 * ones are written one behind the other and known by heart, and go to their places in the order of their keys, many at
 * once. Changes can be taken back with the transaction they belong to.
 */
export class Reservations {
  readonly #fresh = new Map<string, Holder>()
  /** What this transaction changed, and what stood there before. */
  #staged: { readonly key: string; readonly before: Holder | undefined }[] = []
  #isMoved = false
  #isTidied = false
  readonly #find: StatementSync
  readonly #place: StatementSync
  readonly #note: StatementSync
  readonly #forget: StatementSync

  constructor(db: DatabaseSync) {
    this.#find = db.prepare('SELECT delivery, until FROM reservations WHERE key = ?')
    this.#place = db.prepare('INSERT OR REPLACE INTO reservations (key, delivery, until) VALUES (?, ?, ?)')
    this.#note = db.prepare('INSERT INTO fresh_reservations (entries) VALUES (?)')
    this.#forget = db.prepare('DELETE FROM fresh_reservations')
    for (const { entries } of db.prepare('SELECT entries FROM fresh_reservations ORDER BY id').all())
      for (const [key, holder] of read(entries as Uint8Array)) this.#fresh.set(key, holder)
  }

  /** Who holds the key, be its time over or not. */
  holderOf(key: Uint8Array): Holder | undefined {
    return this.#fresh.get(textOf(key)) ?? (this.#find.get(key) as Holder | undefined)
  }

  hold(key: Uint8Array, holder: Holder): void {
    const text = textOf(key)
    this.#staged.push({ key: text, before: this.#fresh.get(text) })
    this.#fresh.set(text, holder)
  }

  /** Anybody may have it now, if this delivery had it. */
  giveBack(key: Uint8Array, delivery: number): void {
    if (this.holderOf(key)?.delivery === delivery) this.hold(key, nobody)
  }

  mark(): number {
    return this.#staged.length
  }

  rollbackTo(mark: number): void {
    for (const { key, before } of this.#staged.splice(mark).reverse())
      if (before) this.#fresh.set(key, before)
      else this.#fresh.delete(key)
    this.#isMoved = false
    if (mark === 0) this.#isTidied = false
  }

  /** At the end of the transaction. */
  write(): void {
    if (this.#fresh.size >= mostFresh || (this.#isTidied && this.#fresh.size > 0)) this.#move()
    else if (this.#staged.length > 0) this.#note.run(this.#stagedBytes())
  }

  /** At the end of this transaction all go to their places, where those past their time are found. */
  tidy(): void {
    this.#isTidied = true
  }

  #move(): void {
    const sorted = [...this.#fresh].sort(([one], [other]) => (one < other ? -1 : 1))
    for (const [key, { delivery, until }] of sorted) this.#place.run(Buffer.from(key, 'latin1'), delivery, until)
    this.#forget.run()
    this.#isMoved = true
  }

  commit(): void {
    this.#staged = []
    if (this.#isMoved) this.#fresh.clear()
    this.#isMoved = false
    this.#isTidied = false
  }

  #stagedBytes(): Uint8Array {
    const bytes = Buffer.alloc(this.#staged.length * entryBytes)
    this.#staged.forEach(({ key }, index) => {
      const { delivery, until } = this.#fresh.get(key) ?? nobody
      bytes.write(key, index * entryBytes, 'latin1')
      bytes.writeDoubleLE(delivery, index * entryBytes + keyBytes)
      bytes.writeDoubleLE(until, index * entryBytes + keyBytes + 8)
    })
    return bytes
  }
}

/** Bytes as a text that a Map compares by value, in the order of the bytes. */
const textOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')

function* read(entries: Uint8Array): Iterable<readonly [key: string, holder: Holder]> {
  const bytes = Buffer.from(entries)
  for (let at = 0; at < bytes.length; at += entryBytes)
    yield [
      bytes.toString('latin1', at, at + keyBytes),
      { delivery: bytes.readDoubleLE(at + keyBytes), until: bytes.readDoubleLE(at + keyBytes + 8) },
    ]
}
