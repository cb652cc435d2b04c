import { closeSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { PairpixelError } from '../../../shared/errors.ts'

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)

/** Brings the schema up to date in one transaction; existing data is first copied to `<path>.v<N>.bak`. A newer schema is refused. */
export function migrate(db: DatabaseSync, path: string, steps: readonly string[]): void {
  const version = versionOf(db)
  if (version > steps.length)
    throw new PairpixelError(
      'STORE_NEWER',
      `The store ${path} was written by a newer Pairpixel (schema ${version}, this one knows ${steps.length}): start that version, or restore the backup made before the upgrade.`,
    )
  if (version === steps.length) return
  if (version > 0) backUp(db, `${path}.v${version}.bak`)
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${steps.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** A file that is there already is from an upgrade that did not end; VACUUM INTO wants it empty. */
function backUp(db: DatabaseSync, target: string): void {
  closeSync(openSync(target, 'w', 0o600))
  db.prepare('VACUUM INTO ?').run(target)
}
