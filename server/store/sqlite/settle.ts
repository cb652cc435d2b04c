import { endOf, reopenUntil } from '../rules.ts'
import type { DeliveryState } from '../store.ts'
import { denialAt, flightAt, flightCode } from './codes.ts'
import type { SentSettlement } from './commands.ts'
import type { Deliveries } from './deliveries.ts'
import { reservationKey } from '../keys.ts'
import type { Ledger } from './ledger.ts'

type Row = {
  event: number
  instance: string
  state: DeliveryState
  in_flight: number
  ambiguous: number
  denied: number
  explained: number | null
}

/**
 * Writes what claimed deliveries came to. A result counts as long as nobody else took the delivery, even after the lease:
 * an answer that is thrown away would be asked for a second time. False: none of them counted.
 */
export function createSettle({ db, secret, tally, leases, reservations }: Ledger, deliveries: Deliveries) {
  const rowOf = db.prepare(
    'SELECT event, instance, state, in_flight, ambiguous, denied, explained FROM deliveries WHERE id = ?',
  )
  const update = db.prepare(
    `UPDATE deliveries SET state = ?, due_at = coalesce(?, due_at), held = 0, attempts = attempts + ?,
       first_attempt_at = coalesce(first_attempt_at, ?), in_flight = ?, ambiguous = ambiguous - ?, reason = ?, why = ?, trace = ?,
       settled_at = ?, reopen_until = ?, denied = 0, explained = ? WHERE id = ?`,
  )
  const explain = db.prepare('INSERT INTO explained (delivery, at, text) VALUES (?, ?, ?)')
  const unexplain = db.prepare('DELETE FROM explained WHERE id = ? AND delivery = ?')
  const copiesOf = db.prepare('SELECT count(*) AS n FROM copies WHERE event = ?')

  /** What was refused is not there, so another delivery may bring it, unless an answer to an earlier request was lost. */
  const release = (result: SentSettlement, row: Row): void => {
    if (result.state !== 'dead' || !result.release || row.ambiguous > 0) return
    for (const key of result.release) reservations.giveBack(reservationKey(secret, key), result.delivery)
  }

  /** Written at the end of all, where there is room; the row of the new one. */
  const explainAnew = (delivery: number, { explained }: Row, text: string, now: number): number => {
    if (explained !== null) unexplain.run(explained, delivery)
    return Number(explain.run(delivery, now, text).lastInsertRowid)
  }

  const settleOne = (
    token: string,
    result: SentSettlement,
    explanation: string | undefined,
    now: number,
  ): Row | undefined => {
    const lease = leases.holder(token, result.delivery)
    const row = rowOf.get(result.delivery) as Row | undefined
    if (!lease || row?.state !== 'pending') return undefined
    const before = lease.reserved.get(result.delivery)
    // Counted only where it decides something.
    const copies = result.state === 'suppressed' ? Number(copiesOf.get(row.event)?.['n']) : undefined
    const isKept = explanation !== undefined && denialAt(row.denied) !== 'erased'
    const end = endOf(result, { denied: denialAt(row.denied), flight: flightAt(row.in_flight), before, copies }, now)
    update.run(
      end.state,
      end.dueAt ?? null,
      result.attempted ? 1 : 0,
      result.attempted ? now : null,
      flightCode(end.flight),
      end.isUncounted ? 1 : 0,
      end.reason ?? null,
      end.why ?? null,
      end.trace ?? null,
      end.isFinal ? now : null,
      reopenUntil(end.state, end.reason, now),
      isKept ? explainAnew(result.delivery, row, explanation, now) : row.explained,
      result.delivery,
    )
    if (end.isUncounted) tally.add('ambiguous', -1)
    release(result, row)
    if (end.isFinal) tally.move(row.instance, 'pending', end.state)
    leases.drop(result.delivery)
    return row
  }

  /** @param explanations a text for each result that is explained, in order; undefined for the others */
  return (
    token: string,
    results: readonly SentSettlement[],
    explanations: readonly (string | undefined)[],
    now: number,
  ): boolean => {
    const settled = results
      .map((result, at) => settleOne(token, result, explanations[at], now))
      .filter((row) => row !== undefined)
    for (const event of new Set(settled.map((row) => row.event))) deliveries.scrubIfDone(event)
    if (settled.length < results.length) tally.add('stale', results.length - settled.length)
    return results.length === 0 ? leases.live(token, now) !== undefined : settled.length > 0
  }
}
