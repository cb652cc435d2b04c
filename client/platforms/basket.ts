import { nameValues } from '../compact.ts'
import type { Facts } from '../capture/props.ts'

/** A plain number that is not negative, or text that is one; `"1,299.00"` is refused, not guessed. */
export const readAmount = (given: unknown): number | undefined =>
  /^\s*\d*\.?\d+\s*$/.test(String(given)) ? Number(given) : undefined

/** Three letters, upper case; a platform would take anything else for its own default. */
export const readCurrency = (given: unknown): string | undefined =>
  /^[A-Z]{3}$/.exec(String(given).trim().toUpperCase())?.[0]

/**
 * What platforms take from an event, each under its own names: value, currency, order number, number of pieces, items,
 * item IDs, search text, kind of IDs, first category.
 * @param itemNames a platform's names for an item's ID, quantity, price, name and category
 */
export function readBasket({ items = [], ...facts }: Facts, itemNames: string): unknown[] {
  const ids = items.flatMap(({ id }) => (id == null ? [] : [String(id)]))
  return [
    readAmount(facts.value),
    readCurrency(facts.currency),
    facts.order_id == null ? undefined : String(facts.order_id),
    items.reduce((sum, { quantity }) => sum + (readAmount(quantity) ?? 1), 0) || undefined,
    items.map(({ id, quantity, price, name, category }) =>
      nameValues(itemNames, [id, readAmount(quantity), readAmount(price), name, category]),
    ),
    ids,
    facts.search_string,
    ids.length ? 'product' : '',
    items.find(({ category }) => category)?.category,
  ]
}
