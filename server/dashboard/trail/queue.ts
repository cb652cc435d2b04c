import { minuteMs } from '../../../shared/limits.ts'

/** What waits of one instance, as the store's own number of pending deliveries is split. */
export interface Waiting {
  readonly held: number
  readonly queued: number
  readonly retrying: number
  /** Begin of the minute the oldest came in, epoch ms. */
  readonly oldestAt?: number
}

/** Minute → how many deliveries came in it, less those of it that ended. */
export type Births = Readonly<Record<string, number>>

const mostRetrying = 20_000

/** Follows the deliveries of one instance from the ledger to their end, by their numbers alone. */
export function createQueue(given: Births = {}) {
  const births = new Map(Object.entries(given).map(([at, n]) => [Number(at), n]))
  /** Second in which a hold ends → how many. */
  const holds = new Map<number, number>()
  const retrying = new Set<number>()
  const bump = (map: Map<number, number>, at: number, n: number) => {
    const next = (map.get(at) ?? 0) + n
    if (next === 0) map.delete(at)
    else map.set(at, next)
  }
  const minuteOf = (at: number) => at - (at % minuteMs)
  return {
    created(at: number, dueAt: number): void {
      bump(births, minuteOf(at), 1)
      if (dueAt > at) bump(holds, Math.ceil(dueAt / 1000), 1)
    },
    /** Taken from the ledger for the first time; before its hold was over where all copies were there. */
    claimed(dueAt: number, now: number): void {
      const second = Math.ceil(dueAt / 1000)
      if (dueAt > now && (holds.get(second) ?? 0) > 0) bump(holds, second, -1)
    },
    retried(delivery: number): void {
      if (retrying.size < mostRetrying) retrying.add(delivery)
    },
    ended(delivery: number | undefined, firstAt: number): void {
      if (delivery !== undefined) retrying.delete(delivery)
      bump(births, minuteOf(firstAt), -1)
    },
    gauges(now: number): { readonly held: number; readonly retrying: number } {
      let held = 0
      for (const [second, n] of holds) {
        if (second * 1000 <= now) holds.delete(second)
        else held += n
      }
      return { held, retrying: retrying.size }
    },
    births: (): Births => Object.fromEntries(births),
    /** Forgets what is older than a delivery can become. */
    prune(before: number): void {
      for (const at of births.keys()) if (at < before) births.delete(at)
    },
  }
}

/**
 * Splits what the store says is pending. The oldest is found from the newest backwards: what an erasure or a restart left
 * behind in the minutes before is none of those that wait. Pure.
 */
export function splitPending(
  pending: number,
  gauges: { readonly held: number; readonly retrying: number },
  births: Births,
): Waiting {
  const retrying = Math.min(gauges.retrying, pending)
  const held = Math.min(gauges.held, pending - retrying)
  const waiting = { held, retrying, queued: pending - retrying - held }
  if (pending <= 0) return waiting
  let left = pending
  let oldestAt: number | undefined
  for (const [at, n] of Object.entries(births).sort(([a], [b]) => Number(b) - Number(a))) {
    if (n <= 0) continue
    oldestAt = Number(at)
    left -= n
    if (left <= 0) break
  }
  return oldestAt === undefined ? waiting : { ...waiting, oldestAt }
}
