import type { Item, StoredEvent } from '../../../shared/event.ts'
import type { MappableEvent } from '../destination.ts'
import { pruned, type Warn } from '../wire.ts'
import { customFields } from './extras.ts'

/** To three decimals, half up; undefined past what a number can hold. */
function rounded(sum: number): number | undefined {
  const value = Math.round(sum * 1000) / 1000
  return Number.isFinite(value) ? value : undefined
}

/** The event's own, else what its items come to. One below zero is none, and no sum takes its place. */
export function valueOf({ value, items = [] }: StoredEvent, warn: Warn): number | undefined {
  const worth = value ?? sumOf(items)
  return worth !== undefined && worth < 0 ? warn('value', 'The value is below zero; it is left out.') : worth
}

const sumOf = (items: readonly Item[]): number | undefined =>
  items.some(({ price }) => price !== undefined)
    ? rounded(items.reduce((total, { price = 0, quantity = 1 }) => total + price * quantity, 0))
    : undefined

/** What happened, in Snapchat's fields; undefined when there is nothing to say. */
export function customData(
  event: MappableEvent,
  { value, currency }: { readonly value: number | undefined; readonly currency: string | undefined },
  extra: Readonly<Record<string, unknown>>,
  warn: Warn,
): object | undefined {
  const { items = [] } = event
  if (items.some(({ price = 0 }) => price < 0)) warn('items', 'A price below zero is left out of its item.')
  const all = <Key extends keyof Item>(key: Key) => items.flatMap((item) => item[key] ?? [])
  return pruned({
    currency,
    value: currency ? value : undefined,
    order_id: event.order_id,
    search_string: event.search_string,
    content_type: items.length ? 'product' : undefined,
    content_ids: all('id'),
    content_category: all('category'),
    brands: all('brand'),
    content_name: items.length === 1 ? items[0]!.name : undefined,
    num_items: items.length ? rounded(items.reduce((sum, { quantity = 1 }) => sum + quantity, 0)) : undefined,
    contents: items.map(({ id, quantity = 1, price, brand }) =>
      pruned({ id, quantity, item_price: price !== undefined && price >= 0 ? price : undefined, brand }),
    ),
    ...extra,
    // What the operator maps by hand goes before what the page says.
    custom_fields: customFields({ ...(extra.custom_fields as object | undefined), ...event.custom }),
  })
}
