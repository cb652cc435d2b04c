import {
  amount,
  decimal,
  flag,
  integer,
  ipAddress,
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
// Meta's own library appends its version to a digest after a dot.
const digest = oneOrMore(
  matches(/^[0-9a-f]{64}(\.([A-Za-z0-9_-]{8}|AQ|Ag|Aw|BA|BQ|Bg))?$/, 'a SHA-256 digest in lower-case hex'),
)
const hashedKeys = ['em', 'ph', 'fn', 'ln', 'ge', 'db', 'ct', 'st', 'zp', 'country']
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
  client_ip_address: ipAddress,
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
    messaging_channel: text,
    app_data: object(
      {
        advertiser_tracking_enabled: oneOf(0, 1, true, false),
        application_tracking_enabled: oneOf(0, 1, true, false),
        extinfo,
      },
      { required: ['advertiser_tracking_enabled', 'application_tracking_enabled', 'extinfo'] },
    ),
    custom_data: object({
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

function extinfo(value: unknown, path: string): string | undefined {
  if (!Array.isArray(value) || value.length !== 16) return `${path} must have 16 entries`
  return ['a2', 'i2'].includes(String(value[0])) && value[4] ? undefined : `${path}[0] and ${path}[4] are required`
}
