import {
  amount,
  integer,
  ipAddress,
  isAmount,
  isFields,
  list,
  matches,
  object,
  oneOf,
  oneOrMore,
  pick,
  text,
  webUrl,
  type Check,
} from './check.ts'
import { dayMs } from './platform.ts'

/** Codes are numeric text; only 507, too few identifiers, is known, so the others carry none. */
export interface SnapProblem {
  readonly code?: string
  readonly message: string
}

const maxAgeMs = 7 * dayMs
// Snap names no tolerance; senders leave ten minutes.
const maxAheadMs = 10 * 60_000
/** Times below this are seconds. */
const firstMs = 1e12

const words = (line: string): readonly string[] => line.split(' ')
const eventNames = new Set([
  ...words(
    'PURCHASE SAVE START_CHECKOUT ADD_CART VIEW_CONTENT ADD_BILLING SIGN_UP SEARCH PAGE_VIEW SUBSCRIBE AD_CLICK',
  ),
  ...words('AD_VIEW COMPLETE_TUTORIAL LEVEL_COMPLETE INVITE LOGIN SHARE RESERVE ACHIEVEMENT_UNLOCKED ADD_TO_WISHLIST'),
  ...words('SPENT_CREDITS RATE START_TRIAL LIST_VIEW APP_INSTALL APP_OPEN'),
  ...[1, 2, 3, 4, 5].map((n) => `CUSTOM_EVENT_${n}`),
])
const currencies = new Set([
  ...words(
    'AED ALL AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK DZD EGP EUR GBP GHS GIP HKD HRK HUF IDR ILS INR IQD ISK',
  ),
  ...words(
    'JOD JPY KES KRW KWD KZT LBP MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD',
  ),
  ...words('TZS UAH USD VND XOF ZAR'),
])

/** A lower-case alias is taken for the name it spells. */
export const snapEventName = (name: string): string => (eventNames.has(name.toUpperCase()) ? name.toUpperCase() : name)

export const webSources = ['WEB', 'website']
export const appSources = ['MOBILE_APP', 'app']
const offlineSources = ['OFFLINE', 'physical_store', 'phone_call', 'phone', 'email', 'chat', 'system_generated']
/** Whether an event comes from one of these sources. */
export const isFrom = (sources: readonly string[], event: unknown): boolean =>
  sources.includes(String(pick(event, 'action_source')))

const digest = oneOrMore(matches(/^[0-9a-f]{64}$/, 'a SHA-256 digest in lower-case hex'))
/** What has to come as a digest. */
export const hashedKeys = ['em', 'ph', 'fn', 'ln', 'ge', 'ct', 'st', 'zp', 'country']
const plainKeys = ['client_user_agent', 'sc_click_id', 'sc_cookie1', 'idfv', 'subscription_id', 'lead_id']
const all = (keys: readonly string[], check: Check): Record<string, Check> =>
  Object.fromEntries(keys.map((key) => [key, check]))

const idText: Check = (value, path) => (typeof value === 'number' ? undefined : text(value, path))
/** Sixteen texts, empty where unknown; the first, the system, and the fifth, its version, are always known. */
const extinfo: Check = (value, path) => {
  const problem = list((slot, at) => (typeof slot === 'string' ? undefined : `${at} must be text`), 16, 16)(value, path)
  if (problem || !Array.isArray(value)) return problem
  return ['a2', 'i2'].includes(String(value[0])) && value[4] ? undefined : `${path}[0] and ${path}[4] are required`
}

/** Extra keys are ignored. */
const shape = object(
  {
    event_name: (value, path) =>
      text(value, path) ??
      (eventNames.has(snapEventName(String(value))) ? undefined : `${path} is not an accepted event`),
    event_time: integer(1),
    action_source: oneOf(...webSources, ...appSources, ...offlineSources),
    event_source_url: webUrl,
    event_id: text,
    data_processing_options: list(oneOf('LMU', 'DELETE', 'LDU')),
    user_data: object({
      ...all(hashedKeys, digest),
      external_id: oneOrMore(text), // hashing is recommended here, not asked for
      client_ip_address: ipAddress,
      madid: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'an advertising ID in lower case, not hashed'),
      ...all(plainKeys, text),
    }),
    custom_data: object({
      currency: (value, path) => (currencies.has(String(value)) ? undefined : `${path} is not a supported currency`),
      value: amount,
      order_id: text,
      content_ids: oneOrMore(idText),
      content_category: oneOrMore(text),
      brands: oneOrMore(text),
      content_name: text,
      content_type: oneOf('product', 'product_group'),
      num_items: amount,
      search_string: text,
      contents: list(object({ id: idText, quantity: amount, item_price: amount, brand: text })),
    }),
    app_data: object({ extinfo, advertiser_tracking_enabled: oneOf(0, 1) }),
  },
  { required: ['event_name', 'event_time', 'action_source', 'user_data'] },
)

const timeOf = (event: unknown): number => {
  const time = Number(pick(event, 'event_time'))
  return time < firstMs ? time * 1000 : time
}

const hasUserKey = (event: unknown): boolean => {
  const user = pick(event, 'user_data')
  const has = (key: string): boolean => isFields(user) && user[key] !== undefined
  const device = has('client_ip_address') && has('client_user_agent')
  return has('em') || has('ph') || device || (has('madid') && isFrom(appSources, event))
}

interface Rule extends SnapProblem {
  readonly fails: (event: unknown, now: number, validating: boolean) => boolean
}

/** The first row that fails decides. */
const rules: readonly Rule[] = [
  {
    message: 'event_source_url is required',
    fails: (event, _now, validating) =>
      (validating || isFrom(webSources, event)) && pick(event, 'event_source_url') === undefined,
  },
  {
    message: 'event_time is too old',
    fails: (event, now) => !isFrom(offlineSources, event) && now - timeOf(event) > maxAgeMs,
  },
  { message: 'event_time is in the future', fails: (event, now) => timeOf(event) - now > maxAheadMs },
  { code: '507', message: 'not enough identifiers', fails: (event) => !hasUserKey(event) },
  {
    message: 'PURCHASE needs value and currency',
    fails: (event) =>
      snapEventName(String(pick(event, 'event_name'))) === 'PURCHASE' &&
      (!isAmount(pick(event, 'custom_data', 'value')) || pick(event, 'custom_data', 'currency') === undefined),
  },
]

/** The first thing Snap would call this event INVALID for. `validating`: on the test endpoint, which asks for the URL always. */
export function findSnapProblem(event: unknown, now: number, validating: boolean): SnapProblem | undefined {
  const message = shape(event, '')
  return message ? { message } : rules.find(({ fails }) => fails(event, now, validating))
}
