import { itemOf } from './item-names.ts'
import { limits } from './limits.ts'
import { canonicalName } from './names.ts'
import { compact, isAbsent, isObject, type JsonObject } from './parse-field.ts'

/** Functions of the platforms on a page; the items of an event seen there are in that platform's words. */
const observedAt = /^(fbq|rdt|snaptr)$/

/**
 * An event as the pixel posts it, spelled out as everybody else's (docs/wire-format.md, The short form). The pixel sends
 * what it was told, for each visitor would pay for its sorting. Anything without `screen` comes back as it is.
 */
export function spellOut(input: unknown): unknown {
  if (!isObject(input) || !Array.isArray(input.screen)) return input
  const { screen, click_ids, cookies, props, ...event } = input
  const [screen_width, screen_height, pixel_ratio, isDriven] = screen as unknown[]
  const measured = { screen_width, screen_height, pixel_ratio, automation: isDriven === true || undefined }
  const context = { ...measured, click_ids: spellClicks(click_ids), cookies: spellCookies(cookies) }
  const facts = factsOf(isObject(props) ? props : {}, originOf(event.origin))
  return compact({ ...event, ...facts, names: namesOf(event), context: compact(context) })
}

const originOf = (given: unknown): string => (typeof given === 'string' ? given : '')

/**
 * A name that the pixel left as it was and we know is one that it does not know: it has told Meta and Reddit of a custom
 * event. Only under that name do both sides count once.
 */
const namesOf = ({ event, names, origin }: JsonObject): unknown =>
  typeof event === 'string' && canonicalName(event) !== event && !observedAt.test(originOf(origin))
    ? { meta: event, reddit: event, ...(isObject(names) ? names : {}) }
    : names

const spellClicks = (given: unknown): unknown =>
  isObject(given)
    ? Object.fromEntries(
        Object.entries(given).map(([name, entry]) => [
          name,
          Array.isArray(entry) ? { value: entry[0] as unknown, at: entry[1] as unknown } : entry,
        ]),
      )
    : given

/** The first of a repeated name counts. */
const spellCookies = (given: unknown): unknown =>
  Array.isArray(given)
    ? Object.fromEntries(
        given
          .filter((pair) => typeof pair === 'string')
          .reverse()
          .map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]),
      )
    : given

/**
 * Our own fields among what a call said, under GA4's or Segment's names too. Those stay among the properties as well, for
 * rules of the site look at them there, on the page and here alike.
 */
function factsOf(props: JsonObject, origin: string): JsonObject {
  const { value, currency, order_id, search_string, products, items = products, ...free } = props
  const { transaction_id, search_term, query } = free
  return {
    ...{ value, currency, order_id: order_id ?? transaction_id, search_string: search_string ?? search_term ?? query },
    items: observedAt.test(origin) ? observedItems(items) : ourItems(items),
    props: compact(free),
  }
}

/** None at all where a call had none: what says nothing is no list. */
const ourItems = (given: unknown): unknown =>
  typeof given === 'object' ? listOf(given).map((item) => compact(itemOf(item as JsonObject))) : given

/** One more than are taken, so that the reader sees that there were too many. */
const listOf = (given: unknown): unknown[] =>
  (Array.isArray(given) ? given.slice(0, limits.items + 1) : [given]).filter((item) => !isAbsent(item))

/** A list, or one alone, of IDs or of items with Meta's or Reddit's names → ours. */
const observedItems = (given: unknown): unknown[] =>
  listOf(given).map((item) =>
    isObject(item) ? compact({ price: item.item_price ?? item.itemPrice, ...item }) : { id: item },
  )
