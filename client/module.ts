import type { PixelConfig, PixelOptions } from './api.ts'
import type { AnyEvents, PixelOf } from './events.ts'
import { startPixel } from './pixel.ts'
import { usual } from './usual.ts'

export type { Commands, Pairpixel, PixelOptions, Props, TrackOptions, User } from './api.ts'
export type { AnyEvents, EventItem, EventProps, OrderProps, PixelOf, SearchProps, StandardEvents } from './events.ts'
export type { SayConsent } from './features/consent.ts'

/** What a page that bundles the pixel must say: which site, and where to post. */
export type ModuleOptions = PixelOptions & { readonly key: string; readonly endpoint: string }

/**
 * The pixel for pages that bundle their scripts: starts it with these settings and answers the function that
 * `window.pairpixel` is from then on. Call it once, in the browser; later calls answer the same function.
 * @typeParam Own events of the site's own: `createPixel<{ quiz_done: { score: number } }>(…)` takes these and the
 * standard ones and no other; with `& AnyEvents`, any other name too.
 */
export const createPixel = <Own extends object = AnyEvents>(settings: ModuleOptions): PixelOf<Own> =>
  startPixel({ ...settings }, location.href, (settings as PixelConfig).features ?? usual) as PixelOf<Own>
