import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accounts, change, hash, now, post, startSimulators, type Started } from './start.ts'

let started: Started
beforeAll(async () => {
  started = await startSimulators()
})
beforeEach(() => started.simulators.reddit.reset())
afterAll(() => started.stop())

const { pixelId, token } = accounts.reddit
const v3 = `/api/v3/pixels/${pixelId}/conversion_events`
const v2 = `/api/v2.0/conversions/events/${pixelId}`
const headers = { authorization: `Bearer ${token}`, 'user-agent': 'node:pairpixel:0.1.0 (by /u/someone)' }
const hour = 3_600_000
const metadata = { item_count: 2, currency: 'USD', value: 10.99, order_id: '1001', conversion_id: hash('c') }
const user = {
  email: hash('a'),
  ip_address: hash('b'),
  user_agent: 'Mozilla/5.0',
  screen_dimensions: { width: 1440, height: 900 },
}
const event = {
  event_at: now - 1000,
  action_source: 'WEBSITE',
  event_source_url: 'https://shop.example/thanks',
  click_id: '3184742045291813272',
  type: { tracking_type: 'PURCHASE' },
  metadata,
  user,
}
const older = {
  event_at: new Date(now - 1000).toISOString(),
  event_type: { tracking_type: 'Purchase' },
  click_id: '3184742045291813272',
  event_metadata: { item_count: 2, currency: 'USD', value_decimal: 10.99, conversion_id: hash('c') },
  user,
}

const v3Events: [sentence: string, event: unknown, problem?: string][] = [
  ['a purchase', event],
  ['a bare event', { event_at: now, action_source: 'OTHER', type: { tracking_type: 'LEAD' } }],
  ['a custom event', change(event, { type: { tracking_type: 'CUSTOM', custom_event_name: 'Promotion Event' } })],
  [
    'a custom name of 64 characters',
    change(event, { type: { tracking_type: 'CUSTOM', custom_event_name: 'ü'.repeat(64) } }),
  ],
  [
    'a custom name of 65 characters',
    change(event, { type: { tracking_type: 'CUSTOM', custom_event_name: 'ü'.repeat(65) } }),
    'at most 64',
  ],
  ['a custom event without name', change(event, { type: { tracking_type: 'CUSTOM' } }), 'custom_event_name'],
  [
    'a standard event with a custom name',
    change(event, { type: { tracking_type: 'LEAD', custom_event_name: 'x' } }),
    'custom_event_name',
  ],
  ['the v2 spelling', change(event, { type: { tracking_type: 'Purchase' } }), 'tracking_type'],
  ['a time in text', change(event, { event_at: older.event_at }), 'event_at'],
  ['exactly 168 hours old', change(event, { event_at: now - 168 * hour })],
  [
    'older than 168 hours',
    change(event, { event_at: now - 168 * hour - 1 }),
    'event_at timestamp must be less than 168h0m0s old',
  ],
  ['seconds instead of milliseconds', change(event, { event_at: now / 1000 }), 'less than 168h0m0s old'],
  ['five minutes ahead', change(event, { event_at: now + 300_000 })],
  ['more than five minutes ahead', change(event, { event_at: now + 300_001 }), 'future'],
  ['no time', change(event, { event_at: undefined }), 'event_at is required'],
  ['no channel', change(event, { action_source: undefined }), 'action_source is required'],
  ['a channel in small letters', change(event, { action_source: 'website' }), 'action_source'],
  ['an unknown field', change(event, { event_id: '1' }), 'event_id is not a known field'],
  ['an unknown field inside', change(event, { user: { first_name: 'x' } }), 'first_name is not a known field'],
  ['the v2 amount', change(event, { metadata: { value_decimal: 1 } }), 'value_decimal is not a known field'],
  ['a null', change(event, { click_id: null }), 'click_id must not be null or empty'],
  ['an empty text', change(event, { user: { email: '' } }), 'email must not be null or empty'],
  [
    'an empty object',
    change(event, { user: { screen_dimensions: {} } }),
    'screen_dimensions must not be null or empty',
  ],
  ['an empty list', change(event, { metadata: { products: [] } }), 'products must not be null or empty'],
  ['a product without ID', change(event, { metadata: { products: [{ name: 'Cap' }] } }), 'id is required'],
  [
    'a product in full',
    change(event, {
      metadata: { products: [{ id: '1', name: 'Cap', category: 'hats', quantity: 1, item_price: 9.5 }] },
    }),
  ],
  ['a negative amount', change(event, { metadata: { value: -1 } }), 'value'],
  ['an amount in text', change(event, { metadata: { value: '1' } }), 'value'],
  ['zero is an amount', change(event, { metadata: { value: 0, currency: 'USD' } })],
  ['half an item', change(event, { metadata: { item_count: 1.5 } }), 'item_count'],
  ['a screen side of 32767', change(event, { user: { screen_dimensions: { width: 32_767, height: 0 } } })],
  ['a screen side of 32768', change(event, { user: { screen_dimensions: { width: 32_768, height: 1 } } }), 'width'],
  ['a screen without height', change(event, { user: { screen_dimensions: { width: 1 } } }), 'height is required'],
  [
    'limited data use',
    change(event, { user: { data_processing_options: { modes: ['LDU'], country: 'US', region: 'US-CA' } } }),
  ],
  ['a mode that does not exist', change(event, { user: { data_processing_options: { modes: ['LMU'] } } }), 'modes'],
  ['a plain e-mail address, which Reddit hashes itself', change(event, { user: { email: 'jo@example.com' } })],
]

