import type { PlatformName } from '../../shared/names.ts'
import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import type { Firing } from '../platforms/platform.ts'
import type { GivenItem } from '../wire.ts'

/** An amount, also as text; anything else is left out, never guessed. */
const amount = (given: unknown): number | undefined => ((given as number) >= 0 ? Number(given) : undefined)
const whole = (given: unknown, least: number): number | undefined =>
  (given as number) >= least && (given as number) % 1 === 0 ? Number(given) : undefined

/**
 * What an event is about, in the words of a platform's pixel (browser specification 7.3), by the rules that the
 * collector sends it by: of the two copies a platform may keep the pixel's alone. What says nothing is left out later.
 */
function detailsOf(platform: PlatformName, [{ props }, name]: Firing): object {
  const { order_id, search_string } = props
  // A list, one item alone, or whatever else the page took for items.
  const all = [props.items as GivenItem | undefined].flat().filter((item) => Object(item) === item) as GivenItem[]
  const items = all.filter(({ id }) => id)
  const units = all.reduce((sum, { quantity = 1 }) => sum + Number(quantity), 0)
  if (platform === 'meta') {
    const [only] = all[1] ? [] : all
    return {
      order_id,
      contents: items.map(({ id, quantity = 1, price }) => ({
        ...{ id: `${id!}`, quantity: whole(quantity, 1), item_price: amount(price) },
      })),
      content_name: only?.name,
      content_category: only?.category,
      num_items: /^(In|Pu)/.test(name!) && all[0] ? whole(units, 0) : '',
      search_string: name === 'Search' ? search_string : '',
    }
  }
  if (platform === 'reddit')
    return {
      products: items.map(({ id, name, category, quantity, price }) => ({
        ...{ id: `${id!}`, name, category, quantity: whole(quantity, 0), itemPrice: amount(price) },
      })),
      // Each only on events that Reddit takes it on.
      itemCount:
        all[0] && !/Vi|Sea|Lead|Sign/.test(name!)
          ? all.reduce((sum, { quantity }) => sum + (whole(quantity, 0) ?? 1), 0)
          : '',
      transactionId: order_id && !/Vi|Sea|To/.test(name!) ? `${order_id}` : '',
    }
  const categories = new Set(all.flatMap(({ category }) => category ?? []))
  return {
    // One text, so only what holds of all.
    item_category: categories.size === 1 ? [...categories][0] : '',
    number_items: all[0] && amount(Math.round(units * 1000) / 1000),
    search_string,
  }
}

/** The platforms' pixels are told of items, orders and searches too, not of amounts alone. */
const details: Feature = (kit) => {
  const config: { mapping?: PixelConfig['mapping'] } = kit.siteConfig
  const { mapping } = config
  config.mapping = (platform, usual) =>
    (mapping?.(platform, usual) ?? [usual]).map((firing) => {
      const [event, name, pixelIds] = firing
      return [event, name, pixelIds, detailsOf(platform, firing)]
    })
}

export default details
