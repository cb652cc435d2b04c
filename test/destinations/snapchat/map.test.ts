import { describe, expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import type { InstanceSettings, Mapped } from '../../../server/destinations/destination.ts'
import { mapFor } from '../../../server/destinations/mapping.ts'
import { dayMs, minuteMs } from '../../../shared/limits.ts'
import { anEvent } from '../../make.ts'
import { accounts, time } from '../send.ts'
import type { Json } from '../vectors.ts'
import { send, settings } from './send.ts'

const { pixel_id: pixelId, access_token: token } = accounts.snapchat
const digest = expect.stringMatching(/^[\da-f]{64}$/) as unknown

describe('Snapchat 1, 2, 3: the request', () => {
  test('a whole purchase, and no more than was said', () => {
    const { url, headers, body } = send({
      order_id: 'A1',
      referrer: 'https://news.example/',
      title: 'Thanks',
      props: { plan: 'pro' },
      context: { screen_width: 9, screen_height: 9, language: 'en' },
    })
    expect(url).toBe(`https://tr.snapchat.com/v3/${pixelId}/events?access_token=${token}`)
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
      { endpoint: 'http://127.0.0.1:9/' },
      { url: `http://127.0.0.1:9/v3/${pixelId}/events?access_token=${token}` },
    ],
    [
      'test mode',
      { test_mode: true },
      { url: `https://tr.snapchat.com/v3/${pixelId}/events/validate?access_token=${token}` },
    ],
    [
      'ID and token are trimmed and encoded',
      { pixel_id: ' a/b ', access_token: ' to ken/+ ' },
      { url: 'https://tr.snapchat.com/v3/a%2Fb/events?access_token=to%20ken%2F%2B' },
    ],
    [
      'a version that is none',
      { api_version: 'v2' },
      { url: `https://tr.snapchat.com/v3/${pixelId}/events?access_token=${token}` },
    ],
    ['a test code stands beside the events', { test_event_code: 'T1' }, { body: { test_event_code: 'T1' } }],
    ['a partner is Meta’s', { partner: 'x' }, { body: { data: [expect.not.objectContaining({ integration: 'x' })] } }],
  ])('%s', (_what, own, want) => {
    expect(send({}, own)).toMatchObject(want)
  })

  test.each([
    ['the usual', undefined, 200],
    ['at most', 2000, 2000],
    ['never more', 2001, 2000],
  ])('events in one request: %s', (_what, batch_size, size) => {
    expect(snapchat.batchSize(settings({ batch_size }))).toBe(size)
  })

  test('the time keeps its milliseconds, as a number', () => {
    expect(send({ event_time: '2026-11-21T11:00:00.007+01:00' }).event?.event_time).toBe(
      Date.parse('2026-11-21T10:00:00.007Z'),
    )
  })

  test('the address of the page keeps its query, and with it the click', () => {
    const url = 'https://shop.example/?a=1&ScCid=AbC#x'
    expect(send({ url }).event?.event_source_url).toBe(url)
  })
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
])('Snapchat 3: the channel %s is %s, by the event, and by the setting in either word', (action_source, source) => {
  expect(send({ action_source }, { action_source: 'chat' }).event?.action_source).toBe(source)
  expect(send({}, { action_source }).event?.action_source).toBe(source)
  expect(send({}, { action_source: source.toLowerCase() }).event?.action_source).toBe(source)
})

