import { describe, expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { dayMs, minuteMs } from '../../../shared/limits.ts'
import { at, forward, instance, type Json } from '../vectors.ts'

const time = Date.parse('2026-11-21T10:00:00.500Z')
const anInput = (change: Json = {}): Json => ({
  event: 'purchase',
  event_id: 'order-1',
  event_time: time,
  url: 'https://shop.example/thanks',
  value: 10,
  currency: 'usd',
  user: { email: 'jane@shop.example' },
  ...change,
})
const send = (change: Json = {}, settings: Partial<InstanceSettings> = {}, now = time) => {
  const result = forward(
    snapchat,
    anInput(change),
    instance('snapchat', { access_token: 'to ken/+', ...settings }),
    now,
  )
  return { ...result, event: at(result.body, ['data', '0']) as Json | undefined }
}
const digest = expect.stringMatching(/^[\da-f]{64}$/) as unknown

test('the whole request of a purchase', () => {
  const { url, headers, body } = send({
    order_id: 'A1',
    referrer: 'https://news.example/',
    context: { screen_width: 9, screen_height: 9 },
  })
  expect(url).toBe('https://tr.snapchat.com/v3/1234567890/events?access_token=to%20ken%2F%2B')
  expect(headers).toEqual({ 'Content-Type': 'application/json' })
  expect(body).toEqual({
    data: [
      {
        event_name: 'PURCHASE',
        event_time: time,
        action_source: 'WEB',
        event_id: 'order-1',
        event_source_url: 'https://shop.example/thanks',
        user_data: { em: [digest] },
        custom_data: { currency: 'USD', value: 10, order_id: 'A1' },
      },
    ],
  })
})

test.each<[string, Partial<InstanceSettings>, Json]>([
  [
    'another base',
    { endpoint: 'http://127.0.0.1:9', access_token: 't' },
    { url: 'http://127.0.0.1:9/v3/1234567890/events?access_token=t' },
  ],
  [
    'test mode',
    { test_mode: true, access_token: 't' },
    { url: 'https://tr.snapchat.com/v3/1234567890/events/validate?access_token=t' },
  ],
  [
    'an ID is encoded',
    { pixel_id: ' a/b ', access_token: 't' },
    { url: 'https://tr.snapchat.com/v3/a%2Fb/events?access_token=t' },
  ],
  ['a test code', { test_event_code: 'T1' }, { body: { test_event_code: 'T1' } }],
])('request: %s', (_what, settings, want) => {
  expect(send({}, settings)).toMatchObject(want)
})

describe('why an event is not sent', () => {
  const nobody = { user: {} }
  test.each<[string, Json, string | undefined, number?, Partial<InstanceSettings>?]>([
    ['a custom event', { event: 'popup_closed' }, 'not_mapped'],
    ['a standard event Snapchat lacks', { event: 'contact' }, 'not_mapped'],
    ['a member of its set', { event: 'CUSTOM_EVENT_5' }, undefined],
    ['one past its set', { event: 'CUSTOM_EVENT_6' }, 'not_mapped'],
    ['an observed name of its set', { event: 'contact', names: { snapchat: 'CUSTOM_EVENT_2' } }, undefined],
    ['an observed name outside its set', { event: 'lead', names: { snapchat: 'LEAD' } }, 'not_mapped'],
    ['7 days old', {}, undefined, time + 7 * dayMs],
    ['older than 7 days', {}, 'too_old', time + 7 * dayMs + 1],
    ['an app event older than 7 days', { action_source: 'app' }, 'too_old', time + 7 * dayMs + 1],
    ['an offline event older than 7 days', { action_source: 'physical_store' }, undefined, time + 7 * dayMs + 1],
    ['an offline event older than 28 days', { action_source: 'other' }, 'too_old', time + 28 * dayMs + 1],
    ['10 minutes ahead', {}, undefined, time - 10 * minuteMs],
    ['more than 10 minutes ahead', {}, 'in_future', time - 10 * minuteMs - 1],
    ['no address on the web', { url: null }, 'missing_url'],
    ['no address elsewhere', { url: null, action_source: 'phone_call' }, undefined],
    ['a purchase without value', { value: null }, 'missing_value'],
    ['a purchase whose items have prices', { value: null, items: [{ id: 'a', price: 3 }] }, undefined],
    ['a purchase without currency', { currency: null }, 'missing_currency'],
    ['a purchase in no currency', { currency: 'dollars' }, 'missing_currency'],
    ['the site’s default fills in', { currency: null }, undefined, time, { default_currency: 'EUR' }],
    ['a currency off the list', { currency: 'RSD' }, 'unsupported_currency'],
    ['a currency off the list, no purchase', { event: 'add_to_cart', currency: 'RSD' }, 'unsupported_currency'],
    ['another event needs no value', { event: 'search', value: null, currency: null }, undefined],
    ['nothing about the visitor', nobody, 'no_match_key'],
    [
      'a click ID, a cookie and a name',
      {
        user: { first_name: 'Jane', external_id: '7' },
        context: { click_ids: { ScCid: 'x' }, cookies: { _scid: 'abcdefgh' } },
      },
      'no_match_key',
    ],
    ['an address', { ...nobody, context: { ip: '8.8.8.8' } }, 'no_match_key'],
    ['address and user agent', { ...nobody, context: { ip: '8.8.8.8', user_agent: 'UA' } }, undefined],
    ['words for an address', { ...nobody, context: { ip: 'unknown', user_agent: 'UA' } }, 'no_match_key'],
    ['a phone number', { user: { phone: '+15554441234' } }, undefined],
    [
      'an advertising ID of an app',
      { ...nobody, action_source: 'app', context: { advertising_id: 'AB', os: 'ios' } },
      undefined,
    ],
    ['an advertising ID on the web', { ...nobody, context: { advertising_id: 'AB', os: 'ios' } }, 'no_match_key'],
  ])('%s → %s', (_what, change, reason, now, settings) => {
    const result = send(change, settings, now)
    expect(result.reason).toBe(reason)
    if (reason) expect(result.detail).toMatch(/^[A-Z].*\.$/)
    else expect(result.event).toBeDefined()
  })
})

test.each([
  ['level_complete', 'LEVEL_COMPLETE'],
  ['APP_OPEN', 'APP_OPEN'],
  ['lead', 'SIGN_UP'],
  ['promotion_click', 'AD_CLICK'],
  ['spend_credits', 'SPENT_CREDITS'],
])('the event %s is %s', (event, name) => {
  expect(send({ event })).toMatchObject({ name, event: { event_name: name } })
})

test.each([
  ['website', 'WEB'],
  ['app', 'MOBILE_APP'],
  ['physical_store', 'physical_store'],
  ['phone_call', 'phone_call'],
  ['email', 'email'],
  ['chat', 'chat'],
  ['system_generated', 'system_generated'],
  ['other', 'OFFLINE'],
])('the channel %s is %s', (action_source, source) => {
  expect(send({ action_source }).event?.action_source).toBe(source)
  expect(send({}, { action_source: source.toLowerCase() }).event?.action_source).toBe(source)
})

describe('fields', () => {
  const url = 'https://shop.example/?SCCID=FromUrl'
  test.each<[string, Json, string[], unknown, Partial<InstanceSettings>?]>([
    ['one value of a key goes', { user: { email: ['a@x.example', 'b@x.example'] } }, ['user_data', 'em'], [digest]],
    ['no birthday', { user: { email: 'a@x.example', date_of_birth: '1990-01-02' } }, ['user_data', 'db'], undefined],
    [
      'a private address goes in clear',
      { context: { ip: ' 10.0.0.1 , 8.8.8.8' } },
      ['user_data', 'client_ip_address'],
      '10.0.0.1',
    ],
    [
      'the click ID goes before the address',
      { url, context: { click_ids: { ScCid: 'Own' } } },
      ['user_data', 'sc_click_id'],
      'Own',
    ],
    [
      'the address goes before the cookie',
      { url, context: { cookies: { _scclid: 'Kept' } } },
      ['user_data', 'sc_click_id'],
      'FromUrl',
    ],
    ['the referrer', { referrer: url }, ['user_data', 'sc_click_id'], 'FromUrl'],
    ['the cookie', { context: { cookies: { _scclid: 'Kept' } } }, ['user_data', 'sc_click_id'], 'Kept'],
    ['a cookie not in form', { context: { cookies: { _scid: 'short' } } }, ['user_data', 'sc_cookie1'], undefined],
    [
      'no advertising ID on the web',
      { context: { advertising_id: 'AB', os: 'ios' } },
      ['user_data', 'madid'],
      undefined,
    ],
    [
      'an app’s advertising ID in lower case',
      { action_source: 'app', context: { advertising_id: 'AB' } },
      ['user_data', 'madid'],
      'ab',
    ],
    ['an app’s vendor ID', { action_source: 'app', platform: { snapchat: { idfv: 'v' } } }, ['user_data', 'idfv'], 'v'],
    ['no vendor ID on the web', { platform: { snapchat: { idfv: 'v' } } }, ['user_data', 'idfv'], undefined],
    ['limits by the visitor', { consent: { limited: true } }, ['data_processing_options'], ['LMU']],
    ['limits by the setting', {}, ['data_processing_options'], ['LMU'], { data_processing_options: ['LMU'] }],
    ['another platform’s word', {}, ['data_processing_options'], undefined, { data_processing_options: ['LDU'] }],
    ['a currency alone', { event: 'search', value: null }, ['custom_data'], { currency: 'USD' }],
    ['a value alone', { event: 'search', currency: null }, ['custom_data'], undefined],
    ['a currency that is none', { event: 'search', currency: 'dollars' }, ['custom_data'], undefined],
    [
      'a sum to three decimals',
      { value: null, items: [{ price: 0.1, quantity: 3 }, { price: 0.00049 }] },
      ['custom_data', 'value'],
      0.3,
    ],
    [
      'an item without price adds nothing',
      { value: null, items: [{ id: 'a', price: 2 }, { id: 'b' }] },
      ['custom_data', 'value'],
      2,
    ],
    ['the event’s own value stands', { items: [{ price: 99 }] }, ['custom_data', 'value'], 10],
    [
      'items without ID are skipped',
      { items: [{ id: 'a' }, { name: 'b' }, { id: 'a' }] },
      ['custom_data', 'content_ids'],
      ['a', 'a'],
    ],
    ['a name of one item only', { items: [{ name: 'a' }, { name: 'b' }] }, ['custom_data', 'content_name'], undefined],
    ['units', { items: [{ id: 'a', quantity: 2 }, { id: 'b' }] }, ['custom_data', 'num_items'], 3],
    [
      'an extra key on the list',
      { platform: { snapchat: { event_tag: 'x', nonsense: 1 } } },
      ['custom_data'],
      { currency: 'USD', value: 10, event_tag: 'x' },
    ],
  ])('%s', (_what, change, path, want, settings) => {
    expect(at(send(change, settings).event, path)).toEqual(want)
  })
})

test.each<[string, Json, string[]]>([
  ['nothing is wrong', {}, []],
  ['a value alone', { event: 'search', currency: null }, ['value']],
  ['a broken currency', { event: 'search', currency: 'dollars' }, ['currency', 'value']],
  ['words for an address', { context: { ip: 'unknown' } }, ['context.ip']],
  ['a cookie not in form', { context: { cookies: { _scid: 'short' } } }, ['context.cookies._scid']],
])('warnings: %s', (_what, change, fields) => {
  expect(send(change).warnings?.map(({ field }) => field)).toEqual(fields)
})

test.each([
  [undefined, 200],
  [5000, 2000],
])('a batch size of %s is %i', (batch_size, size) => {
  expect(snapchat.batchSize(instance('snapchat', { batch_size }))).toBe(size)
})
