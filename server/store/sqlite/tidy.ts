import { explanationMs, hourMs, rememberKeysMs } from '../../../shared/limits.ts'
import type { DeliveryState } from '../store.ts'
import type { Deliveries } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

/** Rows in one go: what waits behind it in the queue shall not wait long. */
const portion = 500

/** Holds and pauses end within an hour and a quarter: what waits longer was put off by a clock that was set wrong. */
const longestWaitMs = 2 * hourMs

type Forgotten = { instance: string; state: DeliveryState; n: number }

/** Forgets what is past its time, a portion a call. True: call again. A key with a pending delivery is never forgotten. */
export function createTidy({ db, tally }: Ledger, deliveries: Deliveries) {
  const closed = db.prepare('SELECT id, event FROM deliveries WHERE reopen_until <= ? ORDER BY reopen_until LIMIT ?')
  const close = db.prepare('UPDATE deliveries SET reopen_until = NULL WHERE id = ?')
  const old = db.prepare(
    `SELECT id FROM events e WHERE first_at <= ? AND NOT EXISTS
       (SELECT 1 FROM deliveries d WHERE d.event = e.id AND d.state = 'pending') ORDER BY first_at LIMIT ?`,
  )
  const deliveriesOf = db.prepare(
    'SELECT instance, state, count(*) AS n FROM deliveries WHERE event = ? GROUP BY instance, state',
  )
  const copiesOf = db.prepare('SELECT count(*) AS n FROM copies WHERE event = ?')
  const forget = db.prepare('DELETE FROM events WHERE id = ?')
  const forgetExplanations = db.prepare(
    'DELETE FROM explained WHERE id IN (SELECT id FROM explained WHERE at <= ? LIMIT ?)',
  )
  const forgetReservations = db.prepare(
    'DELETE FROM reservations WHERE key IN (SELECT key FROM reservations WHERE until <= ? LIMIT ?)',
  )

  const forgetEvent = (id: number): void => {
    for (const { instance, state, n } of deliveriesOf.all(id) as Forgotten[]) tally.move(instance, state, undefined, n)
    tally.add('copies', -Number(copiesOf.get(id)?.['n'] ?? 0))
    tally.add('events', -1)
    forget.run(id)
  }

  const waiting = db.prepare("SELECT DISTINCT instance FROM tallies WHERE name = 'pending' AND n > 0")
  const hurry = db.prepare(
    "UPDATE deliveries SET due_at = ?1 WHERE instance = ?2 AND state = 'pending' AND due_at > ?3",
  )

  return (now: number): boolean => {
    for (const { instance } of waiting.all() as { instance: string }[]) hurry.run(now, instance, now + longestWaitMs)
    const shut = closed.all(now, portion) as { id: number; event: number }[]
    for (const { id } of shut) close.run(id)
    for (const { event } of shut) deliveries.scrubIfDone(event)
    const events = old.all(now - rememberKeysMs, portion) as { id: number }[]
    for (const { id } of events) forgetEvent(id)
    const others = [
      forgetExplanations.run(now - explanationMs, portion).changes,
      forgetReservations.run(now, portion).changes,
    ]
    return [shut.length, events.length, ...others.map(Number)].some((n) => n >= portion)
  }
}

/** Ends pending deliveries of instances that are no longer configured, a portion a call: how many. */
export function createRemove({ db }: Ledger, deliveries: Deliveries) {
  const instances = db.prepare("SELECT DISTINCT instance FROM tallies WHERE name = 'pending' AND n > 0")
  const pending = db.prepare(
    "SELECT id, event, instance, state FROM deliveries WHERE instance = ? AND state = 'pending' LIMIT ?",
  )
  return (known: readonly string[], now: number): number => {
    for (const { instance } of instances.all() as { instance: string }[]) {
      if (known.includes(instance)) continue
      const rows = pending.all(instance, portion) as { id: number; event: number; instance: string; state: 'pending' }[]
      for (const row of rows) deliveries.suppress(row, 'destination_removed', undefined, now)
      for (const { event } of rows) deliveries.scrubIfDone(event)
      if (rows.length > 0) return rows.length
    }
    return 0
  }
}
