import type { PlatformName } from './names.ts'

/** What `GET /p.js` fills in for a site: public by nature, so no secret may ever join it. */
export interface PixelSettings {
  /** Public site key, sent with each batch. */
  readonly key?: string
  /** Where to post, relative to the script's own address. */
  readonly endpoint?: string
  /** The site's platforms, with those pixel IDs that calls must name; an empty list: calls name none. */
  readonly pixels: Partial<Record<PlatformName, readonly string[]>>
}

/** The text in the built pixel that the collector replaces by the settings as JSON. */
export const settingsPlaceholder = '__PAIRPIXEL_SETTINGS__'
