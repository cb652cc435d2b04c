import { describe, expect, test } from 'vitest'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { sha256 } from '../../../server/match-keys/digest.ts'
import { hourMs, minuteMs } from '../../../shared/limits.ts'
import { at, fakeToken, forward, instance, type Json } from '../vectors.ts'

const time = Date.parse('2026-11-21T10:00:00.500Z')
const anInput = (change: Json = {}): Json => ({
  event: 'purchase',
  event_id: 'order-1',
  event_time: time,
  url: 'https://shop.example/thanks',
  referrer: 'https://news.example/',
  value: 10,
  currency: 'usd',
  user: { email: 'john_doe@shop.example' },
  ...change,
})
const v2 = { api_version: 'v2.0' }
const send = (change: Json = {}, settings: Partial<InstanceSettings> = {}, now = time) => {
  const result = forward(reddit, anInput(change), instance('reddit', { pixel_id: 'a2_x', ...settings }), now)
  const events = at(result.body, settings.api_version === 'v2.0' ? ['events'] : ['data', 'events']) as
    Json[] | undefined
  return { ...result, event: events?.[0] }
}
const digest = expect.stringMatching(/^[\da-f]{64}$/) as unknown

test('the whole v3 request of a purchase', () => {
  const { url, headers, body, name } = send({ order_id: 'A1' })
  expect(url).toBe('https://ads-api.reddit.com/api/v3/pixels/a2_x/conversion_events')
  expect(headers).toEqual({
    'Content-Type': 'application/json',
    Authorization: `Bearer ${fakeToken}`,
    'User-Agent': 'node:pairpixel:0.1.0',
  })
  expect(name).toBe('Purchase')
  expect(body).toEqual({
    data: {
      events: [
        {
          event_at: time,
          action_source: 'WEBSITE',
          event_source_url: 'https://shop.example/thanks',
          referrer_url: 'https://news.example/',
          type: { tracking_type: 'PURCHASE' },
          metadata: { currency: 'USD', value: 10, order_id: 'A1', conversion_id: digest },
          user: { email: digest },
        },
      ],
    },
  })
})

test('the whole v2.0 request of a purchase', () => {
  const { url, body, name } = send({ order_id: 'A1' }, v2)
  expect(url).toBe('https://ads-api.reddit.com/api/v2.0/conversions/events/a2_x')
  expect(name).toBe('Purchase')
  expect(body).toEqual({
    events: [
      {
        event_at: '2026-11-21T10:00:00.500Z',
        event_type: { tracking_type: 'Purchase' },
        event_metadata: { currency: 'USD', value_decimal: 10, conversion_id: digest },
        user: { email: digest },
      },
    ],
  })
})

test.each<[string, Partial<InstanceSettings>, Json]>([
  [
    'another base',
    { endpoint: 'http://127.0.0.1:9/' },
    { url: 'http://127.0.0.1:9/api/v3/pixels/a2_x/conversion_events' },
  ],
  [
    'an ID is encoded',
    { pixel_id: ' a/b ' },
    { url: 'https://ads-api.reddit.com/api/v3/pixels/a%2Fb/conversion_events' },
  ],
  ['a test ID', { test_id: 't-1' }, { body: { data: { test_id: 't-1' } } }],
  ['a partner', { partner: 'SHOP' }, { body: { data: { partner: 'SHOP' } } }],
  ['test mode of v2', { ...v2, test_mode: true }, { body: { test_mode: true } }],
  ['a partner of v2', { ...v2, partner: 'SHOP' }, { body: { partner: 'SHOP' } }],
])('request: %s', (_what, settings, want) => {
  expect(send({}, settings)).toMatchObject(want)
})

test.each<[string, Partial<InstanceSettings>, string[]]>([
  ['v3 has no test mode', { test_mode: true }, ['data']],
  ['v2 has no test ID', { ...v2, test_id: 't-1' }, ['events']],
  ['test mode that is off', { ...v2, test_mode: false }, ['events']],
])('request: %s', (_what, settings, keys) => {
  expect(Object.keys(send({}, settings).body!)).toEqual(keys)
})

test.each([
  [{}, 200],
  [{ batch_size: 5000 }, 1000],
  [{ test_id: 't-1', batch_size: 50 }, 1],
  [{ ...v2, test_id: 't-1' }, 200],
])('the batch size under %j is %i', (settings, size) => {
  expect(reddit.batchSize(instance('reddit', settings))).toBe(size)
})

