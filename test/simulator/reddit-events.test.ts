import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { reddit as event, redditV2 as older } from './samples.ts'
import { accounts, change, now, post } from './start.ts'

useSimulators()
const { pixelId, token } = accounts.reddit
const v3 = `/api/v3/pixels/${pixelId}/conversion_events`
const v2 = `/api/v2.0/conversions/events/${pixelId}`
const headers = { authorization: `Bearer ${token}`, 'user-agent': 'node:pairpixel:0.1.0 (by /u/someone)' }
const hour = 3_600_000

type Row = [sentence: string, event: unknown, problem?: string]

const tooOld = 'event_at timestamp must be less than 168h0m0s old'
/** What becomes of a time, in ms from now. */
const times: [ms: number, problem?: string][] = [
  [-168 * hour - 1, tooOld],
  [-168 * hour],
  [-168 * hour + 1],
  [299_999],
  [300_000],
  [300_001, 'future'],
]
const custom = (chars: number) => ({ type: { tracking_type: 'CUSTOM', custom_event_name: 'ü'.repeat(chars) } })
const screen = (side: number) => ({ user: { screen_dimensions: { width: side, height: 900 } } })
const v3Names = [
  'PAGE_VISIT',
  'VIEW_CONTENT',
  'SEARCH',
  'ADD_TO_CART',
  'ADD_TO_WISHLIST',
  'PURCHASE',
  'LEAD',
  'SIGN_UP',
]
const v2Names = ['PageVisit', 'ViewContent', 'Search', 'AddToCart', 'AddToWishlist', 'Purchase', 'Lead', 'SignUp']

const v3Events: Row[] = [
  ['Reddit 5: a purchase', event],
  ['Reddit 8: a bare event', { event_at: now, action_source: 'OTHER', type: { tracking_type: 'LEAD' } }],
  [
    'Reddit 5: a custom event',
    change(event, { type: { tracking_type: 'CUSTOM', custom_event_name: 'Promotion Event' } }),
  ],
  ['Reddit 5: a custom event without name', change(event, { type: { tracking_type: 'CUSTOM' } }), 'custom_event_name'],
  [
    'Reddit 5: a standard event with a custom name',
    change(event, { type: { tracking_type: 'LEAD', custom_event_name: 'x' } }),
    'custom_event_name',
  ],
  ['Reddit 7: the v2 spelling', change(event, { type: { tracking_type: 'Purchase' } }), 'tracking_type'],
  ['Reddit 5: a time in text', change(event, { event_at: older.event_at }), 'event_at'],
  ['Reddit 3: seconds instead of milliseconds', change(event, { event_at: now / 1000 }), 'less than 168h0m0s old'],
  ['Reddit 5: no time', change(event, { event_at: undefined }), 'event_at is required'],
  ['Reddit 5: no channel', change(event, { action_source: undefined }), 'action_source is required'],
  ['Reddit 5: a channel in small letters', change(event, { action_source: 'website' }), 'action_source'],
  ['Reddit 4: an unknown field', change(event, { event_id: '1' }), 'event_id is not a known field'],
  [
    'Reddit 4: an unknown field inside',
    change(event, { user: { first_name: 'x' } }),
    'first_name is not a known field',
  ],
  ['Reddit 4: the v2 amount', change(event, { metadata: { value_decimal: 1 } }), 'value_decimal is not a known field'],
  ['Reddit 4: a null', change(event, { click_id: null }), 'click_id must not be null or empty'],
  ['Reddit 4: an empty text', change(event, { user: { email: '' } }), 'email must not be null or empty'],
  [
    'Reddit 4: an empty object',
    change(event, { user: { screen_dimensions: {} } }),
    'screen_dimensions must not be null or empty',
  ],
  ['Reddit 4: an empty list', change(event, { metadata: { products: [] } }), 'products must not be null or empty'],
  ['Reddit 5: a product without ID', change(event, { metadata: { products: [{ name: 'Cap' }] } }), 'id is required'],
  [
    'Reddit 5: a product in full',
    change(event, {
      metadata: { products: [{ id: '1', name: 'Cap', category: 'hats', quantity: 1, item_price: 9.5 }] },
    }),
  ],
  ['Reddit 5: a negative amount', change(event, { metadata: { value: -1 } }), 'value'],
  ['Reddit 5: an amount in text', change(event, { metadata: { value: '1' } }), 'value'],
  ['Reddit 5: zero is an amount', change(event, { metadata: { value: 0, currency: 'USD' } })],
  ['Reddit 5: half an item', change(event, { metadata: { item_count: 1.5 } }), 'item_count'],
  [
    'Reddit 5: a screen without height',
    change(event, { user: { screen_dimensions: { width: 1 } } }),
    'height is required',
  ],
  [
    'Reddit 5: limited data use',
    change(event, { user: { data_processing_options: { modes: ['LDU'], country: 'US', region: 'US-CA' } } }),
  ],
  [
    'Reddit 5: a mode that does not exist',
    change(event, { user: { data_processing_options: { modes: ['LMU'] } } }),
    'modes',
  ],
  [
    'Reddit 6: a plain e-mail address, which Reddit hashes itself',
    change(event, { user: { email: 'jo@example.com' } }),
  ],
  ...times.map(([ms, problem]): Row => [`Reddit 3: ${ms} ms from now`, change(event, { event_at: now + ms }), problem]),
  ...['WEBSITE', 'APP', 'PHYSICAL_STORE', 'OTHER'].map((source): Row => [
    `Reddit 5: from ${source}`,
    change(event, { action_source: source }),
  ]),
  ['Reddit 5: a custom name of 63 characters', change(event, custom(63))],
  ['Reddit 5: a custom name of 64 characters', change(event, custom(64))],
  ['Reddit 5: a custom name of 65 characters', change(event, custom(65)), 'at most 64'],
  ['Reddit 5: a screen side below 0', change(event, screen(-1)), 'width'],
  ['Reddit 5: a screen side of 0', change(event, screen(0))],
  ['Reddit 5: a screen side of 32766', change(event, screen(32_766))],
  ['Reddit 5: a screen side of 32767', change(event, screen(32_767))],
  ['Reddit 5: a screen side of 32768', change(event, screen(32_768)), 'width'],
  ['Reddit 5: as many items as there can be', change(event, { metadata: { item_count: 2 ** 31 - 1 } })],
  ['Reddit 5: more items than there can be', change(event, { metadata: { item_count: 2 ** 31 } }), 'item_count'],
  ['Reddit 5: fewer items than none', change(event, { metadata: { item_count: -1 } }), 'item_count'],
  ['Reddit 5: a page that is no URL', change(event, { event_source_url: '/thanks' }), 'event_source_url'],
  ['Reddit 5: a referrer', change(event, { referrer_url: 'android-app://com.reddit.frontpage' })],
  ['Reddit 5: a referrer that is no URL', change(event, { referrer_url: 'reddit' }), 'referrer_url'],
  ['Reddit 5: the old opt-out', change(event, { user: { opt_out: true } }), 'opt_out is not a known field'],
  ['Reddit 5: a region alone', change(event, { user: { data_processing_options: { modes: ['LDU'], region: 'CA' } } })],
  ['Reddit 5: no mode', change(event, { user: { data_processing_options: { country: 'US' } } }), 'modes is required'],
  [
    'Reddit 5: a country by name',
    change(event, { user: { data_processing_options: { modes: ['LDU'], country: 'USA' } } }),
    'country',
  ],
  [
    'Reddit 4: an empty product',
    change(event, { metadata: { products: [{}] } }),
    'products[0] must not be null or empty',
  ],
  ...v3Names.map((name): Row => [`Reddit 7: ${name}`, change(event, { type: { tracking_type: name } })]),
  ...['ADD_PAYMENT_INFO', 'purchase', 'PAGE_VIEW'].map((name): Row => [
    `Reddit 7: ${name}, which there is not`,
    change(event, { type: { tracking_type: name } }),
    'tracking_type',
  ]),
]

