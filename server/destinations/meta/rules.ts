import type { ActionSource } from '../../../shared/event.ts'
import { dayMs, hourMs } from '../../../shared/limits.ts'
import { isFlag, isNumber, isObjectOf, isOneOf, isText, type Check } from '../wire.ts'

export const base = 'https://graph.facebook.com'
export const defaultVersion = 'v26.0'
export const defaultPartner = 'pairpixel_0_1'

export const batch = { usual: 50, most: 1000 }
export const pairingMs = 48 * hourMs
/** Older ones make Meta refuse the whole request. */
export const maxAgeMs = (source: ActionSource | undefined): number => (source === 'physical_store' ? 62 : 7) * dayMs

/** Meta's words are ours. */
export const actionSources = {
  website: 'website',
  app: 'app',
  email: 'email',
  phone_call: 'phone_call',
  chat: 'chat',
  physical_store: 'physical_store',
  system_generated: 'system_generated',
  other: 'other',
} as const satisfies Record<ActionSource, ActionSource>

export const hashedFields = ['em', 'ph', 'fn', 'ln', 'ge', 'db', 'ct', 'st', 'zp', 'country', 'external_id'] as const

/** Refused when all user keys of an event are among those of one row (code 100, subcode 2804050). */
export const tooFewKeys: readonly (readonly string[])[] = [
  ['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent'],
  ['db', 'client_user_agent'],
  ['fn', 'ge'],
  ['ln', 'ge'],
]

/** Events whose items Meta counts: the sum of quantities. */
export const countsItems: readonly string[] = ['InitiateCheckout', 'Purchase']

const segments = ['business', 'business_line', 'product_area', 'medium']
/** A word of limits alone means the same as a list of it; it must not be lost for its shape. */
export const isWords: Check = (value) => Array.isArray(value) || isText(value)

const processing: Readonly<Record<string, Check>> = {
  data_processing_options: isWords,
  data_processing_options_country: isNumber,
  data_processing_options_state: isNumber,
}

/** Extra keys an event may bring for Meta (`platform.meta`), by the place where Meta reads them. */
export const extraKeys = {
  event: {
    opt_out: isFlag,
    customer_segmentation: isOneOf(
      ...segments.flatMap((part) => [`new_customer_to_${part}`, `existing_customer_to_${part}`]),
      'customer_in_loyalty_program',
    ),
    original_event_data: isObjectOf('event_name', 'event_time', 'order_id', 'event_id'),
  },
  app: {
    app_data: isObjectOf(
      'advertiser_tracking_enabled',
      'application_tracking_enabled',
      'extinfo',
      'campaign_ids',
      'install_referrer',
      'installer_package',
      'url_schemes',
      'windows_attribution_id',
      'vendor_id',
      'madid',
      'receipt_data',
    ),
  },
  user: { subscription_id: isText, fb_login_id: isNumber, lead_id: isNumber, anon_id: isText, madid: isText },
  custom: {
    predicted_ltv: isNumber,
    net_revenue: isNumber,
    status: (value: unknown) => isText(value) || isFlag(value),
    delivery_category: isOneOf('in_store', 'curbside', 'home_delivery'),
    content_type: isOneOf('product', 'product_group'),
    item_number: isText,
    lead_event_source: isText,
    product_catalog_id: isText,
  },
  processing,
} satisfies Record<string, Readonly<Record<string, Check>>>