describe('why an event is not sent', () => {
  const screen = { ip: '203.0.113.7', user_agent: 'UA', screen_width: 100, screen_height: 100 }
  test.each<[string, Json, string | undefined, number?, Partial<InstanceSettings>?]>([
    ['168 hours old', {}, undefined, time + 168 * hourMs],
    ['older than 168 hours', {}, 'too_old', time + 168 * hourMs + 1],
    ['5 minutes ahead', {}, undefined, time - 5 * minuteMs],
    ['more than 5 minutes ahead', {}, 'in_future', time - 5 * minuteMs - 1],
    ['nothing about the visitor', { user: {} }, 'no_match_key'],
    ['limits are no match key', { user: {}, consent: { limited: true } }, 'no_match_key'],
    ['address, user agent and screen', { user: {}, context: screen }, undefined],
    ['address and screen', { user: {}, context: { ...screen, user_agent: null } }, 'no_match_key'],
    ['user agent and screen', { user: {}, context: { ...screen, ip: null } }, 'no_match_key'],
    ['half a screen', { user: {}, context: { ...screen, screen_height: null } }, 'no_match_key'],
    ['a click ID', { user: {}, context: { click_ids: { rdt_cid: '3' } } }, undefined],
    ['the click’s cookie', { user: {}, context: { cookies: { _rdt_cid: '3' } } }, undefined],
    ['a click ID in the address', { user: {}, url: 'https://shop.example/?rdt_cid=3' }, undefined],
    ['the pixel’s cookie', { user: {}, context: { cookies: { _rdt_uuid: '1.u' } } }, undefined],
    ['an advertising ID', { user: {}, context: { advertising_id: 'abc', os: 'ios' } }, undefined],
    ['a phone number', { user: { phone: '+15554441234' } }, undefined],
    [
      'a click ID in a shop does not count',
      { user: {}, context: { click_ids: { rdt_cid: '3' } }, action_source: 'physical_store' },
      'no_match_key',
    ],
    ['a purchase without value or currency goes', { value: null, currency: null }, undefined],
  ])('%s → %s', (_what, change, reason, now, settings) => {
    const result = send(change, settings, now)
    expect(result.reason).toBe(reason)
    if (reason) expect(result.detail).toMatch(/^[A-Z].*\.$/)
    else expect(result.event).toBeDefined()
  })
})

test.each<[string, Json, string, boolean, boolean]>([
  ['PageVisit', { event: 'page_view' }, 'PAGE_VISIT', false, false],
  ['ViewContent', { event: 'view_item' }, 'VIEW_CONTENT', false, false],
  ['Search', { event: 'search' }, 'SEARCH', false, false],
  ['AddToCart', { event: 'add_to_cart' }, 'ADD_TO_CART', true, true],
  ['AddToWishlist', { event: 'add_to_wishlist' }, 'ADD_TO_WISHLIST', true, true],
  ['Purchase', { event: 'purchase' }, 'PURCHASE', true, true],
  ['Lead', { event: 'lead' }, 'LEAD', true, false],
  ['SignUp', { event: 'complete_registration' }, 'SIGN_UP', true, false],
  ['begin_checkout', { event: 'begin_checkout' }, 'CUSTOM', true, true],
  ['My Event', { event: 'My Event' }, 'CUSTOM', true, true],
  ['Lead', { event: 'contact', names: { reddit: 'Lead' } }, 'LEAD', true, false],
  ['Quote', { event: 'lead', names: { reddit: 'Quote' } }, 'CUSTOM', true, true],
])('%s from %j is %s: value %s, count %s', (name, change, type, takesValue, takesCount) => {
  const input = { ...change, items: [{ id: 'a' }], url: null }
  const three = send(input)
  const two = send(input, v2)
  const custom = type === 'CUSTOM' ? { custom_event_name: name } : {}
  expect([three.name, two.name]).toEqual([name, name])
  expect(three.event?.type).toEqual({ tracking_type: type, ...custom })
  expect(two.event?.event_type).toEqual({ tracking_type: type === 'CUSTOM' ? 'Custom' : name, ...custom })
  const shared = {
    ...(takesValue && { currency: 'USD' }),
    ...(takesCount && { item_count: 1 }),
    conversion_id: digest,
    products: [{ id: 'a' }],
  }
  expect(three.event?.metadata).toEqual({ ...shared, ...(takesValue && { value: 10 }) })
  expect(two.event?.event_metadata).toEqual({ ...shared, ...(takesValue && { value_decimal: 10 }) })
})