test.each(v3Events)('%s (v3)', async (_sentence, given, problem) => {
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

const v2Events: Row[] = [
  ['Reddit 5: a purchase', older],
  ['Reddit 5: a time with an offset', change(older, { event_at: '2026-11-21T11:00:00+01:00' })],
  ['Reddit 5: a time in milliseconds', change(older, { event_at: now }), 'event_at'],
  ['Reddit 3: a time that does not exist', change(older, { event_at: '2026-13-41T10:00:00Z' }), 'event_at'],
  ['Reddit 7: the v3 spelling', change(older, { event_type: { tracking_type: 'PURCHASE' } }), 'tracking_type'],
  [
    'Reddit 5: a channel, which v2 does not know',
    change(older, { action_source: 'WEBSITE' }),
    'action_source is not a known field',
  ],
  [
    'Reddit 5: an order number, which v2 does not know',
    change(older, { event_metadata: { order_id: '1' } }),
    'order_id is not a known field',
  ],
  ['Reddit 5: minor units in whole numbers', change(older, { event_metadata: { value: 1099 } })],
  ['Reddit 5: minor units with a fraction', change(older, { event_metadata: { value: 10.99 } }), 'value'],
  [
    'Reddit 5: a screen side of zero',
    change(older, { user: { screen_dimensions: { width: 0, height: 900 } } }),
    'width',
  ],
  ...times.map(([ms, problem]): Row => [
    `Reddit 3: ${ms} ms from now`,
    change(older, { event_at: new Date(now + ms).toISOString() }),
    problem,
  ]),
  ['Reddit 5: the old time in milliseconds', change(older, { event_at_ms: now }), 'event_at_ms is not a known field'],
  ['Reddit 5: a screen side of 1', change(older, screen(1))],
  ['Reddit 5: the old opt-out', change(older, { user: { opt_out: true } })],
  ['Reddit 5: a product without ID', change(older, { event_metadata: { products: [{ name: 'Cap' }] } })],
  [
    'Reddit 5: a price, which v2 does not know',
    change(older, { event_metadata: { products: [{ id: '1', item_price: 1 }] } }),
    'item_price is not a known field',
  ],
  ...v2Names.map((name): Row => [`Reddit 7: ${name}`, change(older, { event_type: { tracking_type: name } })]),
]

test.each(v2Events)('%s (v2)', async (_sentence, given, problem) => {
  const answer = await post(started.origin, { path: v2, headers, body: { events: [given] } })
  const good = { message: 'Successfully processed 1 conversion events.' }
  const bad = {
    message: 'There were 1 invalid conversion events. None were processed.',
    invalid_events: [{ error_message: expect.stringContaining(problem ?? '') as unknown, event: given }],
  }
  expect(answer).toMatchObject(problem ? { status: 400, body: bad } : { status: 200, body: good })
})
