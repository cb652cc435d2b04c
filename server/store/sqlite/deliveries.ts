import type { SQLInputValue, StatementSync } from 'node:sqlite'
import type { Reason } from '../../../shared/reasons.ts'
import { type Change, changeOf, denialOf, reopenUntil, revocationOf } from '../rules.ts'
import { type Erased, erasureOf } from '../people.ts'
import { denialAt, denialCode } from './codes.ts'
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

/** What copies do to the deliveries of their key. */
export function createDeliveries({ db, tally, leases, isBeside = false }: Ledger) {
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
  const closeRow = db.prepare('UPDATE deliveries SET reopen_until = NULL WHERE id = ?')
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
        values.push(event, instance, state, dueAt, reason, detail, reason && now, reopenUntil(state, reason, now))
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
    suppressRow.run(reason, why ?? null, now, reopenUntil('suppressed', reason, now), row.id)
    tally.move(row.instance, row.state, 'suppressed')
    leases.drop(row.id)
  }

  const met = (row: Row) => ({
    state: row.state,
    reason: row.reason,
    isFlying: row.in_flight === 1 && (isBeside || leases.isHeld(row.id)),
    denied: denialAt(row.denied),
  })

  /** True: it is open again. */
  const apply = (row: Row, change: Change, now: number): boolean => {
    if (change?.do === 'suppress') suppress(row, change.reason, change.why, now)
    else if (change?.do === 'mark') markDenied.run(denialCode(change.denied), row.id)
    else if (change?.do === 'close') closeRow.run(row.id)
    else if (change?.do === 'reopen') {
      reopenRow.run(change.dueAt, row.id)
      tally.move(row.instance, 'suppressed', 'pending')
    }
    return change?.do === 'reopen'
  }

  /** A new copy joins. False: it came too late to matter to any delivery. */
  const join = (event: number, wanted: readonly NewDelivery[], now: number): boolean => {
    const rows = list.all(event) as Row[]
    const missing = wanted.filter(({ instance }) => !rows.some((row) => row.instance === instance))
    let matters = missing.length > 0 || rows.some((row) => row.state === 'pending')
    for (const row of rows) {
      const mine = wanted.find(({ instance }) => instance === row.instance)
      if (apply(row, changeOf(met(row), mine, now), now)) matters = true
    }
    create(event, missing, now)
    return matters
  }

  /** A repeated copy brings nothing, but its denial counts. */
  const denyAgain = (event: number, wanted: readonly NewDelivery[], now: number): void => {
    for (const row of list.all(event) as Row[]) {
      const mine = wanted.find(({ instance }) => instance === row.instance)
      if (mine) apply(row, denialOf(met(row), mine), now)
    }
  }

  return {
    create,
    join,
    suppress,
    denyAgain,
    /** The visitor said no to all that is not sent yet: how many deliveries that was. */
    revoke(event: number, now: number): number {
      const rows = (list.all(event) as Row[]).filter(({ state }) => state !== 'delivered')
      for (const row of rows) apply(row, denialOf(met(row), revocationOf(row.instance, now)), now)
      if (anyOpen.get(event) === undefined) dropBodies.run(event)
      return rows.filter(({ state }) => state === 'pending').length
    },
    /** The person asked for erasure: what that did to the deliveries of one event. */
    erase(event: number, now: number): Pick<Erased, 'cancelled' | 'mayHaveLeft' | 'sentBefore'> {
      const rows = list.all(event) as Row[]
      const changes = rows.map((row) => ({ row, change: denialOf(met(row), erasureOf(row.instance, now)) }))
      for (const { row, change } of changes) if (row.state !== 'delivered') apply(row, change, now)
      const mayHaveLeft = rows.filter(({ state, in_flight: flight }) => state !== 'delivered' && flight > 0).length
      const cancelled = changes.filter(({ row, change }) => row.state === 'pending' && change?.do === 'suppress').length
      const sent = rows.filter(({ state }) => state === 'delivered')
      return { cancelled, mayHaveLeft, sentBefore: Object.fromEntries(sent.map(({ instance }) => [instance, 1])) }
    },
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
