import {
  decimal,
  findEmpty,
  flag,
  integer,
  list,
  matches,
  object,
  oneOf,
  pick,
  text,
  webUrl,
  type Check,
} from './check.ts'
import { hourMs } from './platform.ts'

export type RedditVersion = 'v2' | 'v3'

const maxAgeMs = 168 * hourMs
const maxAheadMs = 5 * 60_000
const mostNameChars = 64

/** v2 and pixel spelling → v3 spelling. */
export const redditNames: Readonly<Record<string, string>> = {
  PageVisit: 'PAGE_VISIT',
  ViewContent: 'VIEW_CONTENT',
  Search: 'SEARCH',
  AddToCart: 'ADD_TO_CART',
  AddToWishlist: 'ADD_TO_WISHLIST',
  Purchase: 'PURCHASE',
  Lead: 'LEAD',
  SignUp: 'SIGN_UP',
  Custom: 'CUSTOM',
}

const closed = (fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  object(fields, { required, closed: true })

const customName: Check = (value, path) =>
  text(value, path) ??
  (Array.from(String(value)).length > mostNameChars
    ? `${path} must have at most ${mostNameChars} characters`
    : undefined)

const eventType =
  (names: readonly string[]): Check =>
  (value, path) => {
    const problem = closed({ tracking_type: oneOf(...names), custom_event_name: customName }, ['tracking_type'])(
      value,
      path,
    )
    if (problem) return problem
    const custom = String(pick(value, 'tracking_type')).toUpperCase() === 'CUSTOM'
    const named = pick(value, 'custom_event_name') !== undefined
    return custom === named ? undefined : `${path}.custom_event_name goes with the custom type and with no other`
  }

const user = (smallestSide: number): Check =>
  closed({
    ...Object.fromEntries(
      ['email', 'phone_number', 'external_id', 'ip_address', 'idfa', 'aaid', 'user_agent', 'uuid'].map((key) => [
        key,
        text,
      ]),
    ),
    data_processing_options: closed(
      {
        modes: list(oneOf('LDU'), 1),
        country: matches(/^[A-Z]{2}$/, 'a country code of two letters'),
        region: matches(/^([A-Z]{2}-)?[A-Z0-9]{1,3}$/, 'a region code'),
      },
      ['modes'],
    ),
    screen_dimensions: closed({ width: integer(smallestSide, 32_767), height: integer(smallestSide, 32_767) }, [
      'width',
      'height',
    ]),
    ...(smallestSide > 0 && { opt_out: flag }), // only v2 knows it
  })

const rfc3339 = matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'a time as RFC 3339 writes it')
const anyUrl: Check = (value, path) =>
  text(value, path) ?? (URL.canParse(String(value)) ? undefined : `${path} must be a URL`)
const itemCount = integer(0, 2 ** 31 - 1)

/** Every object is closed: a key that is not here is refused. */
const shapes: Readonly<Record<RedditVersion, Check>> = {
  v2: closed(
    {
      event_at: rfc3339,
      event_type: eventType(Object.keys(redditNames)),
      click_id: text,
      event_metadata: closed({
        item_count: itemCount,
        currency: text,
        value: integer(0),
        value_decimal: decimal(0),
        conversion_id: text,
        products: list(closed({ id: text, name: text, category: text })),
      }),
      user: user(1),
    },
    ['event_at', 'event_type'],
  ),
  v3: closed(
    {
      event_at: integer(),
      action_source: oneOf('WEBSITE', 'APP', 'PHYSICAL_STORE', 'OTHER'),
      event_source_url: webUrl,
      referrer_url: anyUrl,
      click_id: text,
      type: eventType(Object.values(redditNames)),
      metadata: closed({
        item_count: itemCount,
        currency: text,
        value: decimal(0),
        order_id: text,
        conversion_id: text,
        products: list(
          closed({ id: text, name: text, category: text, quantity: integer(0), item_price: decimal(0) }, ['id']),
        ),
      }),
      user: user(0),
    },
    ['event_at', 'action_source', 'type'],
  ),
}

/** The first thing Reddit would refuse this event for. */
export function findRedditProblem(
  event: unknown,
  version: RedditVersion,
  now: number,
  path: string,
): string | undefined {
  const empty = findEmpty(event, path)
  if (empty) return `${empty} must not be null or empty`
  const problem = shapes[version](event, path)
  if (problem) return problem
  const at = readTime(event)
  if (Number.isNaN(at)) return `${path ? `${path}.` : ''}event_at is no time`
  if (now - at > maxAgeMs) return 'event_at timestamp must be less than 168h0m0s old'
  return at - now > maxAheadMs ? 'event_at timestamp must not be in the future' : undefined
}

const readTime = (event: unknown): number => {
  const at = pick(event, 'event_at')
  return typeof at === 'number' ? at : Date.parse(String(at))
}
