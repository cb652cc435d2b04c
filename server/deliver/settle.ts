import type { Outcome } from '../destinations/destination.ts'
import type { Claimed, Explanation, Settlement } from '../store/store.ts'
import type { Ready } from './prepare.ts'

interface Answered {
  readonly answer: Explanation['answer']
  /** The request may have reached the platform. */
  readonly written: boolean
  /** Answers to this delivery that nobody could read, this one included. */
  readonly unreadable: number
  /** What is not known to have failed waits for a person. */
  readonly isHeld?: boolean
  readonly now: number
  /** How long to wait before the next attempt, given the platform's hint. */
  readonly wait: (hintMs: number | undefined) => number
}

/** An answer nobody can read is tried this often. */
const unreadableTries = 3
/** A lane that is halted keeps its deliveries; they fall due again after this and meet the lane's own gate. */
export const haltedMs = 1000

/** Nothing was written: it falls due again at this time. */
export const putOff = ({ delivery }: Claimed, at: number, why: string): Settlement => ({
  delivery,
  state: 'retry',
  at,
  why,
})

/** What an outcome does to its delivery (docs/architecture.md, Delivery). Pure. */
export function settlementOf(
  one: Ready,
  outcome: Outcome,
  { answer, written, unreadable, isHeld, now, wait }: Answered,
): Settlement {
  const base = {
    delivery: one.delivery.delivery,
    attempted: written && outcome.kind !== 'halted' && !(outcome.kind === 'retry' && outcome.innocent),
    explanation: answer ? { ...one.explanation, answer } : one.explanation,
  }
  switch (outcome.kind) {
    case 'accepted':
      return { ...base, state: 'delivered', ...(outcome.trace && { trace: outcome.trace }) }
    case 'rejected':
      return {
        ...base,
        state: 'dead',
        reason: 'rejected_by_platform',
        why: `${outcome.why} ${outcome.fix}`.trim(),
        // Refused, so it is not there. An answer nobody could read (below) says no such thing.
        release: one.reservations,
      }
    case 'halted':
      return { ...base, state: 'retry', at: now + haltedMs, why: `${outcome.why} ${outcome.fix}`.trim() }
    case 'retry': {
      const isAmbiguous = written && isLost(outcome, answer)
      if (isAmbiguous && isHeld) return { ...base, state: 'dead', reason: 'answer_lost', why: heldWords(outcome.why) }
      if (outcome.unreadable && unreadable >= unreadableTries)
        return { ...base, state: 'dead', reason: 'unreadable_answer', why: outcome.why }
      return {
        ...base,
        state: 'retry',
        at: now + wait(outcome.afterMs),
        why: outcome.why,
        ...(isAmbiguous && { ambiguous: true }),
      }
    }
  }
}

/** For whoever decides whether it goes again. */
export const heldWords = (why: string): string =>
  `${why} The platform may have it: look there, then try it again with replay, or leave it.`

/**
 * No answer to a request that may have arrived, or a yes that breaks off: the repeat is the one counted exception to
 * "never twice".
 */
const isLost = (outcome: Extract<Outcome, { kind: 'retry' }>, answer: Explanation['answer']): boolean =>
  !answer || (outcome.unreadable === true && answer.status >= 200 && answer.status < 300)
