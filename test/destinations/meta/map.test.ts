import { describe, expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { dayMs } from '../../../shared/limits.ts'
import { at, fakeToken, forward, instance, type Json } from '../vectors.ts'

const time = Date.parse('2026-11-21T10:00:00.999Z')
const anInput = (change: Json = {}): Json => ({
  event: 'purchase',
  event_id: 'order-1',
  event_time: time,
  url: 'https://shop.example/thanks',
  value: 10,
  currency: 'usd',
  user: { email: 'jane@shop.example' },
  context: { ip: '203.0.113.7', user_agent: 'UA/1' },
  ...change,
})
const send = (change: Json = {}, settings: Partial<InstanceSettings> = {}, now = time) => {
  const result = forward(meta, anInput(change), instance('meta', settings), now)
  return { ...result, event: at(result.body, ['data', '0']) as Json | undefined }
}

test('the whole request of a purchase', () => {
  const { url, headers, body } = send({ referrer: 'https://news.example/', order_id: 'A1' })
  expect(url).toBe('https://graph.facebook.com/v26.0/1234567890/events')
  expect(headers).toEqual({ 'Content-Type': 'application/json', Authorization: `Bearer ${fakeToken}` })
  expect(body).toEqual({
    data: [
      {
        event_name: 'Purchase',
        event_time: 1795255200,
        event_id: 'order-1',
        action_source: 'website',
        event_source_url: 'https://shop.example/thanks',
        referrer_url: 'https://news.example/',
        user_data: {
          em: [expect.stringMatching(/^[\da-f]{64}$/) as unknown],
          client_ip_address: '203.0.113.7',
          client_user_agent: 'UA/1',
        },
        custom_data: { value: 10, currency: 'USD', order_id: 'A1' },
      },
    ],
    partner_agent: 'pairpixel_0_1',
  })
})

test.each<[string, Partial<InstanceSettings>, Json]>([
  ['another base', { endpoint: 'http://127.0.0.1:9/' }, { url: 'http://127.0.0.1:9/v26.0/1234567890/events' }],
  ['another version', { api_version: 'v25.0' }, { url: 'https://graph.facebook.com/v25.0/1234567890/events' }],
  [
    'a version without its letter',
    { api_version: '25.0' },
    { url: 'https://graph.facebook.com/v25.0/1234567890/events' },
  ],
  ['an ID is encoded', { pixel_id: ' a/b?c ' }, { url: 'https://graph.facebook.com/v26.0/a%2Fb%3Fc/events' }],
  ['a test code', { test_event_code: 'TEST1' }, { body: { test_event_code: 'TEST1' } }],
  ['another partner', { partner: 'shop_1_0' }, { body: { partner_agent: 'shop_1_0' } }],
])('request: %s', (_what, settings, want) => {
  expect(send({}, settings)).toMatchObject(want)
})

test('an empty partner switches the partner off', () => {
  expect(Object.keys(send({}, { partner: '' }).body!)).toEqual(['data'])
})

describe('why an event is not sent', () => {
  const noKeys = { user: {}, context: {} }
  test.each<[string, Json, string | undefined, Partial<InstanceSettings>?, number?]>([
    ['7 days old', {}, undefined, {}, time + 7 * dayMs],
    ['older than 7 days', {}, 'too_old', {}, time + 7 * dayMs + 1],
    ['62 days old, in a shop', { action_source: 'physical_store' }, undefined, {}, time + 62 * dayMs],
    ['older than 62 days, in a shop', { action_source: 'physical_store' }, 'too_old', {}, time + 62 * dayMs + 1],
    ['a setting’s shop counts too', {}, undefined, { action_source: 'physical_store' }, time + 62 * dayMs],
    ['a website event without an address', { url: '' }, 'missing_url'],
    ['an e-mail event without an address', { url: '', action_source: 'email' }, undefined],
    ['a purchase without value', { value: null }, 'missing_value'],
    ['a purchase of nothing', { value: 0 }, undefined],
    ['a purchase without currency', { currency: null }, 'missing_currency'],
    ['a purchase in no currency', { currency: 'dollars' }, 'missing_currency'],
    ['the site’s default fills in', { currency: null }, undefined, { default_currency: 'EUR' }],
    [
      'the site’s default does not replace what cannot be read',
      { currency: 'dollars' },
      'missing_currency',
      { default_currency: 'EUR' },
    ],
    ['another event needs no value', { event: 'lead', value: null, currency: null }, undefined],
    ['nothing about the visitor', noKeys, 'no_match_key'],
    ['a user agent alone', { user: {}, context: { user_agent: 'UA' } }, 'no_match_key'],
    [
      'where the visitor lives',
      { user: { city: 'Rome', country: 'IT', zip: '00100', state: 'RM', gender: 'f' }, context: { user_agent: 'UA' } },
      'no_match_key',
    ],
    ['a birthday', { user: { date_of_birth: '1990-01-02' }, context: { user_agent: 'UA' } }, 'no_match_key'],
    ['first name and gender', { user: { first_name: 'Jane', gender: 'f' }, context: {} }, 'no_match_key'],
    ['last name and gender', { user: { last_name: 'Doe', gender: 'f' }, context: {} }, 'no_match_key'],
    ['a full name', { user: { first_name: 'Jane', last_name: 'Doe' }, context: {} }, undefined],
    ['first name and city', { user: { first_name: 'Jane', city: 'Rome' }, context: {} }, undefined],
    ['address and user agent', { user: {} }, undefined],
    ['a private address and user agent', { user: {}, context: { ip: '10.0.0.1', user_agent: 'UA' } }, 'no_match_key'],
    ['a click ID', { user: {}, context: { click_ids: { fbclid: 'x' } } }, undefined],
    ['the pixel’s cookie', { user: {}, context: { cookies: { _fbp: 'fb.1.2.3' } } }, undefined],
    ['a customer number', { user: { external_id: '7' }, context: {} }, undefined],
  ])('%s → %s', (_what, change, reason, settings, now) => {
    const result = send(change, settings, now)
    expect(result.reason).toBe(reason)
    if (reason) expect(result.detail).toMatch(/^[A-Z].*\.$/)
    else expect(result.event).toBeDefined()
  })
})

describe('fields', () => {
  test.each<[string, Json, Json, Partial<InstanceSettings>?]>([
    ['a time ahead is clamped', { event_time: time + 5000 }, { event_time: 1795255200 }],
    [
      'an observed name goes before the mapped one',
      { event: 'lead', names: { meta: 'QuoteAsked' } },
      { event_name: 'QuoteAsked' },
    ],
    ['a standard name Meta lacks is custom', { event: 'login' }, { event_name: 'login' }],
    ['the event’s channel wins', { action_source: 'email' }, { action_source: 'email' }, { action_source: 'chat' }],
    ['the setting’s channel', {}, { action_source: 'chat' }, { action_source: 'chat' }],
    [
      'limits by the visitor',
      { consent: { state: 'granted', limited: true } },
      { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 },
    ],
    [
      'limits by a list',
      {},
      { data_processing_options: ['LDU'], data_processing_options_country: 0 },
      { data_processing_options: ['LDU'] },
    ],
    [
      'limits by the word alone',
      {},
      { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 },
      { data_processing_options: 'LDU' },
    ],
    [
      'limits of the event by the word alone',
      { platform: { meta: { data_processing_options: 'LDU', data_processing_options_country: 1 } } },
      { data_processing_options: ['LDU'], data_processing_options_country: 1 },
    ],
    [
      'limits by place',
      {},
      { data_processing_options: ['LDU'], data_processing_options_country: 1, data_processing_options_state: 1000 },
      {
        data_processing_options: {
          data_processing_options: ['LDU'],
          data_processing_options_country: 1,
          data_processing_options_state: 1000,
        },
      },
    ],
    [
      'an extra key on the list',
      { platform: { meta: { opt_out: true, predicted_ltv: 99, nonsense: 1 } } },
      { opt_out: true, custom_data: { predicted_ltv: 99, value: 10, currency: 'USD' } },
    ],
    [
      'products of one group, and what Meta documents beside them',
      { items: [{ id: 'a' }], platform: { meta: { content_type: 'product_group', lead_event_source: 'CRM' } } },
      { custom_data: { content_ids: ['a'], content_type: 'product_group', lead_event_source: 'CRM' } },
    ],
  ])('%s', (_what, change, want, settings) => {
    expect(send(change, settings).event).toMatchObject(want)
  })

  test.each<[string, Json, string[]]>([
    ['limits nobody asked for', {}, ['data_processing_options']],
    ['an extra key of the wrong kind', { platform: { meta: { opt_out: 'yes' } } }, ['opt_out']],
    ['another word than LDU', { platform: { meta: { data_processing_options: 'LMU' } } }, ['data_processing_options']],
    ['an unknown extra key', { platform: { meta: { nonsense: 1 } } }, ['nonsense']],
    ['empty custom data', { event: 'lead', value: null, currency: null }, ['custom_data']],
    ['a value without currency', { event: 'lead', currency: null }, ['custom_data']],
    ['a currency without value', { event: 'lead', value: null }, ['custom_data']],
    ['a search text outside a search', { search_string: 'hats' }, ['custom_data', 'search_string']],
    ['counted items outside a checkout', { event: 'add_to_cart', items: [{ id: 'a' }] }, ['custom_data', 'num_items']],
    ['the screen', { context: { ip: '8.8.8.8', screen_width: 1 } }, ['user_data', 'screen_width']],
    ['free properties', { props: { plan: 'pro' } }, ['custom_data', 'plan']],
    ['a private address', { context: { ip: '192.168.0.1' } }, ['user_data', 'client_ip_address']],
    ['a home-made browser ID', { context: { cookies: { _fbp: 'fb.1.x' } } }, ['user_data', 'fbp']],
  ])('absent: %s', (_what, change, path) => {
    expect(at(send(change).event, path)).toBeUndefined()
  })

  test.each([
    ['the first public one of a list', '10.0.0.1, 8.8.8.8, 9.9.9.9', '8.8.8.8'],
    ['IPv6', '2001:db8::1', '2001:db8::1'],
    ['IPv4 inside IPv6', '::ffff:8.8.8.8', '8.8.8.8'],
  ])('address: %s', (_what, ip, sent) => {
    expect(at(send({ context: { ip } }).event, ['user_data', 'client_ip_address'])).toBe(sent)
  })

  test.each<[string, Json, Json, string | undefined]>([
    [
      'a click with its capture time',
      { click_ids: { fbclid: { value: 'New', at: 1_795_000_000_000 } } },
      {},
      'fb.1.1795000000000.New',
    ],
    [
      'the same click keeps the cookie',
      { click_ids: { fbclid: 'Same' }, cookies: { _fbc: 'fb.2.123.Same.AQQCAQIB' } },
      {},
      'fb.2.123.Same.AQQCAQIB',
    ],
    ['the cookie alone', { cookies: { _fbc: 'fb.1.123.Old' } }, {}, 'fb.1.123.Old'],
    ['a malformed cookie', { cookies: { _fbc: 'fb.1.123' } }, {}, undefined],
    ['the page’s address', {}, { url: 'https://shop.example/?fbclid=FromUrl' }, `fb.1.${time}.FromUrl`],
    ['the referrer’s address', {}, { referrer: 'https://l.example/?fbclid=FromRef' }, `fb.1.${time}.FromRef`],
    ['never invented', {}, {}, undefined],
  ])('fbc: %s', (_what, context, change, fbc) => {
    expect(at(send({ ...change, context }).event, ['user_data', 'fbc'])).toBe(fbc)
  })

  test('items without an ID are left out, all are counted', () => {
    const items = [{ id: 'a', quantity: 2, price: 3 }, { name: 'no ID' }]
    const { event, warnings } = send({ event: 'begin_checkout', items })
    expect(event?.custom_data).toEqual({
      value: 10,
      currency: 'USD',
      content_ids: ['a'],
      contents: [{ id: 'a', quantity: 2, item_price: 3 }],
      content_type: 'product',
      num_items: 3,
    })
    expect(warnings?.map(({ field }) => field)).toEqual(['items'])
  })

  test('two values of a key both go', () => {
    expect(at(send({ user: { email: ['a@x.example', 'b@x.example'] } }).event, ['user_data', 'em'])).toHaveLength(2)
  })
})

test.each<[string, Json, string[]]>([
  ['nothing is wrong', {}, []],
  ['no user agent', { context: { ip: '8.8.8.8' } }, ['context.user_agent']],
  ['a value alone', { event: 'lead', currency: null }, ['value']],
  [
    'a bad cookie',
    { context: { ip: '8.8.8.8', user_agent: 'UA', cookies: { _fbc: 'x', _fbp: 'y' } } },
    ['context.cookies._fbc', 'context.cookies._fbp'],
  ],
  ['a time ahead', { event_time: time + 1 }, ['event_time']],
])('warnings: %s', (_what, change, fields) => {
  expect(
    send(change)
      .warnings?.map(({ field }) => field)
      .sort(),
  ).toEqual(fields)
})

test.each([
  [undefined, 50],
  [1, 1],
  [0, 1],
  [1000, 1000],
  [1001, 1000],
])('a batch size of %s is %i', (batch_size, size) => {
  expect(meta.batchSize(instance('meta', { batch_size }))).toBe(size)
})
