import { strongerState, type Fired } from '../../../shared/pixel-state.ts'
import type { DeliveryState } from '../../store/store.ts'
import type { Reason } from '../../../shared/reasons.ts'

/** How a delivery ended, and when that was counted. */
export interface CountedEnd {
  readonly at: number
  readonly series: string
  readonly platform: string
  readonly state: DeliveryState
  readonly reason?: Reason
  readonly name: string
}

/** What is remembered of an event for what may still come: a later word on its pixels, another end of a delivery. */
export interface Remembered {
  fired: Fired
  readonly browser: string | undefined
  /** Counted as one whose pixel was blocked. */
  isBlocked: boolean
  /** When its first copy came; absent where only an end of it was told here. */
  readonly at?: number
  /** The instances that have a delivery of it. */
  instances?: readonly string[]
  /** By instance; most events are forgotten before any is told again. */
  ends?: Map<string, CountedEnd>
}

const none: Fired = {}

/** The newest events, so many and no more: what comes later than that is counted as it stands. */
const most = 10_000

export function createRecent() {
  const events = new Map<string, Remembered>()
  return {
    find: (key: string): Remembered | undefined => events.get(key),
    /** The event's entry, made where there is none. */
    open(key: string, browser?: string, at?: number): Remembered {
      let found = events.get(key)
      if (found) return found
      found = { fired: none, isBlocked: false, browser, at }
      events.set(key, found)
      if (events.size > most) events.delete(events.keys().next().value!)
      return found
    },
  }
}

/** Two words on the same pixels as one; the same object where nothing is new. */
export function joinFired(known: Fired, told: Fired | undefined): Fired {
  if (!told) return known
  if (known === none) return told
  const changed = Object.entries(told).filter(([name, state]) => strongerState(known[name], state) !== known[name])
  return changed.length ? { ...known, ...Object.fromEntries(changed) } : known
}
