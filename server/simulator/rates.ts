import type { Mode } from './modes.ts'

/** A limit that a request would have gone over. */
export interface OverLimit {
  readonly of: 'requests' | 'events'
  readonly perSecond: number
}

/** What was let through in the last second. */
export interface RateMeter {
  /** Takes a request with so many events, or says which limit it would go over; then it is as if it had not come. */
  take(now: number, events: number, mode: Mode): OverLimit | undefined
  reset(): void
}

const secondMs = 1000

/** Counts over the second before each request, so no second whatever holds more than the limit. */
export function createRateMeter(): RateMeter {
  let passed: { readonly at: number; readonly events: number }[] = []
  return {
    take(now, events, { requests_per_second: requestLimit, events_per_second: eventLimit }) {
      if (requestLimit === undefined && eventLimit === undefined) return undefined
      passed = passed.filter(({ at }) => now - at < secondMs)
      if (requestLimit !== undefined && passed.length >= requestLimit)
        return { of: 'requests', perSecond: requestLimit }
      const before = passed.reduce((sum, one) => sum + one.events, 0)
      if (eventLimit !== undefined && before + events > eventLimit) return { of: 'events', perSecond: eventLimit }
      passed.push({ at: now, events })
      return undefined
    },
    reset() {
      passed = []
    },
  }
}
