import { dayMs } from '../../../shared/limits.ts'
import type { Deliveries } from './deliveries.ts'
import { visitorKey } from '../keys.ts'
import type { Ledger } from './ledger.ts'

/** Longer than events of a browser usually wait: most pairing windows end after two days, age limits after seven. */
const keptMs = 8 * dayMs
const portion = 500

/** Whose events they are, so that a visitor who takes consent back takes it back for what is not sent yet. */
export function createVisits({ db, secret }: Ledger, deliveries: Deliveries) {
  const insert = db.prepare('INSERT OR IGNORE INTO visits (visitor, event, at) VALUES (?, ?, ?)')
  const eventsOf = db.prepare('SELECT event FROM visits WHERE visitor = ?')
  const drop = db.prepare('DELETE FROM visits WHERE visitor = ?')
  const dropOld = db.prepare(
    'DELETE FROM visits WHERE (visitor, event) IN (SELECT visitor, event FROM visits WHERE at <= ? ORDER BY at LIMIT ?)',
  )
  return {
    note: (site: string, visitor: string, event: number, now: number): void =>
      void insert.run(visitorKey(secret, site, visitor), event, now),
    /** How many deliveries nobody may send any more, or not again. */
    revoke(site: string, visitor: string, now: number): number {
      const key = visitorKey(secret, site, visitor)
      const events = eventsOf.all(key) as { event: number }[]
      drop.run(key)
      return events.reduce((sum, { event }) => sum + deliveries.revoke(event, now), 0)
    },
    /** True: there is more. */
    tidy: (now: number): boolean => Number(dropOld.run(now - keptMs, portion).changes) >= portion,
  }
}
export type Visits = ReturnType<typeof createVisits>
