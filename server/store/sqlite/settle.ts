import type { DeliveryState } from '../store.ts'
import type { SentSettlement } from './commands.ts'
import { type Deliveries, reopenUntil } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

type Row = { event: number; instance: string; state: DeliveryState; in_flight: number; denied: number }

interface End {
  readonly state: DeliveryState
  readonly dueAt?: number
  readonly reason?: string
  readonly why?: string
  readonly trace?: string
}

/** What a result makes of its delivery. A retry of what consent forbids by now ends instead. */
function endOf(result: SentSettlement, denied: boolean): End {
  if (result.state !== 'retry') return result
  if (denied)
    return {
      state: 'suppressed',
      reason: 'consent_denied',
      why: `Consent went before it could be tried again: ${result.why}`,
    }
  return { state: 'pending', dueAt: result.at, why: result.why }
}

/**
 * Writes what claimed deliveries came to. A result counts as long as nobody else took the delivery, even after the lease:
 * an answer that is thrown away would be asked for a second time. False: none of them counted.
 */
export function createSettle({ db, tally, leases }: Ledger, deliveries: Deliveries) {
  const rowOf = db.prepare('SELECT event, instance, state, in_flight, denied FROM deliveries WHERE id = ?')
  const update = db.prepare(
    `UPDATE deliveries SET state = ?, due_at = coalesce(?, due_at), held = 0, attempts = attempts + ?,
       first_attempt_at = coalesce(first_attempt_at, ?), in_flight = ?, ambiguous = ambiguous - ?, reason = ?, why = ?, trace = ?,
       settled_at = ?, reopen_until = ?, denied = 0 WHERE id = ?`,
  )
  const explain = db.prepare('INSERT OR REPLACE INTO explanations (delivery, at, text) VALUES (?, ?, ?)')

  const settleOne = (
    token: string,
    result: SentSettlement,
    explanation: string | undefined,
    now: number,
  ): Row | undefined => {
    const lease = leases.holder(token, result.delivery)
    const row = rowOf.get(result.delivery) as Row | undefined
    if (!lease || row?.state !== 'pending') return undefined
    const end = endOf(result, row.denied === 1)
    const isFinal = end.state !== 'pending'
    const before = lease.reserved.get(result.delivery)
    const isAmbiguous = result.state === 'retry' && result.ambiguous === true
    // Nothing was written after all: the mark goes back to what it was, and a resend that was counted did not happen.
    const unwritten = result.attempted || isAmbiguous ? undefined : before
    const inFlight = isFinal ? 0 : isAmbiguous ? 1 : result.attempted ? 0 : Number(before ?? row.in_flight === 1)
    const uncounted = unwritten === true ? 1 : 0
    update.run(
      end.state,
      end.dueAt ?? null,
      result.attempted ? 1 : 0,
      result.attempted ? now : null,
      inFlight,
      uncounted,
      end.reason ?? null,
      end.why ?? null,
      end.trace ?? null,
      isFinal ? now : null,
      end.state === 'suppressed' ? reopenUntil(end.reason ?? null, now) : null,
      result.delivery,
    )
    if (uncounted) tally.add('ambiguous', -1)
    if (isFinal) tally.move(row.instance, 'pending', end.state)
    if (explanation !== undefined) explain.run(result.delivery, now, explanation)
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
