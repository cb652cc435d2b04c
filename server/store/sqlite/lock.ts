import { closeSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PairpixelError } from '../../../shared/errors.ts'

/** Makes the folder and an empty file that only we may read. */
export function prepareFile(file: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
}

/**
 * One process a store: two would claim each other's deliveries. The lock is SQLite's own on a file beside the store, so the
 * operating system drops it when the process dies, however it dies.
 */
export function lock(file: string): { release(): void } {
  prepareFile(`${file}.lock`)
  const db = new DatabaseSync(`${file}.lock`)
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new PairpixelError(
      'STORE_LOCKED',
      `Another process works on the store ${file}: stop it, or give this one a store of its own.`,
      { cause },
    )
  }
  return { release: () => db.close() }
}