test.each(v3Events)('v3: %s', async (_sentence, given, problem) => {
  const answer = await post(started.origin, { path: v3, headers, body: { data: { events: [given] } } })
  const good = { data: { message: 'Successfully processed 1 conversion events.' } }
  const bad = {
    error: {
      code: 400,
      message: 'There were 1 invalid conversion events. None were processed.',
      fields: [expect.stringContaining(problem ?? '')],
    },
  }
  expect(answer).toMatchObject(problem ? { status: 400, body: bad } : { status: 200, body: good })
  expect(started.simulators.reddit.state().accepted).toHaveLength(problem ? 0 : 1)
})

const v2Events: [sentence: string, event: unknown, problem?: string][] = [
  ['a purchase', older],
  ['a time with an offset', change(older, { event_at: '2026-11-21T11:00:00+01:00' })],
  ['a time in milliseconds', change(older, { event_at: now }), 'event_at'],
  ['a time that does not exist', change(older, { event_at: '2026-13-41T10:00:00Z' }), 'event_at'],
  ['older than 168 hours', change(older, { event_at: '2026-11-14T09:59:59Z' }), 'less than 168h0m0s old'],
  ['the v3 spelling', change(older, { event_type: { tracking_type: 'PURCHASE' } }), 'tracking_type'],
  [
    'a channel, which v2 does not know',
    change(older, { action_source: 'WEBSITE' }),
    'action_source is not a known field',
  ],
  [
    'an order number, which v2 does not know',
    change(older, { event_metadata: { order_id: '1' } }),
    'order_id is not a known field',
  ],
  ['minor units in whole numbers', change(older, { event_metadata: { value: 1099 } })],
  ['minor units with a fraction', change(older, { event_metadata: { value: 10.99 } }), 'value'],
  ['a screen side of zero', change(older, { user: { screen_dimensions: { width: 0, height: 900 } } }), 'width'],
]

test.each(v2Events)('v2: %s', async (_sentence, given, problem) => {
  const answer = await post(started.origin, { path: v2, headers, body: { events: [given] } })
  const good = { message: 'Successfully processed 1 conversion events.' }
  const bad = {
    message: 'There were 1 invalid conversion events. None were processed.',
    invalid_events: [{ error_message: expect.stringContaining(problem ?? '') as unknown, event: given }],
  }
  expect(answer).toMatchObject(problem ? { status: 400, body: bad } : { status: 200, body: good })
})