describe('fields', () => {
  test.each<[string, Json, string[], unknown, Partial<InstanceSettings>?]>([
    [
      'the setting’s channel in our words',
      {},
      ['action_source'],
      'PHYSICAL_STORE',
      { action_source: 'physical_store' },
    ],
    ['the setting’s channel in Reddit’s words', {}, ['action_source'], 'OTHER', { action_source: 'OTHER' }],
    ['the event’s channel wins', { action_source: 'app' }, ['action_source'], 'APP', { action_source: 'OTHER' }],
    ['a phone call is another channel', { action_source: 'phone_call' }, ['action_source'], 'OTHER'],
    ['no addresses outside the website', { action_source: 'app' }, ['event_source_url'], undefined],
    ['no referrer outside the website', { action_source: 'app' }, ['referrer_url'], undefined],
    ['the e-mail rule', {}, ['user', 'email'], sha256('johndoe@shop.example')],
    ['the older e-mail rule', {}, ['user', 'email'], sha256('john_doe@shop.example'), { email_rule: 'dots' }],
    [
      'the click ID goes before its cookie',
      { context: { click_ids: { rdt_cid: '1' }, cookies: { _rdt_cid: '2' } } },
      ['click_id'],
      '1',
    ],
    [
      'the cookie goes before the address',
      { context: { cookies: { _rdt_cid: '2' } }, url: 'https://x.example/?rdt_cid=3' },
      ['click_id'],
      '2',
    ],
    ['an address is hashed', { context: { ip: '2001:DB8::0:1' } }, ['user', 'ip_address'], sha256('2001:db8::1')],
    [
      'an address in clear, in its one spelling',
      { context: { ip: '[2001:DB8::0:1]:443, 10.0.0.1' } },
      ['user', 'ip_address'],
      '2001:db8::1',
      { hash_ip: false },
    ],
    [
      'an address that came hashed stays',
      { context: { ip: sha256('x') } },
      ['user', 'ip_address'],
      sha256('x'),
      { hash_ip: false },
    ],
    ['words for an address', { context: { ip: 'unknown' } }, ['user', 'ip_address'], undefined, { hash_ip: false }],
    ['a side of 0', { context: { screen_width: 0, screen_height: 9 } }, ['user', 'screen_dimensions'], undefined],
    [
      'a side of 0.5',
      { context: { screen_width: 0.5, screen_height: 9 } },
      ['user', 'screen_dimensions'],
      { width: 1, height: 9 },
    ],
    [
      'the largest side',
      { context: { screen_width: 32767, screen_height: 9 } },
      ['user', 'screen_dimensions'],
      { width: 32767, height: 9 },
    ],
    [
      'a side too large',
      { context: { screen_width: 32768, screen_height: 9 } },
      ['user', 'screen_dimensions'],
      undefined,
    ],
    ['limits by the visitor', { consent: { limited: true } }, ['user', 'data_processing_options'], { modes: ['LDU'] }],
    [
      'limits by the visitor, place by the setting',
      { consent: { limited: true } },
      ['user', 'data_processing_options'],
      { modes: ['LDU'], country: 'US', region: 'US-CA' },
      { data_processing_options: { country: 'US', region: 'US-CA' } },
    ],
    [
      'limits by a list',
      {},
      ['user', 'data_processing_options'],
      { modes: ['LDU'] },
      { data_processing_options: ['LDU'] },
    ],
    [
      'limits by the word alone',
      {},
      ['user', 'data_processing_options'],
      { modes: ['LDU'] },
      { data_processing_options: 'LDU' },
    ],
    [
      'the event’s own options go before the setting’s',
      { platform: { reddit: { data_processing_options: [] } } },
      ['user', 'data_processing_options'],
      undefined,
      { data_processing_options: ['LDU'] },
    ],
    [
      'a place without limits',
      {},
      ['user', 'data_processing_options'],
      undefined,
      { data_processing_options: { country: 'US' } },
    ],
    [
      'units: missing and broken quantities count 1',
      { items: [{ id: 'a', quantity: 2.5 }, { name: 'b' }, { id: 'c', quantity: 0 }] },
      ['metadata', 'item_count'],
      2,
    ],
    ['a broken quantity', { items: [{ id: 'a', quantity: 2.5, price: -1 }] }, ['metadata', 'products'], [{ id: 'a' }]],
    [
      'a quantity of 0',
      { items: [{ id: 'a', quantity: 0, price: 0 }] },
      ['metadata', 'products'],
      [{ id: 'a', quantity: 0, item_price: 0 }],
    ],
    ['no product with an ID', { items: [{ name: 'b' }] }, ['metadata', 'products'], undefined],
    ['a currency alone', { value: null }, ['metadata', 'currency'], 'USD'],
    ['the site’s currency', { currency: null }, ['metadata', 'currency'], 'EUR', { default_currency: 'EUR' }],
    ['no currency is invented', { currency: null }, ['metadata', 'currency'], undefined],
    ['a negative value', { value: -1 }, ['metadata', 'value'], undefined],
    ['a value of 0', { value: 0 }, ['metadata', 'value'], 0],
  ])('%s', (_what, change, path, want, settings) => {
    expect(at(send(change, settings).event, path)).toEqual(want)
  })

  test('of a sale in a shop only hashed personal keys go', () => {
    const context = {
      ip: '8.8.8.8',
      user_agent: 'UA',
      screen_width: 9,
      screen_height: 9,
      advertising_id: 'x',
      os: 'ios',
      cookies: { _rdt_uuid: 'u' },
    }
    const { event } = send({ context, action_source: 'physical_store' })
    expect(event?.user).toEqual({ email: digest })
    expect(Object.keys(event!)).toEqual(['event_at', 'action_source', 'type', 'metadata', 'user'])
  })
})

test.each<[string, Json, string[]]>([
  ['nothing is wrong', {}, []],
  ['no currency', { currency: null }, ['currency']],
  ['a broken currency', { currency: 'dollars' }, ['currency']],
  ['a negative value', { value: -5 }, ['value']],
  ['a product without ID', { items: [{ name: 'x' }] }, ['items']],
  ['a screen out of range', { context: { screen_width: 0, screen_height: 9 } }, ['context.screen_width']],
])('warnings: %s', (_what, change, fields) => {
  expect(send(change).warnings?.map(({ field }) => field)).toEqual(fields)
})
