import { describe, expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { dayMs } from '../../../shared/limits.ts'
import { time } from '../send.ts'
import { fakeToken, instance, type Json } from '../vectors.ts'
import { send, warned } from './send.ts'

describe('Meta 1 and 3: the request', () => {
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
    [
      'white space around a token is not sent',
      { access_token: ` ${fakeToken}\n` },
      { headers: { Authorization: `Bearer ${fakeToken}` } },
    ],
    ['a test code (Meta 14)', { test_event_code: 'TEST1' }, { body: { test_event_code: 'TEST1' } }],
    ['another partner', { partner: 'shop_1_0' }, { body: { partner_agent: 'shop_1_0' } }],
  ])('%s', (_what, settings, want) => {
    expect(send({}, settings)).toMatchObject(want)
  })

  test('an empty partner switches the partner off; test settings of other platforms reach nothing', () => {
    expect(Object.keys(send({}, { partner: '', test_mode: true, test_id: 't' }).body!)).toEqual(['data'])
  })
})

test.each([
  [undefined, 50],
  [1, 1],
  [0, 1],
  [1000, 1000],
  [1001, 1000],
])('Meta 2: a batch size of %s is %i', (batch_size, size) => {
  expect(meta.batchSize(instance('meta', { batch_size }))).toBe(size)
})

describe('Meta 4: the event', () => {
  test.each<[string, Json, Json, Partial<InstanceSettings>?]>([
    ['a time is floored to seconds', {}, { event_time: 1795255200 }],
    ['a time ahead is clamped', { event_time: time + 5000 }, { event_time: 1795255200 }],
    ['an ID stays text, letter for letter', { event_id: '000123' }, { event_id: '000123' }],
    ['a referrer as it is', { referrer: 'android-app://a.b/' }, { referrer_url: 'android-app://a.b/' }],
    ['the website is the default', {}, { action_source: 'website' }],
    ['the setting’s channel', {}, { action_source: 'chat' }, { action_source: 'chat' }],
    ['the setting’s channel in another case', {}, { action_source: 'email' }, { action_source: ' EMAIL ' }],
    ['the event’s channel wins', { action_source: 'email' }, { action_source: 'email' }, { action_source: 'chat' }],
    [
      'messages, which only a setting can name',
      { platform: { meta: { messaging_channel: 'whatsapp' } } },
      { action_source: 'business_messaging', messaging_channel: 'whatsapp' },
      { action_source: 'business_messaging' },
    ],
    ['an address in capitals', { url: 'HTTPS://Shop.Example/A' }, { event_source_url: 'HTTPS://Shop.Example/A' }],
  ])('%s', (_what, change, want, settings) => {
    expect(send(change, settings).event).toMatchObject(want)
  })

  test.each(['website', 'app', 'email', 'phone_call', 'chat', 'physical_store', 'system_generated', 'other'])(
    'action source %s',
    (source) => {
      expect(send({ action_source: source }).event).toMatchObject({ action_source: source })
    },
  )

  test('what an address of another kind was: left out off the web, with a warning', () => {
    const change = { url: 'myapp://thanks', action_source: 'email' }
    expect(send(change).event).not.toHaveProperty('event_source_url')
    expect(warned(change)).toEqual(['url'])
  })
})

describe('Meta 7: names', () => {
  test.each([
    ['PageView', ['page_view', 'page', 'gtm.dom', 'PageView']],
    ['ViewContent', ['view_content', 'view_item', 'product_viewed', 'ViewContent']],
    ['Search', ['search', 'view_search_results', 'products_searched']],
    ['AddToCart', ['add_to_cart', 'product_added', 'AddToCart']],
    ['AddToWishlist', ['add_to_wishlist', 'product_added_to_wishlist']],
    ['InitiateCheckout', ['initiate_checkout', 'begin_checkout', 'checkout_started', 'InitiateCheckout']],
    ['AddPaymentInfo', ['add_payment_info', 'payment_info_entered']],
    ['Purchase', ['purchase', 'order_completed']],
    ['Lead', ['lead', 'generate_lead']],
    ['CompleteRegistration', ['complete_registration', 'sign_up', 'signed_up']],
    ['Subscribe', ['subscribe']],
    ['StartTrial', ['start_trial']],
    ['Contact', ['contact']],
    ['CustomizeProduct', ['customize_product']],
    ['Donate', ['donate']],
    ['FindLocation', ['find_location']],
    ['Schedule', ['schedule']],
    ['SubmitApplication', ['submit_application']],
  ])('%s', (name, spellings) => {
    for (const event of spellings) expect(send({ event }), event).toMatchObject({ name, event: { event_name: name } })
    expect(meta.nameOf(spellings[0]!)).toBe(name)
  })

  test.each([
    ['a custom event', 'newsletter_popup_closed', undefined, 'newsletter_popup_closed'],
    ['a custom event of another script', 'Événement 東京', undefined, 'Événement 東京'],
    ['a long custom event', 'x'.repeat(256), undefined, 'x'.repeat(256)],
    ['a standard name Meta lacks', 'login', undefined, 'login'],
    ['a special name', 'AppendValue', undefined, 'AppendValue'],
    ['the name the page’s pixel used', 'lead', { meta: 'QuoteAsked' }, 'QuoteAsked'],
    ['the name another platform’s pixel used', 'lead', { reddit: 'SignUp' }, 'Lead'],
  ])('%s', (_what, event, names, name) => {
    expect(send({ event, names }).event?.event_name).toBe(name)
  })

  test('a name an operator writes', () => {
    expect(['lead', 'Generate Lead', 'MyEvent', 'AppendAttribution'].map((name) => meta.nameOf(name))).toEqual([
      'Lead',
      'Lead',
      'MyEvent',
      'AppendAttribution',
    ])
  })
})