const ok = { data: { events: [event] } }
const without = (key: string) => Object.fromEntries(Object.entries(headers).filter(([name]) => name !== key))
const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
  body?: unknown,
][] = [
  [
    'no token',
    { headers: without('authorization'), body: ok },
    401,
    { error: { code: 401, message: 'No bearer token provided' } },
  ],
  [
    'another token',
    { headers: { ...headers, authorization: 'Bearer no' }, body: ok },
    401,
    { error: { code: 401, message: 'UNAUTHORIZED' } },
  ],
  [
    'another token, v2',
    { path: v2, headers: { ...headers, authorization: 'Bearer no' }, body: { events: [older] } },
    401,
    { success: false, error: { reason: 'UNAUTHORIZED' } },
  ],
  [
    'another pixel',
    { path: v3.replace(pixelId, 'a2_x'), body: ok },
    403,
    { error: { code: 403, message: "You're not authorized to post conversions to Pixel ID a2_x" } },
  ],
  ['another pixel, v2', { path: v2.replace(pixelId, 'a2_x'), body: { events: [older] } }, 403, { success: false }],
  [
    'a user agent a library sends by itself',
    { headers: { ...headers, 'user-agent': 'node' }, body: ok },
    429,
    { error: { code: 429 } },
  ],
  ['no JSON', { body: '{' }, 400, { error: { code: 400 } }],
  ['the v2 envelope in v3', { body: { events: [event] } }, 400],
  ['the v3 envelope in v2', { path: v2, body: { data: { events: [older] } } }, 400],
  ['a key beside data', { body: { ...ok, partner: 'X' } }, 400],
  ['the v2 test switch in v3', { body: { data: { events: [event], test_mode: true } } }, 400],
  ['an empty test ID', { body: { data: { events: [event], test_id: '' } } }, 400],
  ['a partner', { body: { data: { events: [event], partner: 'PAIRPIXEL' } } }, 200],
  ['no events', { body: { data: { events: [] } } }, 400, { error: { message: 'Bad Request' } }],
  [
    '1000 events',
    { body: { data: { events: Array(1000).fill(event) } } },
    200,
    { data: { message: 'Successfully processed 1000 conversion events.' } },
  ],
  ['1001 events', { body: { data: { events: Array(1001).fill(event) } } }, 400, { error: { message: 'Bad Request' } }],
  [
    'one bad event among good ones',
    { body: { data: { events: [event, change(event, { type: undefined }), event] } } },
    400,
    { error: { fields: ['data.events[1].type is required'] } },
  ],
]

test.each(envelopes)('%s', async (_sentence, call, status, body) => {
  const answer = await post(started.origin, { path: v3, headers, ...call })
  expect(answer.status).toBe(status)
  if (body) expect(answer.body).toMatchObject(body)
  expect(started.simulators.reddit.state().accepted.length > 0).toBe(status === 200)
})

test.each([
  ['v3 with a test ID', v3, { data: { events: [event], test_id: 't2_x' } }, true],
  ['v2 in test mode', v2, { events: [older], test_mode: true }, true],
  ['v2 out of test mode', v2, { events: [older], test_mode: false }, false],
])('%s counts only if it is no test', async (_sentence, path, body, isTest) => {
  expect((await post(started.origin, { path, headers, body })).status).toBe(200)
  const { accepted, counted } = started.simulators.reddit.state()
  expect(accepted).toMatchObject([{ event: 'PURCHASE', test: isTest }])
  expect(counted).toHaveLength(isTest ? 0 : 1)
})

test('what helps nobody is taken with a warning', async () => {
  const weak = {
    event_at: now,
    action_source: 'APP',
    event_source_url: 'https://shop.example',
    type: { tracking_type: 'SEARCH' },
    metadata: { value: 1, item_count: 1, currency: 'usd' },
    user: { user_agent: 'x' },
  }
  await post(started.origin, {
    path: v3,
    headers,
    body: { data: { events: [weak, change(event, { user: { email: 'jo@example.com' } })] } },
  })
  expect(started.simulators.reddit.state().accepted.map(({ warnings }) => warnings)).toEqual([
    [
      'the event has no match key',
      'value does not belong to this event',
      'item_count does not belong to this event',
      'currency is not a code of three letters',
      'event_source_url is for WEBSITE only',
    ],
    ['user.email is not hashed'],
  ])
})

test('a raw conversion ID is kept as its digest', async () => {
  await post(started.origin, {
    path: v3,
    headers,
    body: { data: { events: [change(event, { metadata: { conversion_id: 'order-1' } })] } },
  })
  expect(started.simulators.reddit.state().accepted[0]?.id).toBe(createHash('sha256').update('order-1').digest('hex'))
})
