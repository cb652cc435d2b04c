import type { DatabaseSync } from 'node:sqlite'
import type { StoredEvent } from '../../../shared/event.ts'
import type { Fired } from '../../../shared/pixel-state.ts'
import type { CopyKind, DeliveryState, Ended, Ending, Facts, KeptCopy, ReplayFilter } from '../store.ts'

type Row = {
  id: number
  event: number
  instance: string
  state: DeliveryState
  reason: string | null
  why: string | null
  settled_at: number
  attempts: number
  first_attempt_at: number | null
  site: string
  name: string
  event_id: string
  first_at: number
  fired: string
}
type CopyRow = { kind: CopyKind; origin: string; received_at: number; facts: string; body: string | null }

type EndingRow = Pick<Row, 'id' | 'instance' | 'state' | 'reason' | 'why' | 'settled_at' | 'site' | 'name' | 'event_id'>

/** Where the filter names no state. */
const triedAgain = ['dead', 'expired'] as const satisfies readonly DeliveryState[]

/** Of several states the first rows by number. */
function firstOf<Found extends EndingRow>(
  states: readonly DeliveryState[],
  limit: number,
  rowsOf: (state: DeliveryState) => readonly Found[],
): readonly Found[] {
  const found = states.flatMap(rowsOf)
  found.sort((one, other) => one.id - other.id)
  return found.slice(0, limit)
}

const endingOf = (row: EndingRow): Ending => ({
  delivery: row.id,
  instance: row.instance,
  site: row.site,
  name: row.name,
  eventId: row.event_id,
  state: row.state,
  reason: (row.reason ?? undefined) as Ending['reason'],
  why: row.why ?? undefined,
  settledAt: row.settled_at,
})

/** Ended deliveries that can be tried again, oldest first. */
export function createEnded(db: DatabaseSync) {
  const rows = db.prepare(
    `SELECT d.id, d.event, d.instance, d.state, d.reason, d.why, d.settled_at, d.attempts, d.first_attempt_at,
       e.site, e.name, e.event_id, e.first_at, e.fired
     FROM deliveries d INDEXED BY deliveries_ended JOIN events e ON e.id = d.event
     WHERE d.reopen_until IS NOT NULL AND d.id > ?1 AND d.state = ?2
       AND (?3 IS NULL OR d.instance = ?3) AND (?4 IS NULL OR d.reason = ?4) AND (?5 IS NULL OR e.event_id = ?5)
       AND (?6 IS NULL OR d.settled_at >= ?6) AND (?7 IS NULL OR d.settled_at <= ?7)
     ORDER BY d.id LIMIT ?8`,
  )
  const copiesOf = db.prepare(
    `SELECT c.kind, c.origin, c.received_at, c.facts, b.body FROM copies c LEFT JOIN bodies b ON b.copy = c.id
     WHERE c.event = ? ORDER BY c.received_at, c.id`,
  )
  // All texts were written by the store.
  const copyOf = ({ kind, origin, received_at, facts, body }: CopyRow): KeptCopy => ({
    kind,
    origin,
    receivedAt: received_at,
    facts: JSON.parse(facts) as Facts,
    ...(body !== null && { event: JSON.parse(body) as StoredEvent }),
  })

  return (filter: ReplayFilter, limit: number, after: number): readonly Ended[] => {
    const { state, instance, reason, eventId, since, until } = filter
    const words = [instance, reason, eventId, since, until].map((word) => word ?? null)
    const found = firstOf(state ? [state] : triedAgain, limit, (one) => rows.all(after, one, ...words, limit) as Row[])
    return found.map((row) => ({
      ...endingOf(row),
      firstAt: row.first_at,
      attempts: row.attempts,
      firstAttemptAt: row.first_attempt_at ?? undefined,
      inFlight: false,
      fired: JSON.parse(row.fired) as Fired,
      copies: (copiesOf.all(row.event) as CopyRow[]).map(copyOf),
    }))
  }
}

/** The same without their copies, however many there are: a portion, in the order of their numbers. */
export function createEndings(db: DatabaseSync) {
  const rows = db.prepare(
    `SELECT d.id, d.instance, d.state, d.reason, d.why, d.settled_at, e.site, e.name, e.event_id
     FROM deliveries d INDEXED BY deliveries_ended JOIN events e ON e.id = d.event
     WHERE d.reopen_until IS NOT NULL AND d.id > ? AND d.state = ? ORDER BY d.id LIMIT ?`,
  )
  return (limit: number, after: number): readonly Ending[] =>
    firstOf(triedAgain, limit, (state) => rows.all(after, state, limit) as EndingRow[]).map(endingOf)
}
