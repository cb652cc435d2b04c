import { DatabaseSync } from 'node:sqlite'
import { ledger } from '../../server/store/migrations/001-ledger.ts'

/** Makes the file of a store as the first schema left it, empty; `fill` may put rows into it. */
export function oldStore(file: string, fill: (db: DatabaseSync) => void = () => undefined): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL')
  db.exec(ledger)
  fill(db)
  db.exec('PRAGMA user_version = 1')
  db.close()
}
