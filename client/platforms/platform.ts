import type { PlatformName } from '../../shared/names.ts'
import type { WireEvent } from '../wire.ts'

/**
 * What a platform's pixel is told of an event besides its name and ID. An amount or currency that cannot be one is left
 * out, never guessed. The rest of an order reaches a platform with the collector's copy, which joins the pixel's hit.
 */
export type Basket = readonly [value: number, currency: string | undefined, itemIds: readonly string[]]

/** One firing: the event, the platform's standard name for it (undefined for a custom event), the pixel IDs to name. */
export type Firing = readonly [event: WireEvent, name: string | undefined, pixelIds: readonly string[]]

/** Decides an event's firings at one platform by rules of the site; undefined: there are none, the usual one goes. */
export type Mapping = (platform: PlatformName, usual: Firing) => Firing[] | undefined

/** All that differs between the platforms' pixels. */
export interface PixelPlatform {
  readonly platformName: PlatformName
  /** Its function on the page. */
  readonly globalName: string
  /** Where its names stand in a row of the name table. */
  readonly nameAt: 1 | 2 | 3
  /**
   * The argument lists of the calls that fire an event; undefined where the platform takes no such event.
   * @param name the platform's standard name @param pixelIds this site's own, may be empty
   */
  callsFor(
    basket: Basket,
    event: WireEvent,
    name: string | undefined,
    pixelIds: readonly string[],
  ): unknown[][] | undefined
}

export const readBasket = ({ value, currency, items }: WireEvent): Basket => [
  // What is no number, as "1,299.00", is left out further on.
  Number(value),
  // Three letters; a platform would take anything else for its own default.
  /^[A-Z]{3}$/.exec(String(currency).toUpperCase())?.[0],
  // A list, one item alone, or whatever else the page took for items.
  [items].flat().flatMap((item) => (item?.id ? `${item.id}` : [])),
]
