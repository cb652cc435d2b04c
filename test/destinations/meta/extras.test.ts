import { describe, expect, test } from 'vitest'
import { at, type Json } from '../vectors.ts'
import { customData, send, userData, warned } from './send.ts'

const extra = (meta: Json, change: Json = {}) => ({ ...change, platform: { meta } })
const device = ['i2', 'com.shop', '1.0', '1.0 long', '17.5', ...Array<string>(11).fill('')]
const app = { advertiser_tracking_enabled: 1, application_tracking_enabled: 0, extinfo: device }
const share = { ad_id: '120', touchpoint_ts: 1795255100, attribution_share: 0.3, attribution_value: 4.5 }

describe('Meta 4: keys of the event', () => {
  test.each<[string, Json, Json, Json?]>([
    ['opt-out', { opt_out: true }, { opt_out: true }],
    ['opt-out as text', { opt_out: 'false' }, { opt_out: false }],
    [
      'a segment',
      { customer_segmentation: 'existing_customer_to_medium' },
      { customer_segmentation: 'existing_customer_to_medium' },
    ],
    [
      'loyalty',
      { customer_segmentation: 'customer_in_loyalty_program' },
      { customer_segmentation: 'customer_in_loyalty_program' },
    ],
    ['a table', { advanced_measurement_table: 't' }, { advanced_measurement_table: 't' }],
    [
      'an earlier event',
      { original_event_data: { event_name: 'Purchase', event_time: 1795255100, order_id: 7, event_id: 'a' } },
      { original_event_data: { event_name: 'Purchase', event_time: 1795255100, order_id: '7', event_id: 'a' } },
    ],
    [
      'an earlier event, its time in ms',
      { original_event_data: { event_time: 1795255100999 } },
      { original_event_data: { event_time: 1795255100 } },
    ],
    [
      'an earlier event, its time as ISO 8601',
      { original_event_data: { event_time: '2026-11-21T09:58:20Z' } },
      { original_event_data: { event_time: 1795255100 } },
    ],
    ['a share of the credit', { attribution_data: share }, { attribution_data: share }, { event: 'AppendAttribution' }],
    ['an app’s facts', { app_data: app }, { app_data: app }, { action_source: 'app' }],
    [
      'an app’s facts as they are usually held',
      {
        app_data: {
          ...app,
          advertiser_tracking_enabled: true,
          extinfo: [...device.slice(0, 15), null],
          url_schemes: ['a'],
        },
      },
      { app_data: { ...app, url_schemes: ['a'] } },
      { action_source: 'app' },
    ],
    [
      'tracking beside an app’s facts',
      { app_data: app, advertiser_tracking_enabled: 0 },
      { advertiser_tracking_enabled: false },
      { action_source: 'app' },
    ],
  ])('%s', (_what, meta, want, change) => {
    expect(send(extra(meta, change)).event).toMatchObject(want)
    expect(warned(extra(meta, change))).toEqual([])
  })

  test.each<[string, Json, string, Json?]>([
    ['an opt-out that is no yes or no', { opt_out: 'maybe' }, 'opt_out'],
    ['an unknown segment', { customer_segmentation: 'vip' }, 'customer_segmentation'],
    ['an earlier event that is no object', { original_event_data: 'order-1' }, 'original_event_data'],
    ['an earlier event of which nothing is left', { original_event_data: { event_name: '' } }, 'original_event_data'],
    ['a share of an event of another name', { attribution_data: share }, 'attribution_data'],
    [
      'a share without its ad',
      { attribution_data: { ...share, ad_id: '' } },
      'attribution_data',
      { event: 'AppendAttribution' },
    ],
    ['an app’s facts on the web', { app_data: app }, 'app_data'],
    ['a channel of messages on the web', { messaging_channel: 'whatsapp' }, 'messaging_channel'],
  ])('left out with a warning: %s', (_what, meta, key, change) => {
    expect(send(extra(meta, change)).event).not.toHaveProperty(key)
    expect(warned(extra(meta, change))).toEqual([`platform.meta.${key}`])
  })

  test.each<[string, Json]>([
    ['a device of 15 facts', { ...app, extinfo: device.slice(1) }],
    ['another system', { ...app, extinfo: ['w2', ...device.slice(1)] }],
    ['no version of the system', { ...app, extinfo: device.map((fact, at) => (at === 4 ? '' : fact)) }],
    ['no word on tracking', { extinfo: device }],
  ])('Meta 4.1: app_data with %s is left out', (_what, app_data) => {
    const change = extra({ app_data }, { action_source: 'app' })
    expect(send(change).event).not.toHaveProperty('app_data')
    expect(warned(change)).toContain('platform.meta.app_data')
  })

  test('one bad member does not take its object along', () => {
    const change = extra({ original_event_data: { order_id: 'A', event_time: 'yesterday', colour: 'red' } })
    expect(send(change).event?.original_event_data).toEqual({ order_id: 'A' })
    expect(warned(change)).toEqual([
      'platform.meta.original_event_data',
      'platform.meta.original_event_data.event_time',
    ])
  })

  test('a share of the credit above the whole is none', () => {
    const change = extra({ attribution_data: { ...share, attribution_share: 1.5 } }, { event: 'AppendAttribution' })
    expect(send(change).event).not.toHaveProperty('attribution_data')
  })
})

