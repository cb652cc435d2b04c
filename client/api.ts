import type { UserField } from '../shared/event.ts'
import type { PixelSettings } from '../shared/pixel-settings.ts'
import type { SayConsent } from './features/consent.ts'
import type { JoinSecond } from './features/second-site.ts'
import type { Feature, Kit } from './kit.ts'
import type { Mapping } from './platforms/platform.ts'

export type Props = Readonly<Record<string, unknown>>
export type User = Partial<Record<UserField, string | number | readonly (string | number)[]>>

/** `1` or true, `0` or false; attributes of the script tag are text. */
export type Switch = string | number | boolean

/**
 * What `pairpixel('set', …)` and the script tag's `data-*` attributes may say; attributes are text. An option of a
 * feature does nothing where the script came without that feature. What features read as they start (`pair`, `gpc`,
 * `consentFallback`, `tcfPurposes`, `tcfVendors`, `gpp`, `datalayer`, `layer`, `fbc`, `match`) is best said in the tag.
 */
export interface PixelOptions {
  /** Public site key; the collector fills it in where it serves several sites. */
  readonly key?: string
  /** Where to post, relative to the script's address: `e` unless said otherwise. */
  readonly endpoint?: string
  /** `0` or false: no automatic page view. */
  readonly auto?: Switch
  /** `1` or true: page views fire the platforms' pixels too. */
  readonly firePageview?: Switch
  /** How long to wait for a platform's function, in ms: 2000 unless said otherwise. */
  readonly wait?: string | number
  /** Pixel IDs by platform; a platform that is not named is left alone. The collector fills it in. */
  readonly pixels?: PixelSettings['pixels']
  /** Where cookies belong; the shortest domain that takes one, unless said otherwise. */
  readonly domain?: string
  /** `1`: what stands behind the `#` is part of a page's address (feature lifecycle). */
  readonly hashRoutes?: string | number
  /** The page's own calls: `off` observes none; `ids` gives them IDs, and leaves the telling to the site's own server
   * (feature pairing). */
  readonly pair?: 'off' | 'ids' | (string & {})
  /** What Global Privacy Control means: `ldu` (limited use, unless said otherwise), `block` (a no) or `ignore` (feature
   * consent). */
  readonly gpc?: 'ldu' | 'block' | 'ignore' | (string & {})
  /** Counts when no consent tool has spoken within five seconds; without it all stays held (feature consent). */
  readonly consentFallback?: 'granted' | 'denied'
  /** TCF purposes that all need consent: `1,3,4,7` unless said otherwise (feature tcf). */
  readonly tcfPurposes?: string
  /** TCF vendor IDs that all need consent as well, with commas (feature tcf). */
  readonly tcfVendors?: string
  /** `0`: leave the data layer alone; `all`: names that are no standard event are told too (feature data-layer). */
  readonly datalayer?: Switch
  /** The data layer's name where it is not `dataLayer` (features data-layer and gcm). */
  readonly layer?: string
  /** `0`: what visitors say of themselves is not kept for later pages (feature remember). */
  readonly remember?: Switch
  /** `0`: nor told to the platforms' pixels (feature match). */
  readonly match?: Switch
  /** `off`: Meta's cookies are not made (feature meta-cookies). */
  readonly fbc?: 'off' | (string & {})
  /** `0`: Meta's in-app browsers are not asked for a click ID (feature in-app). */
  readonly inApp?: Switch
  /** Cookies of other platforms that leave with each event, with commas (feature more-cookies). */
  readonly cookies?: string
  /** Anything but `none`: nothing is kept, fired or sent before the page says `consent`, `granted`. */
  readonly consent?: string
  /** `1`: a frame in another site's page counts as well. */
  readonly frames?: string | number
  /** There at all: shows what the pixel does (feature debug). */
  readonly debug?: Switch
  /** `0`: none of the platforms' pixels is loaded; an address of this machine: the simulators' are (feature load). */
  readonly load?: string | boolean
  /** `0` or false: no tool of the Global Privacy Platform is asked (feature gpp). */
  readonly gpp?: Switch
  /** Parameters that addresses lose beside the usual ones, with commas (feature redact). */
  readonly redact?: string
  /** Pixel IDs with commas, in the place of the served ones (feature tag-pixels). */
  readonly meta?: string
  readonly reddit?: string
  readonly snap?: string
}

/** Served settings, attributes and `set`, later ones on top. */
export interface PixelConfig extends PixelOptions {
  /** The site's own rules for names, where it has any (client/features/mapping.ts). */
  readonly mapping?: Mapping
  /** Joins another site of the collector to the one whose script came first (client/features/second-site.ts). */
  readonly second?: JoinSecond
  /** What the collector joined to the core for this site. */
  readonly features?: readonly Feature[]
}

export interface TrackOptions {
  /** The shared ID; for an order, best its number. A fresh one is made when this is none. */
  readonly id?: string | number
  /** Who tells, in a word of the teller's own: `gtm` for a tag of Google Tag Manager. */
  readonly origin?: string
}

export interface Commands {
  /** Tells of an event; the answer is its ID, undefined only when nothing could be done. */
  track(name: string, props?: Props, options?: TrackOptions): string | undefined
  readonly page: (props?: Props, options?: TrackOptions) => string | undefined
  /** Who the visitor is: kept in memory, sent with later events. */
  identify(user: User): void
  set(options: PixelOptions): void
  /** Sends what waits. */
  flush(leaving?: unknown): unknown
  /** What the visitor said; taking a yes back wholly needs the consent feature. */
  consent: SayConsent
  /** Shows what the pixel does (with the debug feature). */
  debug?(): void
}

export type Call = {
  [Name in keyof Commands]-?: [command: Name, ...args: Parameters<NonNullable<Commands[Name]>>]
}[keyof Commands]

/** An array of `arguments`, until the script has answered them. */
export interface EarlyCalls {
  push(call: Call): unknown
  map(run: (call: Call) => unknown): unknown
}

/** The global. Before the script has loaded it is the pasted stub, which has only `q`. */
export interface Pairpixel extends Commands {
  (...call: Call): string | undefined
  /** Calls made before the script loaded. */
  q?: EarlyCalls
  /** For another site's script on the same page. */
  kit?: Kit
}

declare global {
  interface Window {
    pairpixel?: Pairpixel
  }
}
