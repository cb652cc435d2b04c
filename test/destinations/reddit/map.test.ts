import { describe, expect, test } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { sha256 } from '../../../server/match-keys/digest.ts'
import { protect } from '../../../server/match-keys/protect.ts'
import { hourMs, minuteMs } from '../../../shared/limits.ts'
import { parseEvent } from '../../../shared/parse-event.ts'
import { time } from '../send.ts'
import { at, instance, type Json } from '../vectors.ts'
import { check, digest, send, v2, type Row } from './send.ts'

describe('Reddit 8: at least one match key', () => {
  const screen = { ip: '203.0.113.7', user_agent: 'UA', screen_width: 100, screen_height: 100 }
  const shop = { action_source: 'physical_store' }
  test.each<[string, Json, boolean]>([
    ['nothing about the visitor', { user: {} }, false],
    ['keys that Reddit has no field for', { user: { first_name: 'Ada', zip: 'N1', country: 'gb' } }, false],
    ['an e-mail that is none', { user: { email: 'ada' } }, false],
    ['limits', { user: {}, consent: { limited: true } }, false],
    ['address, user agent and screen', { user: {}, context: screen }, true],
    ['address and screen', { user: {}, context: { ...screen, user_agent: null } }, false],
    ['user agent and screen', { user: {}, context: { ...screen, ip: null } }, false],
    ['half a screen', { user: {}, context: { ...screen, screen_height: null } }, false],
    ['a screen out of range', { user: {}, context: { ...screen, screen_height: 40_000 } }, false],
    ['a click ID', { user: {}, context: { click_ids: { rdt_cid: '3' } } }, true],
    ['the click’s cookie', { user: {}, context: { cookies: { _rdt_cid: '3' } } }, true],
    ['a click ID in the address', { user: {}, url: 'https://shop.example/?rdt_cid=3' }, true],
    [
      'what a cleaned address has in the place of one',
      { user: {}, url: 'https://shop.example/?rdt_cid=redacted' },
      false,
    ],
    ['a click ID in the referrer', { user: {}, referrer: 'https://shop.example/go?rdt_cid=3' }, true],
    [
      'a click ID in the referrer, in a shop',
      { user: {}, referrer: 'https://shop.example/go?rdt_cid=3', ...shop },
      false,
    ],
    ['another platform’s click ID', { user: {}, context: { click_ids: { fbclid: 'IwAR0' } } }, false],
    ['the pixel’s cookie', { user: {}, context: { cookies: { _rdt_uuid: '1.u' } } }, true],
    ['an advertising ID', { user: {}, context: { advertising_id: 'abc', os: 'ios' } }, true],
    ['an advertising ID of no known system', { user: {}, context: { advertising_id: 'abc' } }, false],
    ['a phone number', { user: { phone: '+15554441234' } }, true],
    ['a customer ID', { user: { external_id: 'c1' } }, true],
    ['a click ID in a shop', { user: {}, context: { click_ids: { rdt_cid: '3' } }, ...shop }, false],
    ['address, user agent and screen in a shop', { user: {}, context: screen, ...shop }, false],
    ['a customer ID in a shop', { user: { external_id: 'c1' }, ...shop }, true],
  ])('%s: %j → %s', (_what, change, goes) => {
    for (const version of [{}, v2]) {
      const { reason, detail, event } = send(change, version)
      expect(reason).toBe(goes ? undefined : 'no_match_key')
      if (goes) expect(event).toBeDefined()
      else expect(detail).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('Reddit 9: ages', () => {
  test.each<[string, number, string | undefined]>([
    ['168 hours less 1 ms', time + 168 * hourMs - 1, undefined],
    ['168 hours', time + 168 * hourMs, undefined],
    ['168 hours and 1 ms', time + 168 * hourMs + 1, 'too_old'],
    ['5 minutes ahead less 1 ms', time - 5 * minuteMs + 1, undefined],
    ['5 minutes ahead', time - 5 * minuteMs, undefined],
    ['5 minutes and 1 ms ahead', time - 5 * minuteMs - 1, 'in_future'],
  ])('%s', (_what, now, reason) => {
    expect(send({}, {}, now).reason).toBe(reason)
    expect(send({}, v2, now).reason).toBe(reason)
  })
})

describe('Reddit 9: mapping', () => {
  const channel = ['action_source']
  test.each<Row>([
    ['the website is the usual channel', {}, channel, 'WEBSITE'],
    ['the setting’s channel in our words', {}, channel, 'PHYSICAL_STORE', { action_source: 'physical_store' }],
    ['the setting’s channel in Reddit’s words', {}, channel, 'OTHER', { action_source: 'OTHER' }],
    ['the event’s channel wins', { action_source: 'app' }, channel, 'APP', { action_source: 'OTHER' }],
    ...['email', 'phone_call', 'chat', 'system_generated', 'other'].map((source): Row => [
      `${source} is another channel`,
      { action_source: source },
      channel,
      'OTHER',
    ]),
    ['v2.0 has no channel', { action_source: 'app' }, channel, undefined, v2],
    ['no address of a page outside the website', { action_source: 'app' }, ['event_source_url'], undefined],
    ['no referrer outside the website', { action_source: 'app' }, ['referrer_url'], undefined],
    ['v2.0 has no address', {}, ['event_source_url'], undefined, v2],
    ['an address that is none', { url: 'shop.example/thanks' }, ['event_source_url'], undefined],
    ['a referrer that is none', { referrer: 'google' }, ['referrer_url'], undefined],
    [
      'an app that somebody came from',
      { referrer: 'android-app://com.mail' },
      ['referrer_url'],
      'android-app://com.mail',
    ],
    ['the e-mail rule', {}, ['user', 'email'], sha256('johndoe@shop.example')],
    ['the older e-mail rule', {}, ['user', 'email'], sha256('john_doe@shop.example'), { email_rule: 'dots' }],
    [
      'the first of several',
      { user: { phone: ['+15554441234', '+16505551212'] } },
      ['user', 'phone_number'],
      sha256('+15554441234'),
    ],
    [
      'the first that can be used',
      { user: { phone: ['12', '+16505551212'] } },
      ['user', 'phone_number'],
      sha256('+16505551212'),
    ],
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
    [
      'a blank click ID is none',
      { context: { click_ids: { rdt_cid: ' ' } }, url: 'https://x.example/?rdt_cid=3' },
      ['click_id'],
      '3',
    ],
    [
      'a click ID of digits stays text',
      { context: { click_ids: { rdt_cid: '3184742045291813272' } } },
      ['click_id'],
      '3184742045291813272',
    ],
    [
      'the address goes before the referrer',
      { url: 'https://x.example/?rdt_cid=3', referrer: 'https://x.example/?rdt_cid=4' },
      ['click_id'],
      '3',
    ],
    [
      'a redirect of the site dropped it',
      { url: 'https://x.example/', referrer: 'https://x.example/go?RDT_CID=aB' },
      ['click_id'],
      'aB',
    ],
    [
      'of the site’s other host',
      { url: 'https://www.x.example/', referrer: 'https://go.x.example/?rdt_cid=4' },
      ['click_id'],
      '4',
    ],
    [
      'another site’s referrer has another site’s click',
      { url: 'https://x.example/', referrer: 'https://news.example/?rdt_cid=4' },
      ['click_id'],
      undefined,
    ],
    [
      'nor is it ours without an address',
      { url: null, referrer: 'https://x.example/?rdt_cid=4' },
      ['click_id'],
      undefined,
    ],
    [
      'the older cookie comes last of all',
      { context: { cookies: { rdt_cid: '9' } }, url: 'https://x.example/', referrer: 'https://x.example/go?rdt_cid=4' },
      ['click_id'],
      '4',
    ],
    ['the older cookie alone', { context: { cookies: { rdt_cid: ' 9 ' } } }, ['click_id'], '9'],
    [
      'the newer cookie goes before the older',
      { context: { cookies: { rdt_cid: '9', _rdt_cid: '2' } } },
      ['click_id'],
      '2',
    ],
    ['v2.0 has the click ID too', { context: { click_ids: { rdt_cid: '1' } } }, ['click_id'], '1', v2],
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
    ['Apple’s advertising ID', { context: { advertising_id: 'ab-cd', os: 'iOS' } }, ['user', 'idfa'], sha256('AB-CD')],
    [
      'any other advertising ID',
      { context: { advertising_id: 'AB-CD', os: 'android' } },
      ['user', 'aaid'],
      sha256('ab-cd'),
    ],
    ['the user agent is plain', { context: { user_agent: ' UA/1 ' } }, ['user', 'user_agent'], 'UA/1'],
    [
      'the pixel’s cookie is whole and plain',
      { context: { cookies: { _rdt_uuid: ' 1684189007728.7c73 ' } } },
      ['user', 'uuid'],
      '1684189007728.7c73',
    ],
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
  ])('%s', check)

  test('a number with the country code of this destination', () => {
    const input = { event: 'lead', event_id: 'l-1', event_time: time, user: { phone: '020 7946 0958' } }
    const parsed = parseEvent(input, { now: time, newId: () => 'made-up' })
    if (!parsed.ok) throw new Error('the event is fine')
    const { event } = protect(parsed.event)
    const known = {
      ...event,
      keys: { ...event.keys, reddit: { phone_number: ['plain'], 'phone_number+44': ['with'] } },
    }
    const sent = (default_calling_code?: string) => {
      const mapped = reddit.map(known, instance('reddit', { default_calling_code }), time)
      return 'payload' in mapped ? at(mapped.payload, ['user', 'phone_number']) : mapped
    }
    expect([sent('44'), sent('49'), sent()]).toEqual(['with', 'plain', 'plain'])
  })

  test('of a sale in a shop only hashed personal keys go', () => {
    const context = {
      ip: '8.8.8.8',
      user_agent: 'UA',
      screen_width: 9,
      screen_height: 9,
      advertising_id: 'x',
      os: 'ios',
      click_ids: { rdt_cid: '3' },
      cookies: { _rdt_uuid: 'u', _rdt_cid: '3' },
    }
    const user = { email: 'a@shop.example', phone: '+15554441234', external_id: 'c1' }
    const { event } = send({ context, user, action_source: 'physical_store', order_id: 'A1' })
    expect(event?.user).toEqual({ email: digest, phone_number: digest, external_id: digest })
    expect(Object.keys(event!)).toEqual(['event_at', 'action_source', 'type', 'metadata', 'user'])
    const old = send({ context, user }, { ...v2, action_source: 'PHYSICAL_STORE' }).event
    expect(old?.user).toEqual(event?.user)
    expect(Object.keys(old!)).toEqual(['event_at', 'event_type', 'event_metadata', 'user'])
  })

  test('what Reddit has no field for never leaves', () => {
    const user = { email: 'a@shop.example', first_name: 'Ada', city: 'London', zip: 'N1', date_of_birth: '1990-01-01' }
    const input = {
      user,
      search_string: 'hats',
      title: 'T',
      props: { plan: 'pro' },
      custom: { plan: 'pro' },
      context: { language: 'en' },
    }
    expect(send(input).event?.user).toEqual({ email: digest })
    expect(JSON.stringify(send(input).body)).not.toMatch(/hats|London|Ada|N1|pro|1990|"en"/)
  })

  test.each<[string, Json, string[], Partial<InstanceSettings>?]>([
    ['nothing is wrong', { items: [{ id: 'a', quantity: 1, price: 0 }] }, []],
    ['no currency', { currency: null }, ['currency']],
    ['a broken currency', { currency: 'dollars' }, ['currency']],
    ['a negative value', { value: -5 }, ['value']],
    ['a product without ID', { items: [{ name: 'x' }] }, ['items']],
    [
      'a part of a product, and a price below nothing',
      { items: [{ id: 'x', quantity: 0.5, price: -1 }] },
      ['items', 'items'],
    ],
    ['v2.0 sends neither of the two', { items: [{ id: 'x', quantity: 0.5, price: -1 }] }, [], v2],
    ['a screen out of range', { context: { screen_width: 0, screen_height: 9 } }, ['context.screen_width']],
    ['an address that is none', { url: 'thanks' }, ['url']],
    ['a count that is none', { platform: { reddit: { item_count: -1 } } }, ['platform.reddit.item_count']],
    ['fields that Reddit does not take', { platform: { reddit: { email: 'x' } } }, ['platform.reddit']],
    ['a channel that v2.0 cannot tell', { action_source: 'app' }, ['action_source'], v2],
  ])('warnings: %s', (_what, change, fields, settings) => {
    expect(send(change, settings).warned).toEqual(fields)
  })
})
