import type { UserField } from '../shared/event.ts'
import type { PixelSettings } from '../shared/pixel-settings.ts'
import type { Feature } from './kit.ts'
import type { Mapping } from './platforms/platform.ts'

export type Props = Readonly<Record<string, unknown>>
export type User = Partial<Record<UserField, string | number | readonly (string | number)[]>>

/** What `pairpixel('set', …)` and the script tag's `data-*` attributes may say; attributes are text. */
export interface PixelOptions {
  /** Public site key. */
  readonly key?: string
  /** Where to post, relative to the script's address. */
  readonly endpoint?: string
  /** `0` or false: no automatic page view. */
  readonly auto?: string | number | boolean
  /** `1` or true: page views fire the platforms' pixels too. */
  readonly firePageview?: string | number | boolean
  /** How long to wait for a platform's function, in ms. */
  readonly wait?: string | number
  readonly pixels?: PixelSettings['pixels']
  /** `1`: what stands behind the `#` is part of a page's address. */
  readonly hashRoutes?: string | number
}

/** Served settings, attributes and `set`, later ones on top. */
export interface PixelConfig extends PixelOptions {
  /** The site's own rules for names, where it has any (client/features/mapping.ts). */
  readonly mapping?: Mapping
  /** What the collector joined to the core for this site. */
  readonly features?: readonly Feature[]
}

export interface TrackOptions {
  /** The shared ID; for an order, best its number. A fresh one is made when this is none. */
  readonly id?: string | number
}

export interface Commands {
  /** Tells of an event; the answer is its ID, undefined only when nothing could be done. */
  track(name: string, props?: Props, options?: TrackOptions): string | undefined
  page(props?: Props, options?: TrackOptions): string | undefined
  /** Who the visitor is: kept in memory, sent with later events. */
  identify(user: User): void
  set(options: PixelOptions): void
  /** Sends what waits. */
  flush(): void
  /** What the visitor said (with the consent feature). */
  consent?(state: 'granted' | 'denied'): void
}

export type Call = {
  [Name in keyof Commands]-?: [command: Name, ...args: Parameters<NonNullable<Commands[Name]>>]
}[keyof Commands]

/** An array of `arguments`, until the script has answered them. */
export interface EarlyCalls {
  push(call: Call): unknown
  forEach(run: (call: Call) => unknown): void
}

/** The global. Before the script has loaded it is the pasted stub, which has only `q`. */
export interface Pairpixel extends Commands {
  (...call: Call): string | undefined
  /** Calls made before the script loaded. */
  q?: EarlyCalls
}

declare global {
  interface Window {
    pairpixel?: Pairpixel
  }
}