describe('Snapchat 9: event names', () => {
  test.each([
    ['page_view', 'PAGE_VIEW'],
    ['PageView', 'PAGE_VIEW'],
    ['view_content', 'VIEW_CONTENT'],
    ['view_item', 'VIEW_CONTENT'],
    ['product_viewed', 'VIEW_CONTENT'],
    ['view_item_list', 'LIST_VIEW'],
    ['product_list_viewed', 'LIST_VIEW'],
    ['view_category', 'LIST_VIEW'],
    ['search', 'SEARCH'],
    ['add_to_cart', 'ADD_CART'],
    ['add_to_wishlist', 'ADD_TO_WISHLIST'],
    ['begin_checkout', 'START_CHECKOUT'],
    ['initiate_checkout', 'START_CHECKOUT'],
    ['checkout_started', 'START_CHECKOUT'],
    ['add_payment_info', 'ADD_BILLING'],
    ['purchase', 'PURCHASE'],
    ['Order Completed', 'PURCHASE'],
    ['sign_up', 'SIGN_UP'],
    ['complete_registration', 'SIGN_UP'],
    ['lead', 'SIGN_UP'],
    ['generate_lead', 'SIGN_UP'],
    ['subscribe', 'SUBSCRIBE'],
    ['start_trial', 'START_TRIAL'],
    ['login', 'LOGIN'],
    ['share', 'SHARE'],
    ['invite', 'INVITE'],
    ['reserve', 'RESERVE'],
    ['rate', 'RATE'],
    ['save', 'SAVE'],
    ['complete_tutorial', 'COMPLETE_TUTORIAL'],
    ['tutorial_complete', 'COMPLETE_TUTORIAL'],
    ['promotion_click', 'AD_CLICK'],
    ['promotion_view', 'AD_VIEW'],
    ['spend_credits', 'SPENT_CREDITS'],
    ['level_complete', 'LEVEL_COMPLETE'],
    ['ACHIEVEMENT_UNLOCKED', 'ACHIEVEMENT_UNLOCKED'],
    ['APP_INSTALL', 'APP_INSTALL'],
    ['APP_OPEN', 'APP_OPEN'],
    ...[1, 2, 3, 4, 5].map((n) => [`CUSTOM_EVENT_${n}`, `CUSTOM_EVENT_${n}`] as [string, string]),
  ])('%s is %s', (event, name) => {
    expect(send({ event })).toMatchObject({ name, event: { event_name: name } })
    expect(snapchat.nameOf(event)).toBe(name)
  })

  test.each(['popup_closed', 'contact', 'refund', 'CUSTOM_EVENT_6', 'CUSTOM_EVENT_0', '__proto__'])(
    'there is no %s',
    (event) => {
      expect(send({ event }).reason).toBe('not_mapped')
      expect(snapchat.nameOf(event)).toBeUndefined()
    },
  )

  test.each<[string, Json, string | undefined]>([
    [
      'what the page’s pixel said goes before',
      { event: 'contact', names: { snapchat: 'CUSTOM_EVENT_2' } },
      'CUSTOM_EVENT_2',
    ],
    ['what it said outside the set goes nowhere', { event: 'lead', names: { snapchat: 'LEAD' } }, undefined],
    ['another platform’s word does not count', { event: 'lead', names: { meta: 'Lead' } }, 'SIGN_UP'],
  ])('%s', (_what, change, name) => {
    expect(send(change).event?.event_name).toBe(name)
  })

  test.each([
    ['to a custom event', 'popup_closed', 'custom_event_3', 'CUSTOM_EVENT_3'],
    ['to a name of Snapchat’s alone', 'purchase', 'achievement_unlocked', 'ACHIEVEMENT_UNLOCKED'],
    ['to a name outside the set: the usual one stays', 'purchase', 'CUSTOM_EVENT_6', 'PURCHASE'],
  ])('renamed by hand %s', (_what, event, to, name) => {
    const mapped = mapFor(
      snapchat,
      anEvent({ event }),
      settings({ rules: [{ when: [{ field: 'event', is: event }], name: to }] }),
      anEvent().event_time,
    )
    expect(nameIn(mapped)).toBe(name)
  })
})

test('what is no web address stays out of an event of another channel, with a warning', () => {
  const { event, warnings } = send({ url: 'myapp://thanks', action_source: 'app' })
  expect(event).not.toHaveProperty('event_source_url')
  expect(warnings).toContainEqual({ field: 'url', message: 'It is no http(s) address; it is left out.' })
})

const nameIn = (mapped: Mapped) => ('name' in mapped ? mapped.name : mapped.skip)

