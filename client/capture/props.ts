import type { Item } from '../../shared/event.ts'
import type { Props } from '../api.ts'
import { compact } from '../compact.ts'
import { attempt } from '../safe.ts'

/** Our field, then what sites call it (GA4, Segment); the first one there is taken. */
const eventFields =
  'value,revenue,total;currency;order_id,transaction_id;search_string,search_term,query;items,products;user'
const itemFields = 'id,item_id,product_id,sku;name,item_name;category;brand,item_brand;quantity;price'

/** An item as the page gave it: numbers may be text, text may be numbers. */
export type GivenItem = { readonly [Field in keyof Item]: string | number }

export interface Facts {
  readonly value?: unknown
  readonly currency?: unknown
  readonly order_id?: string | number
  readonly search_string?: unknown
  readonly items?: readonly GivenItem[]
  readonly user?: object
  readonly props?: Props
}

/** The fields of one list, taken out of `from`. */
function take(fields: string, from: Record<string, unknown>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const row of fields.split(';')) {
    const names = row.split(',')
    const name = names.find((each) => each in from)
    if (name) {
      found[names[0]!] = from[name]
      Reflect.deleteProperty(from, name)
    }
  }
  return found
}

/** A copy that no one else holds, without what JSON cannot carry and without what says nothing. */
const snapshot = (props: Props): Record<string, unknown> =>
  compact(
    Object.fromEntries(
      Object.keys(props).map((key) => [key, attempt((): unknown => JSON.parse(JSON.stringify(props[key])))]),
    ),
  ) ?? {}

function readItem(given: unknown): GivenItem[] {
  const from = Object(given) as Record<string, unknown>
  const categories = ['', 2, 3, 4, 5].map((level) => from[`item_category${level}`]).filter(Boolean)
  const item = compact({ category: categories.join(' > '), ...take(itemFields, from) })
  return item ? [item] : []
}

/** Known fields lifted to their places in the event; the rest stays free properties. */
export function readFacts(given: Props | undefined): Facts {
  const props = snapshot(given ?? {})
  const facts = take(eventFields, props)
  if (Array.isArray(facts.items)) facts.items = facts.items.flatMap(readItem)
  else delete facts.items
  return { ...facts, props: compact(props) }
}