describe('Meta 13: checks before sending', () => {
  test.each<[string, Json, string | undefined, Partial<InstanceSettings>?, number?]>([
    ['7 days old', {}, undefined, {}, time + 7 * dayMs],
    ['older than 7 days', {}, 'too_old', {}, time + 7 * dayMs + 1],
    ['62 days old, in a shop', { action_source: 'physical_store' }, undefined, {}, time + 62 * dayMs],
    ['older than 62 days, in a shop', { action_source: 'physical_store' }, 'too_old', {}, time + 62 * dayMs + 1],
    ['a setting’s shop counts too', {}, undefined, { action_source: 'physical_store' }, time + 62 * dayMs],
    ['an old e-mail event', { action_source: 'email' }, 'too_old', {}, time + 8 * dayMs],
    ['a website event without an address', { url: '' }, 'missing_url'],
    ['a website event with half an address', { url: '/thanks' }, 'missing_url'],
    ['a website event with an app’s address', { url: 'myapp://thanks' }, 'missing_url'],
    ['a website event with a scheme alone', { url: 'https://' }, 'missing_url'],
    ['an e-mail event without an address', { url: '', action_source: 'email' }, undefined],
    ['a purchase without value', { value: null }, 'missing_value'],
    ['a purchase with a value that is none', { value: '1,299.00' }, 'missing_value'],
    ['a purchase with a value below zero', { value: -0.01 }, 'missing_value'],
    ['a purchase of nothing', { value: 0 }, undefined],
    ['a purchase of nothing', { value: 0 }, undefined],
    ['a purchase with a numeric text', { value: ' 14.50 ' }, undefined],
    ['a purchase without currency', { currency: null }, 'missing_currency'],
    ['a purchase in no currency', { currency: 'dollars' }, 'missing_currency'],
    ['a purchase in a sign', { currency: '€' }, 'missing_currency'],
    ['a purchase in three letters that are no currency', { currency: 'XYZ' }, 'unsupported_currency'],
    ['a currency of three decimals', { currency: 'kwd', value: 1.234 }, undefined],
    ['a new currency', { currency: 'XCG' }, undefined],
    ['the site’s default fills in', { currency: null }, undefined, { default_currency: 'EUR' }],
    ['the site’s default is no currency', { currency: null }, 'unsupported_currency', { default_currency: 'XYZ' }],
    [
      'the site’s default does not replace what cannot be read',
      { currency: 'dollars' },
      'missing_currency',
      { default_currency: 'EUR' },
    ],
    ['another event needs no value', { event: 'lead', value: null, currency: null }, undefined],
    ['another event’s unknown currency', { event: 'lead', currency: 'XYZ' }, undefined],
    ['a purchase under another name needs no value', { names: { meta: 'Sold' }, value: null }, undefined],
    [
      'a custom event sent as a purchase does',
      { event: 'x', names: { meta: 'Purchase' }, value: null },
      'missing_value',
    ],
  ])('%s → %s', (_what, change, reason, settings, now) => {
    const result = send(change, settings, now)
    expect(result.reason).toBe(reason)
    if (reason) expect(result.detail).toMatch(/^[A-Z].*\.$/)
    else expect(result.event).toBeDefined()
  })

  test.each<[string, Json, string[], Partial<InstanceSettings>?]>([
    ['nothing is wrong', {}, []],
    ['no user agent', { context: { ip: '8.8.8.8' } }, ['context.user_agent']],
    ['no user agent off the web', { context: { ip: '8.8.8.8' }, action_source: 'phone_call' }, []],
    ['a value alone', { event: 'lead', currency: null }, ['value']],
    ['a currency nobody knows', { event: 'lead', currency: 'XYZ' }, ['currency', 'value']],
    ['a time ahead', { event_time: time + 1 }, ['event_time']],
    ['a test code, no dry run at Meta (Meta 14)', {}, ['test_event_code'], { test_event_code: 'TEST1' }],
    ['an app event without what only the app knows', { action_source: 'app' }, ['platform.meta.app_data']],
    [
      'messages without their channel',
      {},
      ['platform.meta.messaging_channel'],
      { action_source: 'business_messaging' },
    ],
  ])('warnings: %s', (_what, change, fields, settings) => {
    expect(warned(change, settings)).toEqual(fields)
  })

  test('the oldest event Meta takes, by its channel', () => {
    const age = (settings: Partial<InstanceSettings>) =>
      meta.limits.maxAgeMs(
        { event: 'lead', event_id: '1', event_time: 0, keys: { meta: {}, reddit: {}, snapchat: {} } },
        instance('meta', settings),
      )
    expect(age({})).toBe(7 * dayMs)
    expect(age({ action_source: 'physical_store' })).toBe(62 * dayMs)
    expect(age({ action_source: 'business_messaging' })).toBe(7 * dayMs)
  })
})