describe('Snapchat 2, 10: checks before sending', () => {
  const nobody = { user: {} }
  test.each<[string, Json, string | undefined, number?, Partial<InstanceSettings>?]>([
    ['7 days old less a moment', {}, undefined, time + 7 * dayMs - 1],
    ['7 days old', {}, undefined, time + 7 * dayMs],
    ['older than 7 days', {}, 'too_old', time + 7 * dayMs + 1],
    ['an app event older than 7 days', { action_source: 'app' }, 'too_old', time + 7 * dayMs + 1],
    ['an offline event older than 7 days', { action_source: 'physical_store' }, undefined, time + 7 * dayMs + 1],
    ['an offline event 28 days old', { action_source: 'other' }, undefined, time + 28 * dayMs],
    ['an offline event older than 28 days', { action_source: 'other' }, 'too_old', time + 28 * dayMs + 1],
    ['10 minutes ahead', {}, undefined, time - 10 * minuteMs],
    ['more than 10 minutes ahead', {}, 'in_future', time - 10 * minuteMs - 1],
    ['no address on the web', { url: null }, 'missing_url'],
    ['a path in the place of the address', { url: '/thanks' }, 'missing_url'],
    ['an address of a file', { url: 'file:///thanks' }, 'missing_url'],
    ['an address of an app, from an app', { url: 'myapp://thanks', action_source: 'app' }, undefined],
    ['no address elsewhere', { url: null, action_source: 'phone_call' }, undefined],
    ['no address in an app', { url: null, action_source: 'app' }, undefined],
    ['a purchase without value', { value: null }, 'missing_value'],
    ['a purchase of nothing', { value: 0 }, undefined],
    ['a purchase below zero', { value: -1 }, 'missing_value'],
    ['a purchase below zero, whatever its items cost', { value: -1, items: [{ price: 3 }] }, 'missing_value'],
    ['a purchase whose items have prices', { value: null, items: [{ id: 'a', price: 3 }] }, undefined],
    ['a purchase whose items have none', { value: null, items: [{ id: 'a' }] }, 'missing_value'],
    [
      'a purchase whose items come to more than a number',
      { value: null, items: [{ price: 1e308, quantity: 9 }] },
      'missing_value',
    ],
    ['a purchase without currency', { currency: null }, 'missing_currency'],
    ['a purchase in no currency', { currency: 'dollars' }, 'missing_currency'],
    ['the site’s default fills in', { currency: null }, undefined, time, { default_currency: 'EUR' }],
    [
      'a default that Snapchat does not list',
      { currency: null },
      'unsupported_currency',
      time,
      { default_currency: 'RSD' },
    ],
    [
      'no default for one that cannot be read',
      { currency: 'dollars' },
      'missing_currency',
      time,
      { default_currency: 'EUR' },
    ],
    ['a currency off the list', { currency: 'RSD' }, 'unsupported_currency'],
    ['a currency off the list, no purchase', { event: 'add_to_cart', currency: 'RSD' }, 'unsupported_currency'],
    ['the last of the list, in any case', { currency: ' zar ' }, undefined],
    ['another event needs no value', { event: 'search', value: null, currency: null }, undefined],
    ['nothing about the visitor', nobody, 'no_match_key'],
    [
      'a click ID, a cookie, a name, a customer and a lead',
      {
        user: { first_name: 'Jane', external_id: '7' },
        context: { click_ids: { ScCid: 'x' }, cookies: { _scid: 'abcdefgh' } },
        platform: { snapchat: { lead_id: 'l', subscription_id: 's' } },
      },
      'no_match_key',
    ],
    ['an address', { ...nobody, context: { ip: '8.8.8.8' } }, 'no_match_key'],
    ['a user agent', { ...nobody, context: { user_agent: 'UA' } }, 'no_match_key'],
    ['address and user agent', { ...nobody, context: { ip: '8.8.8.8', user_agent: 'UA' } }, undefined],
    ['words for an address', { ...nobody, context: { ip: 'unknown', user_agent: 'UA' } }, 'no_match_key'],
    ['a phone number', { user: { phone: '+15554441234' } }, undefined],
    ['an e-mail that is none', { user: { email: 'jane' } }, 'no_match_key'],
    [
      'an app’s advertising ID',
      { ...nobody, action_source: 'app', context: { advertising_id: 'AB', os: 'ios' } },
      undefined,
    ],
    ['an advertising ID on the web', { ...nobody, context: { advertising_id: 'AB', os: 'ios' } }, 'no_match_key'],
    ['an app’s vendor ID', { ...nobody, action_source: 'app', platform: { snapchat: { idfv: 'v' } } }, 'no_match_key'],
  ])('%s → %s', (_what, change, reason, now, own) => {
    const result = send(change, own, now)
    expect(result.reason).toBe(reason)
    if (reason) expect(result.detail).toMatch(/^[A-Z].*\.$/)
    else expect(result.event).toBeDefined()
  })
})
