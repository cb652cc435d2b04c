import type { Consent } from '../shared/consent.ts'
import type { Item } from '../shared/event.ts'
import type { PixelState } from '../shared/pixel-state.ts'
import type { Clicks } from './memory/clicks.ts'

/** An item as the page gave it: numbers may be text, text may be numbers. */
export type GivenItem = { readonly [Field in keyof Item]: string | number }

/** What a call says of its event, as given; the collector finds our own fields in it (shared/pixel-event.ts). */
export interface Facts {
  readonly value?: unknown
  readonly currency?: unknown
  readonly order_id?: string | number
  readonly search_string?: unknown
  readonly items?: readonly GivenItem[]
  readonly [name: string]: unknown
}

/** An event as the pixel posts it: short forms, which the collector spells out (docs/wire-format.md). */
export interface WireEvent {
  readonly event: string
  readonly event_id: string
  readonly event_time: number
  readonly url: string
  readonly referrer: string
  /** Width and height, CSS pixels; how many of the device's make one of them; whether a program drives the browser. */
  readonly screen: readonly [width: number, height: number, pixelRatio: number, isDriven: boolean]
  readonly click_ids?: Clicks
  /** Each `name=value`. */
  readonly cookies?: readonly string[] | null
  readonly props: Facts
  readonly user?: object
  /** Where it was told: `js` where it says nothing. */
  origin?: string
  consent?: Consent
  /** Only these platforms. */
  to?: readonly string[]
  /** Instance or platform → the platform-side name, where it is not the mapped one. */
  names?: Readonly<Record<string, string>>
  /** Grows while the event waits; what changes later leaves as a proof. */
  fired?: Record<string, PixelState>
}

export interface WireProof {
  readonly event: string
  readonly event_id: string
  readonly fired?: Record<string, PixelState>
}

/** One post. */
export interface WireBatch {
  readonly v: number
  readonly site?: string
  /** The page's registrable domain, for the cookies of the answer. */
  readonly domain?: string
  readonly sent_at: number
  readonly events?: readonly WireEvent[]
  readonly proofs?: readonly WireProof[]
  /** What became of the requests for a platform's library, and for a pixel's settings by its ID (with the proof feature). */
  readonly pixels?: Readonly<Record<string, PixelState>>
  /** The visitor takes consent back. */
  readonly revoke?: true
}
