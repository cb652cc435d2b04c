import { rememberKeysMs } from '../../../shared/limits.ts'
import type { Reservation } from '../store.ts'
import { reservationKey } from '../keys.ts'
import { flightAt } from './codes.ts'
import type { Ledger } from './ledger.ts'

type DeliveryRow = { state: string; in_flight: number }

/** Takes send reservations, all keys of a delivery or none. Answers the deliveries that may not be sent. */
export function createReserve({ db, secret, tally, leases, reservations }: Ledger) {
  const rowOf = db.prepare('SELECT state, in_flight FROM deliveries WHERE id = ?')
  const fly = db.prepare('UPDATE deliveries SET in_flight = 1, ambiguous = ambiguous + ? WHERE id = ?')

  const take = (token: string, { delivery, keys }: Reservation, now: number): boolean => {
    const row = rowOf.get(delivery) as DeliveryRow | undefined
    const lease = leases.live(token, now)
    // Taken away since the claim (its consent went, its instance was removed, its lease ended): not to be sent either.
    if (!lease?.deliveries.has(delivery) || row?.state !== 'pending') return false
    const hidden = keys.map((key) => reservationKey(secret, key))
    const isFree = hidden.every((key) => {
      const holder = reservations.holderOf(key)
      return !holder || holder.delivery === delivery || holder.until <= now
    })
    if (!isFree) return false
    for (const key of hidden) reservations.hold(key, { delivery, until: now + rememberKeysMs })
    if (lease.reserved.has(delivery)) return true // a half of a split batch goes under the mark that is there
    // In flight before this claim touched it: a request was written once, and its answer was lost.
    const before = flightAt(row.in_flight)
    const isResend = before !== 'none'
    fly.run(isResend ? 1 : 0, delivery)
    if (isResend) tally.add('ambiguous')
    leases.noteReserved(lease, delivery, before)
    return true
  }

  return (token: string, wishes: readonly Reservation[], now: number): readonly number[] =>
    wishes.filter((wanted) => !take(token, wanted, now)).map(({ delivery }) => delivery)
}
