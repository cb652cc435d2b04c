import { isReason } from '../../shared/reasons.ts'
import type { AppendResult, Claimed, KeptCopy, NewCopy, Settlement, Store } from '../store/store.ts'
import { eventLabel, type Counters } from './counters.ts'
import { createPairCount } from './pairs.ts'
import { createWaiting } from './waiting.ts'

/** Far more than all lanes hold at once: what is over was claimed, and its claim ended without a word. */
const mostClaimed = 20_000

export interface WatchDeps {
  readonly counters: Counters
  readonly now: () => number
  /** Platform of an instance; undefined: it is no longer configured. */
  readonly platformOf: (instance: string) => string | undefined
  /** How long an event waits at an instance for its other copies, ms. */
  readonly holdMs: (site: string, instance: string, event: string, first?: KeptCopy) => number
}

/** The same store, and beside it plain sums of what went through it in this process. It changes nothing. */
export function watchStore(store: Store, { counters, now, platformOf, holdMs }: WatchDeps) {
  const claimed = new Map<number, Claimed>()
  const waiting = createWaiting()
  const pairs = createPairCount((instance, state) => counters.pairs.add([instance, state]))

  function appended(copies: readonly NewCopy[], results: readonly AppendResult[]): void {
    copies.forEach((copy, at) => {
      const result = results[at] ?? 'failed'
      const { site, kind, name, eventId, fired, deliveries } = copy
      counters.copies.add([site, kind, eventLabel(name), result])
      if (result === 'failed') return
      counters.heardAt.set(site, copy.receivedAt)
      if (fired) pairs.proved(site, name, eventId, fired)
      if (result !== 'stored') return
      for (const { instance, suppressed } of deliveries)
        if (suppressed) counters.settlements.add([instance, 'suppressed', suppressed])
    })
  }

  function settled(results: readonly Settlement[], at: number): void {
    for (const result of results) {
      const known = claimed.get(result.delivery)
      if (!known) continue
      const { instance, site, name, eventId, fired } = known
      const reason = 'reason' in result && isReason(result.reason) ? result.reason : undefined
      counters.settlements.add([instance, result.state, reason ?? ''])
      if (result.attempted) counters.attempts.add([instance])
      claimed.delete(result.delivery)
      if (result.state === 'retry') continue
      waiting.ended(instance, result.delivery)
      if (result.state === 'delivered') counters.deliveredAt.set(instance, at)
      const platform = platformOf(instance) ?? instance
      pairs.ended({ site, name, eventId, instance, platform, fired, state: result.state, reason }, at)
    }
  }

  const watched: Store = {
    ...store,
    async append(copies) {
      const results = await store.append(copies)
      appended(copies, results)
      return results
    },
    async prove(site, name, eventId, fired, at) {
      const isKnown = await store.prove(site, name, eventId, fired, at)
      pairs.proved(site, name, eventId, fired)
      return isKnown
    },
    async claim(instance, limit, leaseMs, at) {
      const claim = await store.claim(instance, limit, leaseMs, at)
      for (const one of claim.deliveries) {
        claimed.set(one.delivery, { ...one, copies: [] }) // the bodies are the lane's
        if (claimed.size > mostClaimed) claimed.delete(claimed.keys().next().value!)
        const dueAt = one.firstAt + holdMs(one.site, instance, one.name, one.copies[0])
        waiting.claimed(instance, one.delivery, one.replayed?.at ?? dueAt, at)
      }
      return claim
    },
    async settle(token, results, at) {
      const isTaken = await store.settle(token, results, at)
      if (isTaken) settled(results, at)
      return isTaken
    },
  }
  return {
    store: watched,
    oldestMs: (...asked: Parameters<typeof waiting.oldestMs>) => waiting.oldestMs(...asked),
    /** Counts what has waited long enough for a page's word. */
    flush: () => pairs.flush(now()),
  }
}
