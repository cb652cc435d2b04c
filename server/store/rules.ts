import { dayMs, hourMs, limits } from '../../shared/limits.ts'
import { isReason, type Reason, reasons } from '../../shared/reasons.ts'
import type { CopyKind, DeliveryState, NewDelivery, Settlement } from './store.ts'

/** What the drivers decide alike, whatever they keep it in. Pure. */

/** How long the bodies of a delivery that lacks something wait for the copy that brings it. */
const reopenMs = 48 * hourMs

export const reopens = (reason: string | null | undefined): boolean =>
  reason !== null && reason !== undefined && isReason(reason) && reasons[reason].reopens

/** How long what ended badly can be tried again by hand. */
const replayMs = 7 * dayMs

/** Epoch ms until when the bodies of an ended delivery are kept; null: nobody can use them. */
export function reopenUntil(state: DeliveryState, reason: string | null | undefined, settledAt: number): number | null {
  if (state === 'dead' || state === 'expired') return settledAt + replayMs
  return state === 'suppressed' && reopens(reason) ? settledAt + reopenMs : null
}

/** Why nobody may send it any more. */
export type Denial = Extract<Reason, 'consent_denied' | 'erased'>
export const isDenial = (reason: Reason | undefined): reason is Denial =>
  reason === 'consent_denied' || reason === 'erased'
const isConsent = (reason: string | null | undefined): boolean =>
  reason === 'consent_denied' || reason === 'consent_unknown'

/** Of eight copies the last place is kept for the kind that has not come: nobody crowds out the back end's word. */
export function isFull(kinds: readonly CopyKind[], kind: CopyKind): boolean {
  const isOneKind = kinds.every((known) => known === kind)
  return kinds.length >= limits.copiesPerKey - (isOneKind ? 1 : 0)
}

/** Is there a use for the body of the copy that brings it? */
export const isBornOpen = ({ suppressed }: NewDelivery): boolean => suppressed === undefined || reopens(suppressed)

/** As much of a delivery as decides what a copy means for it. */
export interface Met {
  readonly state: DeliveryState
  readonly reason?: string | null
  /** A claim is on it under which a request may have been written. */
  readonly isFlying: boolean
  /** Consent went, or the person asked for erasure, while a request was under way. */
  readonly denied: Denial | undefined
}

/** What a copy does to a delivery that is there already; undefined: nothing. */
export type Change =
  | { readonly do: 'suppress'; readonly reason: Reason; readonly why?: string }
  | { readonly do: 'reopen'; readonly dueAt: number }
  | { readonly do: 'mark'; readonly denied: Denial | undefined }
  /** It keeps its end, but nobody may try it again. */
  | { readonly do: 'close' }
  | undefined

/**
 * A denial always wins over what is not yet sent, whichever kind of copy brings it; only a later copy that says yes opens
 * it again. A request that is under way is left to its settlement, which then allows no further one.
 */
export function denialOf(row: Met, { suppressed, detail }: NewDelivery): Change {
  if (!suppressed || !isDenial(suppressed)) return undefined
  if (row.state === 'pending' && row.isFlying) return { do: 'mark', denied: suppressed }
  const isOpen = row.state === 'pending' || (row.state === 'suppressed' && reopens(row.reason))
  return isOpen ? { do: 'suppress', reason: suppressed, why: detail } : { do: 'close' }
}

/** What a visitor who takes consent back asks of every delivery that is not delivered. */
export const revocationOf = (instance: string, now: number): NewDelivery => ({
  instance,
  dueAt: now,
  suppressed: 'consent_denied',
  detail: 'The visitor took consent back before it was sent.',
})

/** What a new copy means for one delivery; `wanted`: what the copy asks of this instance. */
export function changeOf(row: Met, wanted: NewDelivery | undefined, now: number): Change {
  if (wanted?.suppressed) return denialOf(row, wanted)
  if (row.state === 'pending')
    return wanted?.granted && row.denied === 'consent_denied' ? { do: 'mark', denied: undefined } : undefined
  if (row.state !== 'suppressed') return undefined
  if (reopens(row.reason)) return { do: 'reopen', dueAt: now }
  return wanted?.granted && isConsent(row.reason) ? { do: 'reopen', dueAt: wanted.dueAt } : undefined
}

