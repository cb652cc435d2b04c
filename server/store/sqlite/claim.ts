import { deniedInFlight } from '../rules.ts'
import type { CopyKind } from '../store.ts'
import { denialAt, flightAt } from './codes.ts'
import type { Deliveries } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

type DueRow = {
  id: number
  event: number
  instance: string
  state: 'pending'
  due_at: number
  attempts: number
  first_attempt_at: number | null
  in_flight: number
  denied: number
  replayed_at: number | null
  forced: number
}
type EventRow = { site: string; name: string; event_id: string; first_at: number; fired: string }
type CopyRow = { kind: CopyKind; origin: string; received_at: number; facts: string; body: string | null }

/** Facts and bodies rest as JSON, so they are put into the answer as they are. */
const copyJson = ({ kind, origin, received_at, facts, body }: CopyRow): string =>
  `${JSON.stringify({ kind, origin, receivedAt: received_at }).slice(0, -1)},"facts":${facts}${body === null ? '' : `,"event":${body}`}}`

/** Makes `claim`, which answers a `Claim` as JSON. */
export function createClaim({ db, leases }: Ledger, deliveries: Deliveries) {
  const pending = db.prepare(
    `SELECT id, event, instance, state, due_at, attempts, first_attempt_at, in_flight, denied, replayed_at, forced
     FROM deliveries WHERE instance = ? AND state = 'pending' ORDER BY due_at, id`,
  )
  const eventOf = db.prepare('SELECT site, name, event_id, first_at, fired FROM events WHERE id = ?')
  const copiesOf = db.prepare(
    `SELECT c.kind, c.origin, c.received_at, c.facts, b.body FROM copies c LEFT JOIN bodies b ON b.copy = c.id
     WHERE c.event = ? ORDER BY c.received_at, c.id`,
  )

  const claimedJson = (row: DueRow): string => {
    const event = eventOf.get(row.event) as EventRow
    const head = JSON.stringify({
      delivery: row.id,
      instance: row.instance,
      site: event.site,
      name: event.name,
      eventId: event.event_id,
      firstAt: event.first_at,
      attempts: row.attempts,
      firstAttemptAt: row.first_attempt_at ?? undefined,
      inFlight: flightAt(row.in_flight) === 'lost',
      replayed: row.replayed_at === null ? undefined : { at: row.replayed_at, forced: row.forced === 1 },
    })
    const copies = (copiesOf.all(row.event) as CopyRow[]).map(copyJson)
    return `${head.slice(0, -1)},"fired":${event.fired},"copies":[${copies.join()}]}`
  }

  /** Reads on past the wanted ones until it knows when the next falls due; a delivery at work counts from its lease's end. */
  const pick = (instance: string, limit: number, now: number) => {
    const due: DueRow[] = []
    const denied: DueRow[] = []
    let nextDueAt: number | undefined
    for (const found of pending.iterate(instance)) {
      const row = found as DueRow
      const busyUntil = leases.heldUntil(row.id, now)
      const at = Math.max(row.due_at, busyUntil ?? 0)
      if (busyUntil === undefined && row.denied) denied.push(row)
      else if (at <= now && due.length < limit) due.push(row)
      else nextDueAt = Math.min(nextDueAt ?? at, at)
      if (nextDueAt !== undefined && nextDueAt <= Math.max(row.due_at, now)) break
    }
    return { due, denied, nextDueAt }
  }

  return (instance: string, limit: number, leaseMs: number, now: number): string => {
    const { due, denied, nextDueAt } = pick(instance, limit, now)
    for (const row of denied) {
      const reason = denialAt(row.denied) ?? 'consent_denied'
      deliveries.suppress(row, reason, deniedInFlight(reason), now)
      deliveries.scrubIfDone(row.event)
    }
    const token = leases.take(
      due.map(({ id }) => id),
      now + leaseMs,
    )
    const next = nextDueAt === undefined ? '' : `,"nextDueAt":${nextDueAt}`
    return `{"token":${JSON.stringify(token)},"deliveries":[${due.map(claimedJson).join()}]${next}}`
  }
}
