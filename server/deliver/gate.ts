import { minuteMs } from '../../shared/limits.ts'
import { backoffMs } from './backoff.ts'
import type { Outcome } from '../destinations/destination.ts'

/** How a lane is doing, for health and dashboard. `fix`: one sentence for who runs it. */
export interface GateState {
  readonly state: 'ok' | 'retrying' | 'halted'
  readonly why?: string
  readonly fix?: string
  /** Epoch ms. */
  readonly since?: number
}

/** Failed requests in a row before a lane pauses. */
const opensAfter = 3
const pause = { leastMs: 1000, mostMs: minuteMs }
const halted = { leastMs: 15_000, mostMs: 5 * minuteMs }

/** The wait an outcome names for all of the lane, ms; 0: none. @param failures in a row, this one included */
function hintOf(outcome: Outcome, failures: number): number {
  if (outcome.kind === 'halted') return outcome.afterMs ?? 0
  if (outcome.kind !== 'retry' || outcome.innocent || !outcome.afterMs) return 0
  return outcome.afterMs * (outcome.growing ? 2 ** Math.min(failures - 1, 16) : 1)
}

/**
 * The breaker of one lane: after repeated failure it lets one event through at a time, farther and farther apart; after
 * a refusal of our account it waits and probes. Success opens it again.
 */
export function createGate(random: () => number) {
  let state: GateState = { state: 'ok' }
  let failures = 0
  let openAt = 0
  return {
    state: () => state,
    opensAt: () => openAt,
    /** One delivery only: we ask whether things are well again. */
    probing: () => state.state === 'halted' || failures >= opensAfter,
    /** Something changed that may help: one event is tried at once. */
    tryNow() {
      openAt = 0
    },
    /** Nothing of what was noted holds any more. */
    reset() {
      state = { state: 'ok' }
      failures = 0
      openAt = 0
    },
    note(outcomes: readonly Outcome[], now: number) {
      const halt = outcomes.find((outcome) => outcome.kind === 'halted')
      const bad = outcomes.find((outcome) => outcome.kind === 'retry' && !outcome.innocent)
      if (!halt && !bad) {
        failures = 0
        // Taken, but near a limit: the next request waits, and nothing has failed.
        const slower = Math.max(0, ...outcomes.map((one) => (one.kind === 'accepted' && one.afterMs) || 0))
        openAt = slower ? now + backoffMs(0, 0, slower) : 0
        state = { state: 'ok' }
        return
      }
      failures++
      // A platform that names a time means all of us, not the events of this request alone.
      const hint = Math.max(0, ...outcomes.map((one) => hintOf(one, failures)))
      if (hint) openAt = now + backoffMs(0, 0, hint)
      const since = state.since ?? now
      const range = halt ? halted : pause
      if (halt) state = { state: 'halted', why: halt.why, fix: halt.fix, since }
      else state = { state: 'retrying', why: bad?.why ?? '', since }
      if (!halt && failures < opensAfter) return
      const wait = Math.min(range.leastMs * 2 ** Math.min(failures - (halt ? 1 : opensAfter), 16), range.mostMs)
      openAt = Math.max(openAt, now + Math.round(wait * (0.8 + 0.4 * random())))
    },
  }
}