/**
 * What is known of earlier requests. `flying`: one may be under way. `lost`: one was written, and its answer never came.
 * `agreed`: so it is, and a person said to send it all the same.
 */
export const flights = ['none', 'flying', 'lost', 'agreed'] as const
export type Flight = (typeof flights)[number]

/** What a replay makes of it: whoever asks for one knows that it may arrive twice. */
export const agreedFlight = (flight: Flight): Flight => (flight === 'none' ? 'none' : 'agreed')

/** What a result makes of its delivery. */
export interface End {
  readonly state: DeliveryState
  readonly dueAt?: number
  readonly reason?: Reason
  readonly why?: string
  readonly trace?: string
  readonly isFinal: boolean
  /** May a request be at the platform whose answer nobody stored? */
  readonly flight: Flight
  /** A resend that was counted did not happen. */
  readonly isUncounted: boolean
}

const deniedWords = { consent_denied: 'Consent went', erased: 'Erasure was asked for' } as const
export const deniedInFlight = (denied: Denial): string =>
  `${deniedWords[denied]} while a request was under way; it may have arrived.`

/** Reasons after which nobody knows whether the platform has it. */
const isUnsure = (result: Settlement): boolean =>
  result.state === 'dead' && (result.reason === 'answer_lost' || result.reason === 'unreadable_answer')

/** Decided by fewer copies than there are by now, and one that came since may bring what was missing. */
const isOutdated = (result: Settlement, copies: number | undefined): boolean =>
  result.state === 'suppressed' &&
  (reopens(result.reason) || isConsent(result.reason)) &&
  (result.copies ?? Infinity) < (copies ?? 0)

/** What a delivery is when its result comes. */
interface Claimant {
  readonly denied: Denial | undefined
  readonly flight: Flight
  /** What it was when this claim reserved it; undefined: the claim reserved nothing. */
  readonly before: Flight | undefined
  /** Of its event, by now; undefined: nobody counted. */
  readonly copies?: number
}

/** The end of one claimed delivery. A retry of what nobody may send by now ends instead. */
export function endOf(result: Settlement, { denied, flight, before, copies }: Claimant, now: number): End {
  if (isOutdated(result, copies)) {
    const why = 'Another copy came while it was looked at.'
    const again = { delivery: result.delivery, state: 'retry', at: now, why } as const
    return endOf(again, { denied, flight, before }, now)
  }
  const isAmbiguous = result.state === 'retry' && result.ambiguous === true
  // Nothing was written after all: the mark goes back to what it was, and a resend that was counted did not happen.
  const isUncounted = !result.attempted && !isAmbiguous && before !== undefined && before !== 'none'
  const rested = before ?? (flight === 'flying' ? 'lost' : flight)
  const after = isAmbiguous || isUnsure(result) ? 'lost' : result.attempted ? 'none' : rested
  if (result.state !== 'retry') {
    const isKnown = result.state === 'delivered'
    return { ...endWords(result), isFinal: true, flight: isKnown ? 'none' : after, isUncounted }
  }
  if (denied) {
    const why = `${deniedWords[denied]} before it could be tried again: ${result.why}`
    return { state: 'suppressed', reason: denied, why, isFinal: true, flight: after, isUncounted }
  }
  return { state: 'pending', dueAt: result.at, why: result.why, isFinal: false, flight: after, isUncounted }
}

const endWords = (result: Exclude<Settlement, { state: 'retry' }>) =>
  result.state === 'delivered'
    ? { state: result.state, trace: result.trace }
    : { state: result.state, reason: result.reason, why: result.why }

/** What a discarded delivery says: why it was put aside, and before that how it had ended. */
export const discardedWords = (why: string, before: string | undefined): string =>
  before === undefined ? why : `${why} It had ended so: ${before}`
