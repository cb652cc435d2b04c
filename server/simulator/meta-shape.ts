import {
  amount,
  decimal,
  flag,
  integer,
  ipAddress,
  isFields,
  list,
  matches,
  object,
  oneOf,
  oneOrMore,
  text,
  webUrl,
  type Check,
} from './check.ts'

const actionSources = [
  ...['website', 'app', 'email', 'phone_call', 'chat', 'physical_store', 'system_generated', 'business_messaging'],
  'other',
]
const segments = ['business', 'business_line', 'product_area', 'medium'].flatMap((to) => [
  `new_customer_to_${to}`,
  `existing_customer_to_${to}`,
])
// Meta's own library appends its version to a digest, a cookie or an address after a dot.
const suffix = /\.([A-Za-z0-9_-]{8}|AQ|Ag|Aw|BA|BQ|Bg)$/
const bare = (value: unknown): unknown => (typeof value === 'string' ? value.replace(suffix, '') : value)
const sha256 = matches(/^[0-9a-f]{64}$/, 'a SHA-256 digest in lower-case hex')
const digest = oneOrMore((value, path) => sha256(bare(value), path))
/** What has to come as a digest; the last six are keys of old libraries. */
export const hashedKeys = [
  ...['em', 'ph', 'fn', 'ln', 'ge', 'db', 'ct', 'st', 'zp', 'country'],
  ...['f5first', 'f5last', 'fi', 'dobd', 'dobm', 'doby'],
]
const plainKeys = [
  ...['client_user_agent', 'fbc', 'fbp', 'subscription_id', 'anon_id', 'madid', 'page_id', 'page_scoped_user_id'],
  ...['ctwa_clid', 'whatsapp_business_account_id', 'ig_account_id', 'ig_sid', 'partner_id', 'partner_name'],
]
const numberKeys = ['fb_login_id', 'lead_id']
const all = (keys: readonly string[], check: Check): Record<string, Check> =>
  Object.fromEntries(keys.map((key) => [key, check]))

/** Every user key Meta knows; others do not help to find anyone. */
export const userFields: Readonly<Record<string, Check>> = {
  ...all(hashedKeys, digest),
  external_id: oneOrMore(text), // hashing is recommended here, not asked for
  client_ip_address: (value, path) => ipAddress(bare(value), path),
  ...all(plainKeys, text),
  ...all(numberKeys, matchesDigitsOrInteger),
}

function matchesDigitsOrInteger(value: unknown, path: string): string | undefined {
  return typeof value === 'number' ? integer(1)(value, path) : matches(/^\d+$/, 'an integer')(value, path)
}

const product = object(
  { id: text, quantity: integer(1), item_price: amount, delivery_category: deliveryCategory },
  { required: ['id'] },
)

function deliveryCategory(value: unknown, path: string): string | undefined {
  return oneOf('in_store', 'curbside', 'home_delivery')(value, path)
}

/** Types and required keys of one event. Extra keys are free, on the event as in `custom_data`. */
export const metaShape = object(
  {
    event_name: text,
    event_time: integer(1),
    action_source: oneOf(...actionSources),
    user_data: object(userFields),
    event_id: text,
    event_source_url: webUrl,
    referrer_url: text,
    opt_out: flag,
    data_processing_options: list(oneOf('LDU'), 0, 1),
    data_processing_options_country: oneOf(0, 1),
    data_processing_options_state: usState,
    customer_segmentation: oneOf(...segments, 'customer_in_loyalty_program'),
    original_event_data: object({ event_name: text, event_time: integer(1), order_id: text, event_id: text }),
    attribution_data: object(
      { ad_id: idText, touchpoint_ts: integer(1), attribution_share: share, attribution_value: decimal(0) },
      { required: ['ad_id', 'touchpoint_ts', 'attribution_share', 'attribution_value'] },
    ),
    messaging_channel: text,
    advertiser_tracking_enabled: yesOrNo,
    // Whether the advertiser may track is told here or beside it.
    app_data: object(
      { advertiser_tracking_enabled: yesOrNo, application_tracking_enabled: yesOrNo, extinfo },
      { required: ['application_tracking_enabled', 'extinfo'] },
    ),
    custom_data: filled({
      content_ids: list(idText),
      contents: list(product),
      content_type: oneOf('product', 'product_group'),
      num_items: integer(0),
      order_id: text,
      search_string: text,
      predicted_ltv: decimal(0),
      delivery_category: deliveryCategory,
    }),
  },
  { required: ['event_name', 'event_time', 'user_data', 'action_source'] },
)

function usState(value: unknown, path: string): string | undefined {
  return value === 0 ? undefined : integer(1000, 1013)(value, path)
}

function idText(value: unknown, path: string): string | undefined {
  return typeof value === 'number' ? undefined : text(value, path)
}

function yesOrNo(value: unknown, path: string): string | undefined {
  return oneOf(0, 1, true, false)(value, path)
}

function share(value: unknown, path: string): string | undefined {
  return decimal(0)(value, path) ?? (Number(value) > 1 ? `${path} must be at most 1` : undefined)
}

/** An object that says something: left out is right, empty is not. */
function filled(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) =>
    isFields(value) && Object.keys(value).length === 0 ? `${path} must not be empty` : object(fields)(value, path)
}

/** Sixteen texts, empty where unknown; the first, the system, and the fifth, its version, are always known. */
function extinfo(value: unknown, path: string): string | undefined {
  if (!Array.isArray(value) || value.length !== 16) return `${path} must have 16 entries`
  if (!value.every((entry) => typeof entry === 'string')) return `${path} must hold texts only`
  return ['a2', 'i2'].includes(String(value[0])) && value[4] ? undefined : `${path}[0] and ${path}[4] are required`
}
