import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accounts, change, hash, now, nowS, post, startSimulators, type Started } from './start.ts'

let started: Started
beforeAll(async () => {
  started = await startSimulators()
})
beforeEach(() => started.simulators.snapchat.reset())
afterAll(() => started.stop())

const { pixelId, token } = accounts.snapchat
const live = `/v3/${pixelId}/events?access_token=${token}`
const validate = `/v3/${pixelId}/events/validate?access_token=${token}`
const event = {
  event_name: 'PURCHASE',
  event_time: now - 1000,
  action_source: 'WEB',
  event_source_url: 'https://shop.example/thanks?ScCid=x',
  event_id: 'order-1001',
  user_data: { em: [hash('a')], client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' },
  custom_data: { currency: 'USD', value: 15, order_id: '1001' },
}
const page = change(event, { event_name: 'PAGE_VIEW', custom_data: undefined })
const day = 86_400_000

const events: [sentence: string, event: unknown, problem?: string, code?: string][] = [
  ['a purchase', event],
  ['a time in seconds', change(event, { event_time: nowS - 1 })],
  ['a time in text', change(event, { event_time: String(nowS) }), 'event_time'],
  ['an alias of a name', change(event, { event_name: 'purchase' })],
  ['a name that is not in the set', change(page, { event_name: 'LEAD' }), 'not an accepted event'],
  ['the fifth custom event', change(page, { event_name: 'CUSTOM_EVENT_5' })],
  ['the sixth custom event', change(page, { event_name: 'CUSTOM_EVENT_6' }), 'not an accepted event'],
  ['exactly seven days old', change(page, { event_time: now - 7 * day })],
  ['older than seven days', change(page, { event_time: now - 7 * day - 1 }), 'too old'],
  ['older than seven days, offline', change(page, { action_source: 'OFFLINE', event_time: now - 20 * day })],
  ['ten minutes ahead', change(page, { event_time: now + 600_000 })],
  ['more than ten minutes ahead', change(page, { event_time: now + 600_001 }), 'future'],
  ['no action source', change(page, { action_source: undefined }), 'action_source is required'],
  ['an action source that does not exist', change(page, { action_source: 'WEBSITE' }), 'action_source'],
  ['the web without URL', change(page, { event_source_url: undefined }), 'event_source_url is required'],
  ['offline without URL', change(page, { action_source: 'OFFLINE', event_source_url: undefined })],
  ['a phone number alone', change(page, { user_data: { ph: hash('1') } })],
  ['address and user agent', change(page, { user_data: { client_ip_address: '2001:db8::1', client_user_agent: 'x' } })],
  ['an address alone', change(page, { user_data: { client_ip_address: '203.0.113.7' } }), 'identifiers', '507'],
  [
    'click ID, cookie, external ID and names',
    change(page, { user_data: { sc_click_id: 'x', sc_cookie1: 'y', external_id: hash('1'), fn: hash('2') } }),
    'identifiers',
    '507',
  ],
  [
    'an advertising ID on the web',
    change(page, { user_data: { madid: accounts.snapchat.pixelId } }),
    'identifiers',
    '507',
  ],
  [
    'an advertising ID in an app',
    change(page, { action_source: 'MOBILE_APP', user_data: { madid: accounts.snapchat.pixelId } }),
  ],
  ['a hashed advertising ID', change(page, { action_source: 'MOBILE_APP', user_data: { madid: hash('1') } }), 'madid'],
  ['empty user data', change(page, { user_data: {} }), 'identifiers', '507'],
  ['a plain e-mail address', change(page, { user_data: { em: ['jo@example.com'] } }), 'user_data.em[0]'],
  ['a digest in capitals', change(page, { user_data: { em: [hash('A')] } }), 'user_data.em[0]'],
  ['a null e-mail address', change(page, { user_data: { em: null, ph: hash('1') } }), 'user_data.em'],
  [
    'a hashed address',
    change(page, { user_data: { em: hash('a'), client_ip_address: hash('1') } }),
    'client_ip_address',
  ],
  ['a purchase without value', change(event, { custom_data: { currency: 'USD' } }), 'value and currency'],
  ['a purchase without currency', change(event, { custom_data: { value: 1 } }), 'value and currency'],
  ['a purchase of nothing', change(event, { custom_data: { value: 0, currency: 'USD' } })],
  ['a value in text', change(event, { custom_data: { value: '15', currency: 'USD' } })],
  [
    'a currency Snap does not support',
    change(event, { custom_data: { value: 1, currency: 'ISL' } }),
    'not a supported currency',
  ],
  [
    'a currency in small letters',
    change(event, { custom_data: { value: 1, currency: 'usd' } }),
    'not a supported currency',
  ],
  ['privacy options as one text', change(page, { data_processing_options: "['LMU']" }), 'data_processing_options'],
  ['limited use', change(page, { data_processing_options: ['LMU'] })],
  ['app data with 15 slots', change(page, { app_data: { extinfo: Array(15).fill('') } }), 'extinfo'],
]

test.each(events)('%s', async (_sentence, given, problem, code) => {
  const answer = await post(started.origin, { path: live, body: { data: [page, given] } })
  const good = { status: 'VALID', reason: 'Events have been processed successfully.' }
  const bad = {
    status: 'INVALID',
    event: 2, // counted from 1
    reason: expect.stringContaining(problem ?? '') as unknown,
    errors: { codes: code ? [code] : [], error_msgs: [expect.stringContaining(problem ?? '')] },
  }
  expect(answer).toMatchObject(problem ? { status: 400, body: bad } : { status: 200, body: good })
  expect(started.simulators.snapchat.state().accepted).toHaveLength(problem ? 0 : 2)
})

const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
][] = [
  ['the token in the query', { body: { data: [event] } }, 200],
  [
    'the token in the header',
    { path: `/v3/${pixelId}/events`, headers: { authorization: `Bearer ${token}` }, body: { data: [event] } },
    200,
  ],
  ['no token', { path: `/v3/${pixelId}/events`, body: { data: [event] } }, 401],
  ['another token', { path: `/v3/${pixelId}/events?access_token=no`, body: { data: [event] } }, 401],
  ['another pixel', { path: live.replace(pixelId, 'other'), body: { data: [event] } }, 404],
  ['no JSON', { body: 'data' }, 400],
  ['a bare event', { body: event }, 400],
  ['no events', { body: { data: [] } }, 400],
  ['2000 events', { body: { data: Array(2000).fill(page) } }, 200],
  ['2001 events', { body: { data: Array(2001).fill(page) } }, 400],
]

