import type { Store } from '../../store/store.ts'
import type { Tally } from './tally.ts'
import { toldClaim, toldCopy, type ToldClaim } from './told.ts'

/** Claims under way; the ends of older ones are not counted by name. */
const mostClaims = 2000

export interface WatchDeps {
  readonly now: () => number
  /** A clock for durations, ms. */
  readonly monotonic: () => number
  /** A fault of the counting itself: it is told, and the store's work goes on. */
  readonly report: (error: unknown) => void
}

/**
 * The same store, whose work is counted. It asks the store for nothing more, and an answer waits for no count. What is
 * counted is taken from a copy before it is handed on: nothing holds the copy while it is stored.
 */
export function watchStore(store: Store, tally: Tally, { now, monotonic, report }: WatchDeps): Store {
  const claims = new Map<string, Map<number, ToldClaim>>()
  const safely = (count: () => void) => {
    try {
      count()
    } catch (error) {
      report(error)
    }
  }
  return {
    ...store,
    append(copies) {
      const told = copies.map(toldCopy)
      const from = monotonic()
      return store.append(copies).then((results) => {
        safely(() => tally.appended(told, results, monotonic() - from))
        return results
      })
    },
    prove: (site, name, eventId, fired, at) =>
      store.prove(site, name, eventId, fired, at).then((known) => {
        if (known) safely(() => tally.proved(site, name, eventId, fired, at))
        return known
      }),
    revoke: (site, visitor, at) =>
      store.revoke(site, visitor, at).then((count) => {
        safely(() => tally.revoked(site, at))
        return count
      }),
    claim: (instance, limit, leaseMs, at) =>
      store.claim(instance, limit, leaseMs, at).then((claim) => {
        if (claim.deliveries.length)
          safely(() => {
            const told = claim.deliveries.map(toldClaim)
            claims.set(claim.token, new Map(told.map((one) => [one.delivery, one])))
            for (const one of told) tally.claimed(one, now())
            const [oldest] = claims.keys()
            if (claims.size > mostClaims) claims.delete(oldest!)
          })
        return claim
      }),
    settle: (token, results, at) =>
      store.settle(token, results, at).then((isMine) => {
        const claimed = claims.get(token)
        if (!claimed) return isMine
        safely(() => {
          const known = results.flatMap((result) => {
            const claim = claimed.get(result.delivery)
            claimed.delete(result.delivery)
            return claim ? [[claim, result] as const] : []
          })
          if (!claimed.size) claims.delete(token)
          if (isMine) tally.settled(known, at)
        })
        return isMine
      }),
  }
}
