import { createSecretKey, type KeyObject } from 'node:crypto'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { PairpixelError } from '../../../shared/errors.ts'
import { migrations } from '../migrations/index.ts'
import { migrate, refuseNewer } from './migrate.ts'

export interface ConnectionOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly synchronous: 'FULL' | 'OFF'
  readonly busyTimeoutMs: number
  /** The database never grows past this many pages: writes fail as on a full disk. */
  readonly maxPages?: number
  /** Another process works on the file: its schema is not ours to change. */
  readonly isBeside?: boolean
}

/** Pages (4 KiB): so long the journal grows before the writer itself sees to it. */
const longestJournal = 16_000

/** The one connection that writes, its schema up to date. */
export function openWriter(options: ConnectionOptions): DatabaseSync {
  const db = new DatabaseSync(options.path, { timeout: options.busyTimeoutMs, enableForeignKeyConstraints: true })
  try {
    if (!options.isBeside) checkAtStart(db, options.path)
    refuseNewer(db, options.path, migrations) // before all else, for each of these may write
    if (!options.isBeside) db.exec('PRAGMA auto_vacuum = INCREMENTAL') // works on an empty file only, so before anything else
    if (!options.isBeside) db.exec('PRAGMA journal_mode = WAL')
    db.exec(`PRAGMA synchronous = ${options.synchronous}`)
    db.exec('PRAGMA secure_delete = ON')
    db.exec('PRAGMA temp_store = MEMORY')
    db.exec('PRAGMA cache_size = -32768')
    // The other thread copies from the journal long before that; then little is left, and the journal begins anew.
    db.exec(`PRAGMA wal_autocheckpoint = ${longestJournal}`)
    db.exec('PRAGMA journal_size_limit = 67108864')
    migrate(db, options.path, migrations, options.isBeside)
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(options.maxPages)}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export const openReader = (options: ConnectionOptions): DatabaseSync =>
  new DatabaseSync(options.path, { timeout: options.busyTimeoutMs, readOnly: true })

/**
 * Copies what is committed from the journal into the file, beside the writer: it takes tens of milliseconds, which nobody
 * shall wait for. What fails is copied again next time, for the journal keeps it until then.
 */
export function createCheckpoint(options: ConnectionOptions): { run(): void; close(): void } {
  let db: DatabaseSync | undefined
  return {
    run() {
      db ??= new DatabaseSync(options.path, { timeout: options.busyTimeoutMs })
      db.exec(`PRAGMA synchronous = ${options.synchronous}; PRAGMA wal_checkpoint(PASSIVE)`)
    },
    close: () => db?.close(),
  }
}

export const secretOf = (db: DatabaseSync): KeyObject => {
  const secret = db.prepare("SELECT value FROM meta WHERE name = 'secret'").get()?.['value']
  if (!(secret instanceof Uint8Array)) throw new Error('The store has lost its secret.')
  return createSecretKey(secret)
}

/** After an I/O error: is the file still whole? Throws when it is not. */
export function checkWhole(db: DatabaseSync): void {
  const word = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (word !== 'ok') throw new Error(`quick_check says: ${String(word)}`)
}

/** Looking through a larger file would hold up the start; there a damage is found when its page is read. */
const checkedBytes = 128 * 1024 * 1024

/** A damaged file is left as it is: what can still be read of it is worth more than a start. */
function checkAtStart(db: DatabaseSync, path: string): void {
  const size = path === ':memory:' ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  if (size === 0 || size > checkedBytes) return
  try {
    checkWhole(db)
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new PairpixelError(
      'STORE_UNAVAILABLE',
      `The store ${path} is damaged (${words}). It was left as it is. What can be read of it goes into a new file with: pairpixel doctor --salvage. Or restore a copy.`,
      { cause },
    )
  }
}
