import { hourMs } from '../../shared/limits.ts'

const mostKept = 10_000
/** A lane that is well takes everything up again within this time; what it did not was ended by somebody else. */
const forgetAfterMs = 2 * hourMs

/**
 * Since when the oldest delivery waits that a lane took up and did not finish. The store keeps its queue by due time, so
 * this is read off what lanes claim: a backlog is claimed oldest first.
 */
export function createWaiting() {
  const byInstance = new Map<string, Map<number, { readonly since: number; seenAt: number }>>()
  return {
    /** @param since epoch ms: the end of its hold */
    claimed(instance: string, delivery: number, since: number, now: number): void {
      const kept = byInstance.get(instance) ?? new Map<number, { since: number; seenAt: number }>()
      byInstance.set(instance, kept)
      const known = kept.get(delivery)
      if (known) known.seenAt = now
      else if (kept.size < mostKept) kept.set(delivery, { since, seenAt: now })
    },
    ended: (instance: string, delivery: number): void => void byInstance.get(instance)?.delete(delivery),
    /** How long it has waited, ms; undefined: nothing does that we know of. */
    oldestMs(instance: string, pending: number, isLaneWell: boolean, now: number): number | undefined {
      const kept = byInstance.get(instance)
      if (!kept) return undefined
      if (pending === 0) kept.clear()
      let oldest: number | undefined
      for (const [delivery, { since, seenAt }] of kept) {
        if (isLaneWell && now - seenAt > forgetAfterMs) kept.delete(delivery)
        else oldest = Math.min(oldest ?? Infinity, since)
      }
      return oldest === undefined ? undefined : Math.max(0, now - oldest)
    },
  }
}