test.each(envelopes)('%s', async (_sentence, call, status) => {
  const answer = await post(started.origin, { path: live, ...call })
  expect(answer).toMatchObject({ status, body: { status: status === 200 ? 'VALID' : 'INVALID' } })
  expect(started.simulators.snapchat.state().accepted.length > 0).toBe(status === 200)
})

test('the test endpoint says of every event what is wrong, and counts none', async () => {
  const bad = change(page, { action_source: 'OFFLINE', event_source_url: undefined })
  expect(await post(started.origin, { path: validate, body: { data: [event, bad] } })).toMatchObject({
    status: 400,
    body: {
      status: 'INVALID',
      test_event: true,
      event_logs: [
        { event: 1, status: 'VALID' },
        { event: 2, status: 'INVALID', errors: { error_msgs: ['event_source_url is required'] } },
      ],
    },
  })
  expect(await post(started.origin, { path: validate, body: { data: [event] } })).toMatchObject({
    status: 200,
    body: { status: 'VALID', test_event: true, event_logs: [{ status: 'VALID', warnings: [] }] },
  })
  expect(started.simulators.snapchat.state()).toMatchObject({ accepted: [{ test: true }], counted: [] })
})

test('a test event code on the live endpoint is taken and not counted', async () => {
  await post(started.origin, { path: live, body: { data: [event], test_event_code: 'test' } })
  expect(started.simulators.snapchat.state()).toMatchObject({ accepted: [{ test: true }], counted: [] })
})

test('logs and counters of the test endpoint', async () => {
  await post(started.origin, { path: validate, body: { data: [event] } })
  await post(started.origin, { path: live, body: { data: [page, page] } })
  const ask = async (what: string): Promise<unknown> =>
    (await fetch(`${started.origin}${validate.replace('?', `/${what}?`)}`)).json()
  expect(await ask('logs')).toMatchObject({ status: 'SUCCESS', logs: [{ event_name: 'PURCHASE', status: 'VALID' }] })
  expect(await ask('stats')).toMatchObject({
    status: 'SUCCESS',
    stats: { test: { event_count_past_hour: 1, latest_event_ts: now }, live: { event_count_past_hour: 2 } },
  })
})

test('names of v2 are not read, and it says so', async () => {
  const given = change(event, {
    custom_data: { value: 1, currency: 'USD', transaction_id: '1001' },
    data_processing_options: ['LDU'],
  })
  await post(started.origin, { path: live, body: { data: [given] } })
  const [accepted] = started.simulators.snapchat.state().accepted
  expect(accepted?.order).toBeUndefined()
  expect(accepted?.warnings).toEqual([
    'data_processing_options knows LMU, not LDU',
    'custom_data.transaction_id is a v2 name and is not read',
  ])
})
