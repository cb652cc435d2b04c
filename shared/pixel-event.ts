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
  const measured = { screen_width, screen_height, pixel_ratio, automation: isDriven === 1 || undefined }
  const context = { ...measured, click_ids: spellClicks(click_ids), cookies: spellCookies(cookies) }
  const facts = factsOf(isObject(props) ? props : {}, String(event.origin))
  return compact({ ...event, ...facts, context: compact(context) })
}

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
          .map(String)
          .reverse()
          .map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]),
      )
    : given

/** Our own fields among what a call said. */
function factsOf(props: JsonObject, origin: string): JsonObject {
  const { value, currency, order_id, search_string, items, ...free } = props
  const told = { value, currency, order_id, search_string }
  return { ...told, items: observedAt.test(origin) ? observedItems(items) : items, props: compact(free) }
}

/** A list, or one alone, of IDs or of items with Meta's or Reddit's names → ours. */
const observedItems = (given: unknown): unknown[] =>
  [given]
    .flat()
    .filter((item) => !isAbsent(item))
    .map((item: unknown) =>
      isObject(item) ? compact({ price: item.item_price ?? item.itemPrice, ...item }) : { id: item },
    )
