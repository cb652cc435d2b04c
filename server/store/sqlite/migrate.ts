import { closeSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { PairpixelError } from '../../../shared/errors.ts'
import { crashAt } from '../../crash-points/index.ts'

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)

/** Throws when a newer version wrote the store; to be asked before anything is written. */
export function refuseNewer(db: DatabaseSync, path: string, steps: readonly string[]): void {
  const version = versionOf(db)
  if (version <= steps.length) return
  throw new PairpixelError(
    'STORE_NEWER',
    `The store ${path} was written by a newer Pairpixel (schema ${version}, this one knows ${steps.length}): start that version, or restore the backup made before the upgrade.`,
  )
}

/** Brings the schema up to date in one transaction; existing data is first copied to `<path>.v<N>.bak`. A newer schema is refused. */
export function migrate(db: DatabaseSync, path: string, steps: readonly string[], isBeside = false): void {
  refuseNewer(db, path, steps)
  const version = versionOf(db)
  if (version === steps.length) return
  if (isBeside)
    throw new PairpixelError('STORE_LOCKED', `An older Pairpixel works on the store ${path}: stop it first.`)
  if (version > 0) backUp(db, `${path}.v${version}.bak`)
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${steps.length}`)
    crashAt('C9')
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
