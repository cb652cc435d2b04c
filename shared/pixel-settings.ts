import type { Rule } from './mapping.ts'
import type { PlatformName } from './names.ts'

/** What `GET /p.js` fills in for a site: public by nature, so no secret may ever join it. */
export interface PixelSettings {
  /** Public site key, sent with each batch. */
  readonly key?: string
  /** Where to post, relative to the script's own address. */
  readonly endpoint?: string
  /** The site's platforms, with those pixel IDs that calls must name; an empty list: calls name none. */
  readonly pixels: Partial<Record<PlatformName, readonly string[]>>
  /** What counts when the page's consent tool does not show up; absent where none is expected. */
  readonly consentFallback?: 'denied' | 'granted'
  /** Where stand-ins of the platforms' libraries are loaded from, for tests (client/features/load.ts). */
  readonly load?: string
  /** Cookies of other platforms that leave with each event, with commas (client/features/more-cookies.ts). */
  readonly cookies?: string
  /** Parameters that addresses lose beside the usual ones, with commas (client/features/redact.ts). */
  readonly redact?: string
}

/** A rule that decides a name, with the platform-side name; `custom`: it is none of the platform's standard ones. */
export type PixelRule = Pick<Rule, 'when' | 'name' | 'skip'> & { readonly custom?: true }

/** One instance's rules as its pixel obeys them. `ids`: the pixel IDs its calls must name, empty where calls name none. */
export interface PixelRules {
  readonly platform: PlatformName
  readonly instance: string
  readonly ids: readonly string[]
  readonly rules: readonly PixelRule[]
}

/** The text in the built pixel that the collector replaces by the settings as JSON. */
export const settingsPlaceholder = '__PAIRPIXEL_SETTINGS__'
