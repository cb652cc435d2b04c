import type { Item } from '../../../shared/event.ts'
import { isAbsent, isObject } from '../../../shared/parse-field.ts'
import type { InstanceSettings, MappableEvent } from '../destination.ts'
import { countTo, notOfItsKind, text, type Reader } from '../readers.ts'
import { pruned, type Warn } from '../wire.ts'
import { customKeys, deliveryCategory } from './extras.ts'
import { countsItems } from './rules.ts'

/** What it was about, in Meta's `custom_data`. Money goes whole or not at all: Meta flags a value or currency alone. */
export function customData(
  event: MappableEvent,
  settings: InstanceSettings,
  {
    name,
    value,
    currency,
  }: { readonly name: string; readonly value: number | undefined; readonly currency: string | undefined },
  extras: Readonly<Record<string, unknown>>,
  warn: Warn,
): Record<string, unknown> | undefined {
  const { items = [] } = event
  if (value !== undefined && !currency) warn('value', 'A value needs a currency; it is left out.')
  const known = items.filter(({ id }) => id)
  if (known.length < items.length) warn('items', 'Items without an ID are left out.')
  const [only] = items.length === 1 ? items : []
  const own = pruned({
    value: currency ? value : undefined,
    currency: value === undefined ? undefined : currency,
    order_id: event.order_id,
    content_ids: known.map(({ id }) => id),
    contents: contents(known, event, settings, warn),
    content_type: known.length ? 'product' : undefined,
    content_name: only?.name,
    content_category: only?.category,
    num_items: countsItems.includes(name) ? itemCount(items) : undefined,
    search_string: name === 'Search' ? event.search_string : undefined,
  })
  return pruned({ ...freeFields(event, own ?? {}, warn), ...own, ...extras })
}

function contents(
  items: readonly Item[],
  event: MappableEvent,
  settings: InstanceSettings,
  warn: Warn,
): readonly unknown[] {
  const categories = deliveryCategories(event, settings, warn)
  if (items.some(({ quantity = 1 }) => !isQuantity(quantity)))
    warn('items.quantity', 'A quantity is no whole number of 1 or more; it is left out.')
  if (items.some(({ price = 0 }) => price < 0)) warn('items.price', 'A price is below zero; it is left out.')
  return items.map(({ id = '', quantity = 1, price }) =>
    pruned({
      id,
      quantity: isQuantity(quantity) ? quantity : undefined,
      item_price: price !== undefined && price >= 0 ? price : undefined,
      delivery_category: categories.get(id),
    }),
  )
}

const isQuantity = (quantity: number): boolean => Number.isSafeInteger(quantity) && quantity > 0

/** The sum of quantities, of items without an ID too; nothing where goods are measured and not counted. */
function itemCount(items: readonly Item[]): number | undefined {
  const sum = items.reduce((total, { quantity = 1 }) => total + quantity, 0)
  return items.length && Number.isSafeInteger(sum) ? sum : undefined
}

const none: ReadonlyMap<string, unknown> = new Map()

/** Item → how it is delivered, where the event says so in Meta's own shape: `contents: [{ id, delivery_category }]`. */
function deliveryCategories(
  { platform }: MappableEvent,
  { platform: ours }: InstanceSettings,
  warn: Warn,
): ReadonlyMap<string, unknown> {
  const given = platform?.[ours]?.contents
  if (isAbsent(given)) return none
  const field = `platform.${ours}.contents`
  const pairs = (Array.isArray(given) ? (given as unknown[]) : [undefined]).map((entry) => {
    if (!isObject(entry)) return undefined
    const id = text(entry.id)
    const category = deliveryCategory(entry.delivery_category)
    return id !== undefined && category !== undefined ? ([id, category] as const) : undefined
  })
  if (pairs.includes(undefined)) warn(field, notOfItsKind)
  return new Map(pairs.filter((pair) => pair !== undefined))
}

/** Documented keys that an operator's own field may fill where the event does not, beside the extra ones. */
const fillable: Readonly<Record<string, Reader>> = {
  ...customKeys,
  order_id: text,
  search_string: text,
  num_items: countTo(Number.MAX_SAFE_INTEGER),
}
/** Documented keys that hang together with others: only the event itself fills them. */
const reserved: readonly string[] = ['value', 'currency', 'contents', 'content_ids']

/** The operator's own fields; under a documented key only what Meta takes there, and never over the event's own. */
function freeFields(
  { custom = {} }: MappableEvent,
  own: Readonly<Record<string, unknown>>,
  warn: Warn,
): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(custom)) {
    const field = `custom.${key}`
    const read = Object.hasOwn(fillable, key) ? fillable[key]!(value, field, warn) : value
    if (Object.hasOwn(own, key)) warn(field, 'The event fills this key of Meta’s itself; the mapped one is left out.')
    else if (reserved.includes(key)) warn(field, `Map it to ${key} itself, not to a field of your own; it is left out.`)
    else if (read === undefined) warn(field, notOfItsKind)
    else found[key] = read
  }
  return found
}
