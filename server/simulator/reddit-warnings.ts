import { isDigestOfNothing, isSha256, pick, pickText } from './check.ts'
import { redditNames, type RedditVersion } from './reddit-rules.ts'

const withoutMetadata = ['PAGE_VISIT', 'VIEW_CONTENT', 'SEARCH']
const withoutItemCount = [...withoutMetadata, 'LEAD', 'SIGN_UP']
const hashedKeys = ['email', 'phone_number', 'external_id', 'idfa', 'aaid']
const matchKeys = ['uuid', ...hashedKeys]
/** In a shop of stone and bricks Reddit wants hashed personal keys and nothing of a browser or a device. */
const notInStore = ['uuid', 'ip_address', 'user_agent', 'screen_dimensions', 'idfa', 'aaid']
const cookie = /^(\d+\.)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const mostOrderChars = 100

/** What Reddit takes without a word although it helps nobody, is cut, or is hashed by Reddit only then. */
export function redditWarnings(event: unknown, version: RedditVersion): readonly string[] {
  const v3 = version === 'v3'
  const type = pick(event, v3 ? 'type' : 'event_type')
  const tracking = String(pick(type, 'tracking_type'))
  const name = redditNames[tracking] ?? tracking
  const customName = String(pick(type, 'custom_event_name'))
  const metadata = pick(event, v3 ? 'metadata' : 'event_metadata')
  const has = (key: string): boolean => pick(metadata, key) !== undefined
  const user = (key: string): unknown => pick(event, 'user', key)
  const knows = (key: string): boolean => user(key) !== undefined
  const says = (key: string): boolean => pick(event, key) !== undefined
  const source = v3 ? pick(event, 'action_source') : 'WEBSITE' // v2 has no channels
  const byDevice = knows('ip_address') && knows('user_agent') && knows('screen_dimensions')
  const order = pickText(metadata, 'order_id') ?? ''
  const rows: readonly (readonly [text: string, applies: boolean])[] = [
    ...hashedKeys.map((key) => [`user.${key} is not hashed`, knows(key) && !isSha256(user(key))] as const),
    ...[...hashedKeys, 'ip_address'].map(
      (key) => [`user.${key} is the digest of nothing`, isDigestOfNothing(user(key))] as const,
    ),
    ['user.user_agent must not be hashed', isSha256(user('user_agent'))],
    ['user.uuid is not the value of _rdt_uuid', knows('uuid') && !cookie.test(String(user('uuid')))],
    ['the event has no match key', !says('click_id') && !matchKeys.some(knows) && !byDevice],
    ['value does not belong to this event', withoutMetadata.includes(name) && (has('value') || has('value_decimal'))],
    ['currency does not belong to this event', withoutMetadata.includes(name) && has('currency')],
    ['item_count does not belong to this event', withoutItemCount.includes(name) && has('item_count')],
    [
      'currency is not a code of three letters',
      has('currency') && !/^[A-Z]{3}$/.test(String(pick(metadata, 'currency'))),
    ],
    ['value is in minor units, value_decimal is not', !v3 && has('value')],
    ['opt_out is deprecated', knows('opt_out')],
    ['order_id is cut to 100 characters', Array.from(order).length > mostOrderChars],
    [
      'the custom event has the name of a standard one',
      name === 'CUSTOM' && Object.entries(redditNames).flat().includes(customName),
    ],
    ...['event_source_url', 'referrer_url'].map(
      (key) => [`${key} is for WEBSITE only`, source !== 'WEBSITE' && says(key)] as const,
    ),
    ...notInStore.map((key) => [`user.${key} is not for a store`, source === 'PHYSICAL_STORE' && knows(key)] as const),
    ['click_id is not for a store', source === 'PHYSICAL_STORE' && says('click_id')],
  ]
  return rows.filter(([, applies]) => applies).map(([text]) => text)
}
