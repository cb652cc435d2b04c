import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { time } from '../send.ts'
import { at, fakeToken, instance, type Json } from '../vectors.ts'
import { digest, send, v2 } from './send.ts'

describe('Reddit 1: which version', () => {
  test.each<[string | undefined, string]>([
    [undefined, '/api/v3/pixels/a2_x/conversion_events'],
    ['v3', '/api/v3/pixels/a2_x/conversion_events'],
    ['V3', '/api/v3/pixels/a2_x/conversion_events'],
    ['v26.0', '/api/v3/pixels/a2_x/conversion_events'],
    ['v20.0', '/api/v3/pixels/a2_x/conversion_events'],
    ['v2.1', '/api/v3/pixels/a2_x/conversion_events'],
    ['v2.0', '/api/v2.0/conversions/events/a2_x'],
    [' V2.0 ', '/api/v2.0/conversions/events/a2_x'],
    ['v2', '/api/v2.0/conversions/events/a2_x'],
    ['2', '/api/v2.0/conversions/events/a2_x'],
  ])('%j goes to %s', (api_version, path) => {
    const { url } = reddit.request([{}], instance('reddit', { pixel_id: 'a2_x', api_version }))
    expect(url).toBe(`https://ads-api.reddit.com${path}`)
  })

  test.each<[string, Partial<InstanceSettings>, string]>([
    ['another base', { endpoint: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9/api/v3/pixels/a2_x/conversion_events'],
    [
      'an ID is trimmed and encoded',
      { pixel_id: ' a/b ' },
      'https://ads-api.reddit.com/api/v3/pixels/a%2Fb/conversion_events',
    ],
    [
      'an ID without its prefix stays without',
      { pixel_id: 'fsdd12' },
      'https://ads-api.reddit.com/api/v3/pixels/fsdd12/conversion_events',
    ],
  ])('%s', (_what, settings, url) => {
    expect(send({}, settings).url).toBe(url)
  })

  test('v3 is the usual one, and v2.0 is known to be on its way out', () => {
    expect(reddit.versions.usual).toBe('v3')
    expect(reddit.versions.known).toEqual([{ name: 'v3' }, { name: 'v2.0', deprecated: true }])
  })
})

describe('Reddit 2: headers', () => {
  const agentOf = (reddit_user?: string) => send({}, { reddit_user }).headers?.['User-Agent']

  test('the whole list', () => {
    expect(send({}, { access_token: ` ${fakeToken} ` }).headers).toEqual({
      'Content-Type': 'application/json',
      Authorization: `Bearer ${fakeToken}`,
      'User-Agent': 'node:pairpixel:0.1.0',
    })
  })

  test('the version in the user agent is the package’s own', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Json
    expect(agentOf()).toBe(`node:pairpixel:${String(version)}`)
  })

  test.each([['shop_ads'], ['/u/shop_ads'], ['u/shop_ads'], ['/U/shop_ads'], [' shop_ads ']])(
    'the user %j is named',
    (user) => {
      expect(agentOf(user)).toBe('node:pairpixel:0.1.0 (by /u/shop_ads)')
    },
  )

  test.each([[''], ['ab'], ['x'.repeat(21)], ['a b c'], ['shop)\r\nX-Own: 1'], ['Jörg'], ['/u/']])(
    'no user %j is named',
    (user) => {
      expect(agentOf(user)).toBe('node:pairpixel:0.1.0')
    },
  )
})

describe('Reddit 3: limits', () => {
  test.each([
    [{}, 200],
    [{ batch_size: 0 }, 1],
    [{ batch_size: 1 }, 1],
    [{ batch_size: 999 }, 999],
    [{ batch_size: 1000 }, 1000],
    [{ batch_size: 1001 }, 1000],
  ])('the batch size under %j is %i', (settings, size) => {
    expect(reddit.batchSize(instance('reddit', settings))).toBe(size)
  })
})

describe('Reddit 4: envelope', () => {
  test('the whole v3 request of a purchase', () => {
    const { method, body, name } = { method: 'POST', ...send({ order_id: 'A1' }) }
    expect(method).toBe('POST')
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

  test('the whole v2.0 request of a purchase: no channel, no address, no order, no second time', () => {
    const { body, name } = send({ order_id: 'A1', items: [{ id: 'a', quantity: 2, price: 3 }] }, v2)
    expect(name).toBe('Purchase')
    expect(body).toEqual({
      events: [
        {
          event_at: '2026-11-21T10:00:00.500Z',
          event_type: { tracking_type: 'Purchase' },
          event_metadata: {
            item_count: 2,
            currency: 'USD',
            value_decimal: 10,
            conversion_id: digest,
            products: [{ id: 'a' }],
          },
          user: { email: digest },
        },
      ],
    })
  })

  test.each<[string, Partial<InstanceSettings>, string[]]>([
    ['a partner', { partner: 'SHOP' }, ['events', 'partner']],
    ['a blank partner', { partner: ' ' }, ['events']],
    ['a partner of v2', { ...v2, partner: 'SHOP' }, ['events', 'partner']],
    ['a blank partner of v2', { ...v2, partner: '' }, ['events']],
  ])('%s', (_what, settings, keys) => {
    const { body } = send({}, settings)
    const envelope = (body?.data ?? body) as Json
    expect(Object.keys(envelope)).toEqual(keys)
    if (keys.includes('partner')) expect(envelope.partner).toBe('SHOP')
  })

  test('several events share one envelope, in order', () => {
    const body = (settings: Partial<InstanceSettings>) =>
      JSON.parse(reddit.request([{ event_at: 1 }, { event_at: 2 }], instance('reddit', settings)).body) as Json
    const events = [{ event_at: 1 }, { event_at: 2 }]
    expect(body({ partner: 'SHOP' })).toEqual({ data: { events, partner: 'SHOP' } })
    expect(body(v2)).toEqual({ events })
  })

  test.each<[string, Json]>([
    ['almost nothing', { value: null, currency: null, url: null, referrer: null }],
    ['blank texts', { order_id: ' ', url: '', referrer: ' ', search_string: '', context: { user_agent: ' ' } }],
    ['empty lists', { items: [], props: {}, platform: { reddit: {} }, context: { click_ids: {}, cookies: {} } }],
    ['products of blanks', { items: [{ id: 'a', name: ' ', category: '' }] }],
    ['a page view', { event: 'page_view', value: 5 }],
  ])('no empty value is on the wire: %s', (_what, change) => {
    const isEmpty = (value: unknown): boolean =>
      value === null ||
      value === '' ||
      (typeof value === 'object' && (Object.keys(value).length === 0 || Object.values(value).some(isEmpty)))
    for (const settings of [{}, v2]) {
      const { body } = send(change, settings)
      expect(isEmpty(body), JSON.stringify(body)).toBe(false)
    }
  })
})

describe('Reddit 12: testing', () => {
  test.each<[string, Partial<InstanceSettings>, string[], unknown]>([
    ['a test ID of v3', { test_id: 't-1' }, ['data', 'test_id'], 't-1'],
    ['v3 has no test mode', { test_mode: true }, ['data', 'test_mode'], undefined],
    ['v3 has none at the top either', { test_mode: true }, ['test_mode'], undefined],
    ['test mode of v2', { ...v2, test_mode: true }, ['test_mode'], true],
    ['test mode that is off', { ...v2, test_mode: false }, ['test_mode'], undefined],
    ['v2 has no test ID', { ...v2, test_id: 't-1' }, ['test_id'], undefined],
    ['a code of another platform', { test_event_code: 'TEST1' }, ['data', 'test_event_code'], undefined],
  ])('%s', (_what, settings, path, want) => {
    expect(at(send({}, settings).body, path)).toBe(want)
  })

  test.each([
    [{ test_id: 't-1' }, 1],
    [{ test_id: 't-1', batch_size: 50 }, 1],
    [{ ...v2, test_id: 't-1' }, 200],
    [{ ...v2, test_mode: true, batch_size: 50 }, 50],
    [{ test_mode: true, batch_size: 50 }, 50],
  ])('the batch size under %j is %i', (settings, size) => {
    expect(reddit.batchSize(instance('reddit', settings))).toBe(size)
  })
})