describe('Meta 5: keys of the visitor', () => {
  test.each<[string, Json, Json, Json?]>([
    [
      'texts',
      { subscription_id: 's', page_id: 1, page_scoped_user_id: 'u', ig_account_id: 'i', ig_sid: 'j' },
      { subscription_id: 's', page_id: '1', page_scoped_user_id: 'u', ig_account_id: 'i', ig_sid: 'j' },
    ],
    ['integers', { fb_login_id: 12345, lead_id: '525645896321548' }, { fb_login_id: 12345, lead_id: 525645896321548 }],
    [
      'an integer too long for a number stays text',
      { lead_id: '12345678901234567890' },
      { lead_id: '12345678901234567890' },
    ],
    [
      'a click to a message, with the account beside it',
      { ctwa_clid: 'c', whatsapp_business_account_id: 9 },
      { ctwa_clid: 'c', whatsapp_business_account_id: '9' },
    ],
    ['an installation', { anon_id: 'a', madid: 'm' }, { anon_id: 'a', madid: 'm' }, { action_source: 'app' }],
  ])('%s', (_what, meta, want, change) => {
    expect(userData(extra(meta, change))).toMatchObject(want)
  })

  test.each<[string, Json, string]>([
    ['an integer that lost digits', { lead_id: 2 ** 53 }, 'lead_id'],
    ['an integer of letters', { fb_login_id: 'jane' }, 'fb_login_id'],
    ['a click to a message alone', { ctwa_clid: 'c' }, 'ctwa_clid'],
    ['an installation on the web', { anon_id: 'a' }, 'anon_id'],
    ['a list where Meta takes a text', { subscription_id: ['a'] }, 'subscription_id'],
  ])('left out with a warning: %s', (_what, meta, key) => {
    expect(userData(extra(meta))).not.toHaveProperty(key)
    expect(warned(extra(meta))).toEqual([`platform.meta.${key}`])
  })

  test.each(['em', 'client_ip_address', 'fbc', 'f5first', 'dobd'])('%s cannot be brought in by an extra key', (key) => {
    expect(at(userData(extra({ [key]: 'x' }, { user: {} })), [key])).not.toBe('x')
    expect(warned(extra({ [key]: 'x' }))).toEqual(['platform.meta'])
  })
})

describe('Meta 8: keys of the sale', () => {
  test.each<[string, Json, Json]>([
    ['numbers', { predicted_ltv: '99.5', net_revenue: -3 }, { predicted_ltv: 99.5, net_revenue: -3 }],
    ['a status', { status: true }, { status: true }],
    ['a status in a word', { status: 'registered' }, { status: 'registered' }],
    ['delivery', { delivery_category: 'home_delivery' }, { delivery_category: 'home_delivery' }],
    ['products of one group', { content_type: 'product_group' }, { content_type: 'product_group' }],
    [
      'what Meta documents beside them',
      { item_number: 3, lead_event_source: 'CRM', product_catalog_id: 'c' },
      { item_number: '3', lead_event_source: 'CRM', product_catalog_id: 'c' },
    ],
    [
      'a journey, unchanged',
      { checkin_date: ' 2026-12-01', num_adults: 2, destination_ids: ['x', 'y'] },
      { checkin_date: ' 2026-12-01', num_adults: 2, destination_ids: ['x', 'y'] },
    ],
    [
      'a car, unchanged',
      { make: 'M', vin: 'V', year: '2020', mileage: { value: 5, unit: 'KM' } },
      { make: 'M', vin: 'V', year: '2020', mileage: { value: 5, unit: 'KM' } },
    ],
    [
      'a house, unchanged',
      { property_type: 'house', listing_type: 'for_sale', region: 'R', preferred_price_range: [1, 2] },
      { property_type: 'house', listing_type: 'for_sale', region: 'R', preferred_price_range: [1, 2] },
    ],
  ])('%s', (_what, meta, want) => {
    expect(customData(extra(meta, { items: [{ id: 'a' }] }))).toMatchObject({ ...want, value: 10, currency: 'USD' })
    expect(warned(extra(meta))).toEqual([])
  })

  test.each<[string, Json, string]>([
    ['an unknown delivery', { delivery_category: 'drone' }, 'delivery_category'],
    ['a type of content Meta does not list', { content_type: 'hotel' }, 'content_type'],
    ['a list with nothing in it', { destination_ids: [''] }, 'destination_ids'],
    ['an object with nothing in it', { mileage: { value: null } }, 'mileage'],
    ['an amount that is none', { predicted_ltv: 'lots' }, 'predicted_ltv'],
  ])('left out with a warning: %s', (_what, meta, key) => {
    expect(customData(extra(meta))).toEqual({ value: 10, currency: 'USD' })
    expect(warned(extra(meta))).toEqual([`platform.meta.${key}`])
  })

  test.each(['value', 'currency', 'order_id', 'num_items', 'nonsense', 'constructor', 'appsecret_proof'])(
    '%s is no extra key: left out, its name not repeated',
    (key) => {
      expect(send(extra({ [key]: 'x' }, { order_id: 'A' })).event).toEqual(send({ order_id: 'A' }).event)
      expect(warned(extra({ [key]: 'x' }))).toEqual(['platform.meta'])
    },
  )

  test('absent values are no faults, other platforms’ keys no business of Meta', () => {
    const platform = { meta: { opt_out: null, status: '' }, snapchat: { sign_up_method: 'x' } }
    expect(send({ platform }).event).toEqual(send().event)
    expect(warned({ platform })).toEqual([])
  })
})
