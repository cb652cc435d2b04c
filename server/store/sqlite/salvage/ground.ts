import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openWriter } from '../connection.ts'
import { isJournalWhole } from './journal.ts'

const pageBytes = 4096

/** A copy of the damaged file that can be opened; the file itself is only ever read. */
export interface Ground {
  readonly db: DatabaseSync
  /** False: the end of the journal is lost, so what looks as if it waited may have been sent. */
  readonly isJournalWhole: boolean
  close(): void
}

/** @param work a folder of our own, which is gone after `close` */
export function openGround(file: string, work: string): Ground | undefined {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true, mode: 0o700 })
  const close = () => rmSync(work, { recursive: true, force: true })
  try {
    const whole = isJournalWhole(`${file}-wal`)
    for (const head of [undefined, freshHead(work)]) {
      const db = openCopy(file, path.join(work, 'copy.db'), head)
      if (db) return { db, isJournalWhole: whole, close: () => (db.close(), close()) }
    }
  } catch (error) {
    close()
    throw error
  }
  close()
  return undefined
}

/** The first page of a new store, which lists where each table begins: the same in every store. */
function freshHead(work: string): Buffer {
  const fresh = path.join(work, 'fresh.db')
  openWriter({ path: fresh, synchronous: 'OFF', busyTimeoutMs: 0 }).close()
  return readFileSync(fresh).subarray(0, pageBytes)
}

function openCopy(file: string, copy: string, head: Buffer | undefined): DatabaseSync | undefined {
  for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true })
  for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end)
  complete(copy, head)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(copy)
    db.exec('PRAGMA cell_size_check = ON')
    // Both can only be read where the first page is right.
    db.prepare("SELECT d.id FROM deliveries d INDEXED BY deliveries_due WHERE d.state = 'pending' LIMIT 0").all()
    const secret = db.prepare("SELECT value FROM meta WHERE name = 'secret'").get()?.['value']
    if (secret instanceof Uint8Array && secret.length === 32) return db
  } catch {
    // Said by what is answered.
  }
  db?.close()
  return undefined
}

/** What is missing at the end becomes empty pages, and the head says how many there are: SQLite would refuse all else. */
function complete(copy: string, head: Buffer | undefined): void {
  const handle = openSync(copy, 'r+')
  try {
    const pages = Math.max(1, Math.ceil(fstatSync(handle).size / pageBytes))
    const first = Buffer.alloc(pageBytes)
    if (head) head.copy(first)
    else readSync(handle, first, 0, pageBytes, 0)
    const said = head ? 0 : first.readUInt32BE(28)
    const count = said > pages && said < 64 * pages ? said : pages
    first.writeUInt32BE(count, 28)
    first.copyWithin(92, 24, 28) // the count is believed where both are equal
    writeSync(handle, first, 0, pageBytes, 0)
    ftruncateSync(handle, count * pageBytes)
  } finally {
    closeSync(handle)
  }
}
