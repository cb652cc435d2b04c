import { isDigestOfNothing, isSha256, pick } from './check.ts'
import { appSources, hashedKeys, isFrom, webSources } from './snapchat-rules.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const cookie = /^[A-Za-z0-9_.-]{8,128}$/
const v2Keys = ['price', 'item_ids', 'number_items', 'item_category', 'transaction_id', 'brand']

/** What Snap takes and then does not read, or warns about. */
export function snapWarnings(event: unknown): readonly string[] {
  const user = (key: string): unknown => pick(event, 'user_data', key)
  const click = user('sc_click_id')
  const scid = user('sc_cookie1')
  const options = pick(event, 'data_processing_options')
  const rows: readonly (readonly [text: string, applies: boolean])[] = [
    ['event_id is missing', pick(event, 'event_id') === undefined],
    ['user_data.sc_click_id is not a UUID', typeof click === 'string' && !uuid.test(click)],
    ['user_data.sc_cookie1 is not the value of _scid', typeof scid === 'string' && !cookie.test(scid)],
    ['user_data.client_user_agent must not be hashed', isSha256(user('client_user_agent'))],
    ...[...hashedKeys, 'external_id'].map(
      (key) => [`user_data.${key} is the digest of nothing`, isDigestOfNothing(user(key))] as const,
    ),
    ['data_processing_options knows LMU, not LDU', Array.isArray(options) && options.includes('LDU')],
    ['data_processing_options is for the web only', options !== undefined && !isFrom(webSources, event)],
    ['app_data is for apps only', pick(event, 'app_data') !== undefined && !isFrom(appSources, event)],
    ...v2Keys.map(
      (key) =>
        [`custom_data.${key} is a v2 name and is not read`, pick(event, 'custom_data', key) !== undefined] as const,
    ),
  ]
  return rows.filter(([, applies]) => applies).map(([text]) => text)
}
