import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { hourMs } from '../../../shared/limits.ts'
import { isReason, type Reason, reasons } from '../../../shared/reasons.ts'
import type { DeliveryState, NewDelivery } from '../store.ts'
import type { Ledger } from './ledger.ts'

type Row = {
  id: number
  instance: string
  state: DeliveryState
  reason: string | null
  in_flight: number
  denied: number
}

/** Rows in one statement; as many statements are kept ready. */
const mostAtOnce = 16

/** How long the bodies of a delivery that lacks something wait for the copy that brings it. */
const reopenMs = 48 * hourMs

export const reopens = (reason: string | null): boolean =>
  reason !== null && isReason(reason) && reasons[reason].reopens
export const reopenUntil = (reason: string | null, settledAt: number): number | null =>
  reopens(reason) ? settledAt + reopenMs : null

const isDenial = (reason: Reason | undefined): boolean => reason === 'consent_denied' || reason === 'erased'
const isConsent = (reason: string | null): boolean => reason === 'consent_denied' || reason === 'consent_unknown'

/** Is there a use for the body of the copy that brings it? */
export const isBornOpen = ({ suppressed }: NewDelivery): boolean => suppressed === undefined || reopens(suppressed)

/** What copies do to the deliveries of their key. */
export function createDeliveries({ db, tally, leases }: Ledger) {
  const list = db.prepare(
    'SELECT id, instance, state, reason, in_flight, denied FROM deliveries WHERE event = ? ORDER BY id',
  )
  /** How many at once → the statement: one with many rows costs half of many with one. */
  const inserts = new Map<number, StatementSync>()
  const insertOf = (count: number): StatementSync => {
    const known = inserts.get(count)
    if (known) return known
    const rows = Array<string>(count).fill('(?, ?, ?, ?, ?, ?, ?, ?)').join()
    const insert = db.prepare(
      `INSERT INTO deliveries (event, instance, state, due_at, reason, why, settled_at, reopen_until) VALUES ${rows}`,
    )
    inserts.set(count, insert)
    return insert
  }
  const suppressRow = db.prepare(
    "UPDATE deliveries SET state = 'suppressed', reason = ?, why = ?, settled_at = ?, reopen_until = ?, denied = 0 WHERE id = ?",
  )
  const reopenRow = db.prepare(
    "UPDATE deliveries SET state = 'pending', due_at = ?, held = 1, reason = NULL, why = NULL, settled_at = NULL, reopen_until = NULL WHERE id = ?",
  )
  const markDenied = db.prepare('UPDATE deliveries SET denied = ? WHERE id = ?')
  const hurryRows = db.prepare(
    "UPDATE deliveries SET due_at = ?1 WHERE event = ?2 AND state = 'pending' AND held = 1 AND due_at > ?1",
  )
  const anyOpen = db.prepare(
    "SELECT 1 FROM deliveries WHERE event = ? AND (state = 'pending' OR reopen_until IS NOT NULL) LIMIT 1",
  )
  const dropBodies = db.prepare('DELETE FROM bodies WHERE copy IN (SELECT id FROM copies WHERE event = ?)')

  const create = (event: number, wanted: readonly NewDelivery[], now: number): void => {
    for (let at = 0; at < wanted.length; at += mostAtOnce) {
      const values: SQLInputValue[] = []
      const some = wanted.slice(at, at + mostAtOnce)
      for (const { instance, dueAt, suppressed: reason = null, detail = null } of some) {
        const state = reason === null ? 'pending' : 'suppressed'
        values.push(event, instance, state, dueAt, reason, detail, reason && now, reopenUntil(reason, now))
        tally.move(instance, undefined, state)
      }
      insertOf(some.length).run(...values)
    }
  }

  /** Ends a delivery that nobody may send any more; a claim on it ends too. */
  const suppress = (
    row: Pick<Row, 'id' | 'instance' | 'state'>,
    reason: Reason,
    why: string | undefined,
    now: number,
  ): void => {
    suppressRow.run(reason, why ?? null, now, reopenUntil(reason, now), row.id)
    tally.move(row.instance, row.state, 'suppressed')
    leases.drop(row.id)
  }

  /**
   * A denial always wins over what is not yet sent, whichever kind of copy brings it; only a later copy that says yes
   * opens it again. A request that is under way is left to its settlement, which then allows no further one.
   */
  const deny = (rows: readonly Row[], wanted: readonly NewDelivery[], now: number): void => {
    for (const { instance, suppressed, detail } of wanted) {
      const row = rows.find((known) => known.instance === instance)
      if (!row || !suppressed || !isDenial(suppressed)) continue
      if (row.state === 'pending' && row.in_flight && leases.isHeld(row.id)) markDenied.run(1, row.id)
      else if (row.state === 'pending' || (row.state === 'suppressed' && reopens(row.reason)))
        suppress(row, suppressed, detail, now)
    }
  }

  const reopen = (row: Row, dueAt: number): true => {
    reopenRow.run(dueAt, row.id)
    tally.move(row.instance, 'suppressed', 'pending')
    return true
  }

  /** What a new copy means for one delivery that is there already. True: it is open again. */
  const meet = (row: Row, wanted: NewDelivery | undefined, now: number): boolean => {
    if (wanted?.suppressed) return false
    if (row.state === 'pending' && wanted?.granted && row.denied) markDenied.run(0, row.id)
    if (row.state !== 'suppressed') return false
    if (reopens(row.reason)) return reopen(row, now)
    return wanted?.granted === true && isConsent(row.reason) && reopen(row, wanted.dueAt)
  }

  /** A new copy joins. False: it came too late to matter to any delivery. */
  const join = (event: number, wanted: readonly NewDelivery[], now: number): boolean => {
    const rows = list.all(event) as Row[]
    const missing = wanted.filter(({ instance }) => !rows.some((row) => row.instance === instance))
    let matters = missing.length > 0 || rows.some((row) => row.state === 'pending')
    for (const row of rows) {
      const mine = wanted.find(({ instance }) => instance === row.instance)
      if (meet(row, mine, now)) matters = true
    }
    deny(rows, wanted, now)
    create(event, missing, now)
    return matters
  }

  return {
    create,
    join,
    suppress,
    /** A repeated copy brings nothing, but its denial counts. */
    denyAgain: (event: number, wanted: readonly NewDelivery[], now: number) =>
      deny(list.all(event) as Row[], wanted, now),
    /** Both kinds of copy are there: the hold has nothing left to wait for. A back-off is no hold. */
    hurry: (event: number, now: number) => void hurryRows.run(now, event),
    isOpen: (event: number): boolean => anyOpen.get(event) !== undefined,
    /** Bodies go when no delivery of the key can use them any more. */
    scrubIfDone: (event: number): void => {
      if (anyOpen.get(event) === undefined) dropBodies.run(event)
    },
  }
}
export type Deliveries = ReturnType<typeof createDeliveries>
