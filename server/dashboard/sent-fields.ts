import type { FieldSource } from '../store/store.ts'

/** One value as the platform got it, and which copy it came from. */
export interface SentField {
  /** Its place in the request: `user_data.em`, `contents.0.id`. */
  readonly path: string
  readonly value: string
  /** Absent: made by the collector, such as a constant. */
  readonly from?: FieldSource
}

/** A platform's spelling → the names under which the joined event may know where it came from. */
const knownAs: Readonly<Record<string, readonly string[]>> = {
  client_ip_address: ['ip'],
  ip_address: ['ip', 'ip_address'],
  client_user_agent: ['user_agent'],
  user_agent: ['user_agent'],
  fbc: ['fbclid', '_fbc'],
  fbp: ['_fbp'],
  click_id: ['rdt_cid', '_rdt_cid'],
  uuid: ['_rdt_uuid'],
  sc_click_id: ['ScCid', '_scclid'],
  sc_cookie1: ['_scid', '_scid_r'],
  event_source_url: ['url'],
  referrer_url: ['referrer'],
  event_at: ['event_time'],
  price: ['value'],
  value_decimal: ['value'],
  transaction_id: ['order_id'],
  contents: ['items'],
  products: ['items'],
  content_ids: ['items'],
  item_ids: ['items'],
  num_items: ['items'],
  item_count: ['items'],
  number_items: ['items'],
  width: ['screen_width'],
  height: ['screen_height'],
  email: ['email', 'email_dots'],
}

type Origins = Readonly<Record<string, FieldSource>>

/** The request body as a flat list, outer names first. Arrays of plain values stay on one line. Pure. */
export function sentFields(sent: unknown, origins: Origins = {}): readonly SentField[] {
  return flatten(sent, []).map(({ path, value }) => {
    const from = originOf(path, origins)
    return { path: path.join('.'), value, ...(from && { from }) }
  })
}

interface Leaf {
  readonly path: readonly string[]
  readonly value: string
}

function flatten(value: unknown, path: readonly string[]): readonly Leaf[] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object') return [{ path, value: asText(value) }]
  if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object'))
    return value.length ? [{ path, value: value.map(asText).join(', ') }] : []
  // A body holds one event in a list (`data`, `events`): its number says nothing to the reader.
  const alone = Array.isArray(value) && value.length === 1
  return Object.entries(value).flatMap(([name, entry]) => flatten(entry, alone ? path : [...path, name]))
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The nearest name on the way up wins: an item's `price` is its items', not the event's value. */
function originOf(path: readonly string[], origins: Origins): FieldSource | undefined {
  const insideItems = path.slice(0, -1).some((name) => knownAs[name]?.includes('items') || name === 'items')
  for (const name of path.toReversed()) {
    if (insideItems && !(name === 'items' || knownAs[name]?.includes('items'))) continue
    const known = [name, ...(Object.hasOwn(knownAs, name) ? knownAs[name]! : [])]
    const found = known.find((field) => Object.hasOwn(origins, field))
    if (found !== undefined) return origins[found]
  }
  return undefined
}
