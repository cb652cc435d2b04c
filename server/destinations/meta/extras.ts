import { createExtrasReader, type Extra } from '../extras.ts'
import { flag, number, objectOf, oneOf, text, type Reader } from '../readers.ts'
import { bit, deviceFacts, integerId, seconds, share, texts, unchanged } from './readers.ts'
import { processingKeys, type Source } from './rules.ts'

/** Where Meta reads a key: on the event, in `user_data` or in `custom_data`. */
type Place = 'event' | 'user' | 'custom'

const segments = ['business', 'business_line', 'product_area', 'medium']
export const deliveryCategory = oneOf('in_store', 'curbside', 'home_delivery')
const statusWord: Reader = (value) => (typeof value === 'boolean' ? value : text(value))

const texted = (keys: string): Readonly<Record<string, Reader>> =>
  Object.fromEntries(keys.split(/\s+/).map((key) => [key, text] as const))

const appData = objectOf(
  {
    advertiser_tracking_enabled: bit,
    application_tracking_enabled: bit,
    extinfo: deviceFacts,
    url_schemes: texts,
    ...texted('campaign_ids install_referrer installer_package windows_attribution_id vendor_id madid receipt_data'),
  },
  'advertiser_tracking_enabled',
  'application_tracking_enabled',
  'extinfo',
)

const attribution = objectOf(
  {
    ad_id: text,
    touchpoint_ts: seconds,
    attribution_share: share,
    attribution_value: number,
    visit_time: seconds,
    attr_window: number,
    total_credit: number,
    ...texted(
      `scope adset_id campaign_id attribution_model attribution_source touchpoint_type attribution_method decline_reason
auditing_token linkage_key touchpoint_id attribution_setting partner_client_id`,
    ),
  },
  'ad_id',
  'touchpoint_ts',
  'attribution_share',
  'attribution_value',
)

/** Parameters of travel, vehicles and property: passed on as they are (Meta: Standard Parameters). */
const trade =
  `availability body_style checkin_date checkout_date city condition_of_vehicle country departing_arrival_date
departing_departure_date destination_airport destination_ids dma_code drivetrain exterior_color fuel_type hotel_score
interior_color interior_upholstery lease_end_date lease_start_date listing_type make mileage mileage.unit mileage.value
model neighborhood num_adults num_children num_infants origin_airport postal_code preferred_baths_range
preferred_beds_range preferred_list_price_range preferred_neighborhoods preferred_num_stops preferred_price_range
preferred_star_ratings price property_type region returning_arrival_date returning_departure_date state_of_vehicle
suggested_destinations suggested_home_listings suggested_hotels suggested_jobs suggested_local_service_businesses
suggested_location_based_items suggested_vehicles transmission travel_class travel_end travel_start trim user_bucket vin
year`.split(/\s+/)

const rows = (place: Place, readers: Readonly<Record<string, Reader>>): Readonly<Record<string, Extra<Place>>> =>
  Object.fromEntries(Object.entries(readers).map(([key, read]) => [key, { place, read }]))

/** What may stand in `custom_data` beside what an event says itself: key → how it is read. */
export const customKeys: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(trade.map((key) => [key, unchanged])),
  predicted_ltv: number,
  net_revenue: number,
  status: statusWord,
  delivery_category: deliveryCategory,
  content_type: oneOf('product', 'product_group'),
  content_name: text,
  content_category: text,
  item_number: text,
  lead_event_source: text,
  product_catalog_id: text,
}

/** Extra keys an event may bring for Meta (`platform.meta`). */
export const extraKeys: Readonly<Record<string, Extra<Place> & { readonly source?: Source }>> = {
  ...rows('custom', customKeys),
  ...rows('user', {
    ...texted('subscription_id madid page_id page_scoped_user_id ctwa_clid whatsapp_business_account_id'),
    ...texted('ig_account_id ig_sid partner_id partner_name'),
    fb_login_id: integerId,
    lead_id: integerId,
  }),
  ...rows('event', {
    opt_out: flag,
    customer_segmentation: oneOf(
      ...segments.flatMap((part) => [`new_customer_to_${part}`, `existing_customer_to_${part}`]),
      'customer_in_loyalty_program',
    ),
    original_event_data: objectOf({ event_name: text, event_time: seconds, order_id: text, event_id: text }),
    advanced_measurement_table: text,
  }),
  anon_id: { place: 'user', read: text, source: 'app' },
  app_data: { place: 'event', read: appData, source: 'app' },
  advertiser_tracking_enabled: { place: 'event', read: flag, source: 'app' },
  messaging_channel: { place: 'event', read: text, source: 'business_messaging' },
  attribution_data: { place: 'event', read: attribution, event: 'AppendAttribution' },
  // Read by custom-data.ts and processing.ts.
  contents: {},
  ...Object.fromEntries(processingKeys.map((key) => [key, {}])),
}

export const readExtras = createExtrasReader(extraKeys)
