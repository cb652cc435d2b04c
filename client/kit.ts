import type { PlatformName } from '../shared/names.ts'
import type { PixelState } from '../shared/pixel-state.ts'
import type { Commands, PixelConfig, Props, TrackOptions } from './api.ts'
import type { SayConsent } from './features/consent.ts'
import type { Clicks } from './memory/clicks.ts'
import type { PixelPlatform } from './platforms/platform.ts'
import type { WireBatch, WireEvent } from './wire.ts'

/**
 * What the core hands to its features. A feature may listen, call, and put a function of its own in a member's place
 * that calls the one it found there. Member names are shortened in the build, alike in every file of it.
 */
export interface Kit {
  /** Served settings, attributes and `set`, later ones on top. */
  siteConfig: PixelConfig
  /** Another site's pixel was on the page first: that one hears the page, and ours only gets its events. */
  isSecond?: boolean
  /** What was told on this page, and allowed, and the page's own last word on consent: for a second site. */
  told?: WireEvent[]
  saidConsent?: Parameters<SayConsent>
  /** The public commands; a feature may add some. */
  readonly publicCommands: Commands
  readonly allPlatforms: readonly PixelPlatform[]
  /** This site's pixels that calls must name, perhaps none; undefined for a platform that it has not. */
  pixelIds: (platform: PixelPlatform) => readonly string[] | undefined
  /** The site's registrable domain, '' where a cookie takes none; asked first when it may be. */
  getDomain: () => string
  /** Runs now, or when every gate is open: nothing is stored, fired or sent before. */
  whenAllowed: (run: () => void) => void
  /** Opens the gate that holds all until the script's own task is over; on a page that goes, at once. */
  begin?: () => unknown
  /** Shuts a gate; the answer opens it again. */
  shutGate: () => () => void
  /** What waits behind the gates, oldest first. */
  readonly heldRuns: (() => void)[]
  /** Answers the click IDs of the address the page has now; they are known when that is allowed, and kept soon after. */
  readClicks: () => Clicks
  /** Click IDs of this browser; undefined until they may be known. */
  knownClicks?: Clicks
  /** Joins the known ones with those kept before. Done before a batch leaves, for storage makes the page wait. */
  keepClicks: () => void
  /** The row of a standard event's name in any spelling: our name first. */
  nameRow: (name: string) => readonly string[] | undefined
  /** An event as it leaves, with ID and time of this moment. */
  makeEvent: (name: string, props?: Props, options?: TrackOptions) => WireEvent
  /** Where the page that is shown came from. */
  cameFrom: string
  /** Page views of ours: the one that the page was loaded for, and the latest. */
  firstView?: WireEvent
  lastView?: WireEvent
  /** Our first view, until the page's own snippets have had their time (feature pairing). */
  dueView?: WireEvent
  /** Sends an event on its way. `only`: this platform was called by the page, so none is fired. */
  takeEvent: (event: WireEvent, only?: PixelPlatform) => void
  /** Whether an event of ours has fired the platforms' pixels before, and shall not again. */
  wasFired?: (event: WireEvent) => unknown
  /** Takes Meta's cookies away again, if we made them (with the feature meta-cookies): the visitor says no. */
  forget?: () => void
  /** What a platform's `init` may be told of the visitor, to be added to (with the feature match). */
  initKeys?: (platform: PlatformName) => object
  /** Who wishes for limited use of the page's events, by source (with the feature limited). */
  limitedBy?: Record<string, unknown>
  /** The visitor's answer is no (with the feature consent). */
  isDenied?: unknown
  /** Tells the platforms' libraries of a no and of limits, where they can still take it; `isYes`: the answer came just now. */
  tellPlatforms?: (isYes?: unknown) => void
  /** One platform's pixel was called by us just now; features that watch its calls leave this one alone. */
  ownCalls: number
  /** A state of an event at a platform. `called`: its hit, with the event's ID, is to come. */
  noteState: (event: WireEvent, platform: PixelPlatform, state: PixelState) => void
  /** A request was seen: each event whose ID a hit of this address bears has this state (with the proof feature). */
  seeRequest?: (address: string, state: PixelState) => void
  /** GA4's and Segment's properties as ours (with the feature our-names). */
  ourProps?: (props: Props) => Props
  /** Posts a batch. `leaving`: the page goes, so nothing can wait for an answer. */
  postBatch: (batch: WireBatch, leaving?: unknown) => Promise<Response | undefined> | undefined
  /** Tells of the page; the first one by itself. */
  tellFirstPage: () => unknown
}

export type Feature = (kit: Kit) => void
