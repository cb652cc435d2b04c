import type { Commands, PixelConfig, Props, TrackOptions } from './api.ts'
import type { PixelPlatform } from './platforms/platform.ts'
import type { WireBatch, WireEvent } from './wire.ts'
import type { PixelState } from '../shared/pixel-state.ts'

/**
 * What the core hands to its features. A feature may listen, call, and put a function of its own in a member's place
 * that calls the one it found there. Member names are shortened in the build, alike in every file of it.
 */
export interface Kit {
  /** Served settings, attributes and `set`, later ones on top. */
  siteConfig: PixelConfig
  /** The public commands; a feature may add some. */
  readonly publicCommands: Commands
  readonly allPlatforms: readonly PixelPlatform[]
  /** The site's registrable domain, '' where a cookie takes none; asked first when it may be. */
  getDomain: () => string
  /** Runs now, or when every gate is open: nothing is stored, fired or sent before. */
  whenAllowed: (run: () => void) => void
  /** Shuts a gate; the answer opens it again. */
  shutGate: () => () => void
  /** What waits behind the gates, oldest first. */
  readonly heldRuns: (() => void)[]
  /** Click IDs of the address the page has now. */
  readClicks: () => void
  /** An event as it leaves, with ID and time of this moment. */
  makeEvent: (name: string, props?: Props, options?: TrackOptions) => WireEvent
  /** Sends an event on its way. `only`: observed at this platform, so it is fired nowhere. */
  takeEvent: (event: WireEvent, only?: PixelPlatform) => void
  /** Whether an event of ours fires the platforms' pixels. */
  mayFire: (event: WireEvent) => unknown
  /** One platform's pixel was called by us just now; features that watch its calls leave this one alone. */
  ownCalls: number
  /** A state of an event at a platform. `hitParts`: what the address of its hit contains, given the digest of its ID. */
  noteState: (
    event: WireEvent,
    platform: PixelPlatform,
    state: PixelState,
    hitParts?: (digest: string) => readonly string[] | undefined,
  ) => void
  /** Posts a batch. `leaving`: the page goes, so nothing can wait for an answer. */
  postBatch: (batch: WireBatch, leaving?: unknown) => Promise<Response | undefined> | undefined
  /** Sends all there is. */
  flushAll: (leaving?: unknown) => void
  /** Tells of the page; the first one by itself. */
  tellFirstPage: () => void
}

export type Feature = (kit: Kit) => void
