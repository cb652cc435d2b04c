import { createSecretKey, type KeyObject } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { migrations } from '../migrations/index.ts'
import { migrate } from './migrate.ts'

export interface ConnectionOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly synchronous: 'FULL' | 'OFF'
  readonly busyTimeoutMs: number
  /** The database never grows past this many pages: writes fail as on a full disk. */
  readonly maxPages?: number
}

/** The one connection that writes, its schema up to date. */
export function openWriter(options: ConnectionOptions): DatabaseSync {
  const db = new DatabaseSync(options.path, { timeout: options.busyTimeoutMs, enableForeignKeyConstraints: true })
  try {
    db.exec('PRAGMA auto_vacuum = INCREMENTAL') // works on an empty file only, so before anything else
    db.exec('PRAGMA journal_mode = WAL')
    db.exec(`PRAGMA synchronous = ${options.synchronous}`)
    db.exec('PRAGMA secure_delete = ON')
    db.exec('PRAGMA temp_store = MEMORY')
    db.exec('PRAGMA cache_size = -32768')
    db.exec('PRAGMA wal_autocheckpoint = 4000')
    db.exec('PRAGMA journal_size_limit = 67108864')
    migrate(db, options.path, migrations)
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(options.maxPages)}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export const openReader = (options: ConnectionOptions): DatabaseSync =>
  new DatabaseSync(options.path, { timeout: options.busyTimeoutMs, readOnly: true })

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
