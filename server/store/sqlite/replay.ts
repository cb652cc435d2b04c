import type { DatabaseSync } from 'node:sqlite'
import { agreedFlight, discardedWords } from '../rules.ts'
import type { DeliveryState } from '../store.ts'
import { flightAt, flightCode } from './codes.ts'
import type { Deliveries } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

type Row = { id: number; instance: string; state: DeliveryState; in_flight: number }

/** Sets ended deliveries going again: those whose bodies are still there, and none that is pending by now. */
export function createReplay({ db, tally }: Ledger) {
  const rowOf = db.prepare(
    "SELECT id, instance, state, in_flight FROM deliveries WHERE id = ? AND state IN ('dead', 'expired', 'suppressed') AND reopen_until > ?",
  )
  const reopen = db.prepare(
    `UPDATE deliveries SET state = 'pending', due_at = ?1, held = 0, reason = NULL, why = NULL, settled_at = NULL,
       reopen_until = NULL, replayed_at = ?1, forced = ?2, in_flight = ?4 WHERE id = ?3`,
  )
  return (ids: readonly number[], forced: boolean, now: number): number => {
    const rows = ids.flatMap((id) => (rowOf.get(id, now) as Row | undefined) ?? [])
    for (const row of rows) {
      reopen.run(now, forced ? 1 : 0, row.id, flightCode(agreedFlight(flightAt(row.in_flight))))
      tally.move(row.instance, row.state, 'pending')
    }
    return rows.length
  }
}

/** Puts ended deliveries aside for good. Their states stay, so no sum changes. */
export function createDiscard({ db }: Ledger, deliveries: Deliveries) {
  const rowOf = db.prepare(
    "SELECT id, event, why FROM deliveries WHERE id = ? AND state IN ('dead', 'expired', 'suppressed') AND reopen_until IS NOT NULL",
  )
  const close = db.prepare("UPDATE deliveries SET reason = 'discarded', why = ?, reopen_until = NULL WHERE id = ?")
  return (ids: readonly number[], why: string): number => {
    const rows = ids.flatMap((id) => (rowOf.get(id) as { id: number; event: number; why: string | null }) ?? [])
    for (const row of rows) close.run(discardedWords(why, row.why ?? undefined), row.id)
    for (const event of new Set(rows.map((row) => row.event))) deliveries.scrubIfDone(event)
    return rows.length
  }
}

/** Short texts of the engine's own, kept in `meta` beside the store's. */
export function createNotes(db: DatabaseSync) {
  const put = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)')
  const drop = db.prepare('DELETE FROM meta WHERE name = ?')
  const find = db.prepare('SELECT value FROM meta WHERE name = ?')
  return {
    note(name: string, text: string | undefined): void {
      if (text === undefined) drop.run(`note ${name}`)
      else put.run(`note ${name}`, text)
    },
    noted: (name: string): string | undefined => find.get(`note ${name}`)?.['value'] as string | undefined,
  }
}
