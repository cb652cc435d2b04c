import type { Outcome } from '../destinations/destination.ts'
import type { Claimed, Explanation, Settlement } from '../store/store.ts'
import type { Ready } from './prepare.ts'

interface Answered {
  readonly answer: Explanation['answer']
  /** The request may have reached the platform. */
  readonly written: boolean
  /** Answers to this delivery that nobody could read, this one included. */
  readonly unreadable: number
  readonly now: number
  /** How long to wait before the next attempt, given the platform's hint. */
  readonly wait: (hintMs: number | undefined) => number
}

/** An answer nobody can read is tried this often. */
const unreadableTries = 3
/** A lane that is halted keeps its deliveries; they fall due again after this and meet the lane's own gate. */
const haltedMs = 1000

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
  { answer, written, unreadable, now, wait }: Answered,
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
      return { ...base, state: 'dead', reason: 'rejected_by_platform', why: `${outcome.why} ${outcome.fix}`.trim() }
    case 'halted':
      return { ...base, state: 'retry', at: now + haltedMs, why: `${outcome.why} ${outcome.fix}`.trim() }
    case 'retry':
      if (outcome.unreadable && unreadable >= unreadableTries)
        return { ...base, state: 'dead', reason: 'unreadable_answer', why: outcome.why }
      return {
        ...base,
        state: 'retry',
        at: now + wait(outcome.afterMs),
        why: outcome.why,
        // No answer to a request that may have arrived: the repeat is the one counted exception to "never twice".
        ...(written && !answer && { ambiguous: true }),
      }
  }
}
