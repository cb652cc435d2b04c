import type { PixelState } from '../../shared/pixel-state.ts'
import type { Reason } from '../../shared/reasons.ts'

/**
 * Of one event at one instance. `paired`: delivered, and the pixel's hit with the same ID was asked for.
 * `neither`: settled undelivered, and no hit was seen.
 */
export const pairStates = ['paired', 'capi-only', 'pixel-only', 'waiting', 'neither'] as const
export type PairState = (typeof pairStates)[number]

export interface PairView {
  readonly state: PairState
  /** One sentence for the person who looks. */
  readonly why: string
}

interface DeliveryView {
  readonly state: 'pending' | 'delivered' | 'dead' | 'suppressed' | 'expired'
  readonly reason?: Reason
}

const pixelWords: Record<PixelState | 'unknown', string> = {
  sent: 'the pixel’s hit with this ID was answered',
  requested: 'the pixel’s hit with this ID was requested',
  called: 'the pixel was called, but no hit was seen',
  held: 'the pixel is held back by its own consent lock or bot rule',
  blocked: 'the pixel or its hit was blocked or failed in this browser',
  absent: 'the page has no such pixel',
  unmatched: 'the page had already sent this event without an ID',
  unknown: 'no browser told of a pixel',
}

/** Snapchat's hits leave no trace a page can read, so a call on its live library is the most there is to see. */
const countsAsHit = (platform: string, pixel: PixelState | undefined): boolean =>
  pixel === 'requested' || pixel === 'sent' || (platform === 'snapchat' && pixel === 'called')

/** Names the pair state (docs/architecture.md, Pair state). Pure; the words are for people. */
export function pairState(platform: string, pixel: PixelState | undefined, delivery: DeliveryView): PairView {
  const hit = countsAsHit(platform, pixel)
  const blind = hit && pixel === 'called'
  const words = blind ? 'the pixel was called, whose hits no page can see' : pixelWords[pixel ?? 'unknown']
  if (delivery.state === 'delivered')
    return hit
      ? { state: 'paired', why: `Delivered, and ${words}.` }
      : { state: 'capi-only', why: `Delivered; ${words}.` }
  if (delivery.state === 'pending') return { state: 'waiting', why: `Not yet delivered; ${words}.` }
  const seen = hit || pixel === 'unmatched'
  return {
    state: seen ? 'pixel-only' : 'neither',
    why: `Not delivered (${delivery.reason ?? delivery.state}); ${words}.`,
  }
}
