import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accounts, change, hash, now, nowS, post, startSimulators, type Started } from './start.ts'

let started: Started
beforeAll(async () => {
  started = await startSimulators()
})
beforeEach(() => started.simulators.meta.reset())
afterAll(() => started.stop())

const { pixelId, token } = accounts.meta
const path = `/v26.0/${pixelId}/events`
const bearer = { authorization: `Bearer ${token}` }
const user = { em: [hash('a')], client_ip_address: '203.0.113.7', client_user_agent: 'Mozilla/5.0' }
const event = {
  event_name: 'Purchase',
  event_time: nowS - 60,
  event_id: 'order-1001',
  action_source: 'website',
  event_source_url: 'https://shop.example/thanks',
  user_data: user,
  custom_data: { value: 142.52, currency: 'USD' },
}
const lead = change(event, { event_name: 'Lead', custom_data: undefined })
const days = (n: number): number => n * 86_400

const events: [sentence: string, event: unknown, code: number, subcode?: number][] = [
  ['a purchase', event, 0],
  ['a custom event with keys of its own', change(lead, { event_name: 'Promotion Event', extra: 1 }), 0],
  ['zero is a value', change(event, { custom_data: { value: 0, currency: 'USD' } }), 0],
  ['a numeric text is a value', change(event, { custom_data: { value: '9.99', currency: 'eur' } }), 0],
  [
    'IP address and user agent are enough',
    change(lead, { user_data: { client_ip_address: '::1', client_user_agent: 'x' } }),
    0,
  ],
  ['a digest with the suffix of the library', change(lead, { user_data: { em: `${hash('a')}.AQQCAQIB` } }), 0],
  ['exactly seven days old', change(lead, { event_time: nowS - days(7) }), 0],
  ['a second more than seven days old', change(lead, { event_time: nowS - days(7) - 1 }), 100, 2804003],
  ['62 days old in a store', change(lead, { action_source: 'physical_store', event_time: nowS - days(62) }), 0],
  [
    '63 days old in a store',
    change(lead, { action_source: 'physical_store', event_time: nowS - days(63) }),
    100,
    2804003,
  ],
  ['a minute ahead', change(lead, { event_time: nowS + 60 }), 0],
  ['more than a minute ahead', change(lead, { event_time: nowS + 61 }), 100],
  ['milliseconds instead of seconds', change(lead, { event_time: now }), 100],
  ['a fraction of a second', change(lead, { event_time: nowS - 0.5 }), 100],
  ['no name', change(lead, { event_name: undefined }), 100],
  ['no action source', change(lead, { action_source: undefined }), 100],
  ['an action source in capitals', change(lead, { action_source: 'WEBSITE' }), 100],
  ['website without URL', change(lead, { event_source_url: undefined }), 100],
  ['a URL without scheme', change(lead, { event_source_url: 'shop.example/thanks' }), 100],
  ['a phone call needs no URL', change(lead, { action_source: 'phone_call', event_source_url: undefined }), 0],
  ['an app event without app data', change(lead, { action_source: 'app' }), 100],
  ['a message without its channel', change(lead, { action_source: 'business_messaging' }), 100],
  ['no user data', change(lead, { user_data: undefined }), 100],
  ['empty user data', change(lead, { user_data: {} }), 100, 2804050],
  ['a user agent alone', change(lead, { user_data: { client_user_agent: 'x' } }), 100, 2804050],
  [
    'place and user agent',
    change(lead, { user_data: { ct: hash('1'), zp: hash('2'), client_user_agent: 'x' } }),
    100,
    2804050,
  ],
  ['birth date and user agent', change(lead, { user_data: { db: hash('1'), client_user_agent: 'x' } }), 100, 2804050],
  ['first name and gender', change(lead, { user_data: { fn: hash('1'), ge: hash('2') } }), 100, 2804050],
  ['first and last name', change(lead, { user_data: { fn: hash('1'), ln: hash('2') } }), 0],
  ['an unknown key says nothing about anyone', change(lead, { user_data: { email: 'x' } }), 100, 2804050],
  ['a plain e-mail address', change(lead, { user_data: { em: ['jo@example.com'] } }), 100],
  ['a plain phone number', change(lead, { user_data: { ph: '15551234567' } }), 100],
  ['a digest in capitals', change(lead, { user_data: { em: [hash('A')] } }), 100],
  ['an empty list of digests', change(lead, { user_data: { em: [] } }), 100],
  ['a hashed IP address', change(lead, { user_data: { client_ip_address: hash('1') } }), 100],
  ['a purchase without value', change(event, { custom_data: { currency: 'USD' } }), 100, 2804009],
  ['a purchase without custom data', change(event, { custom_data: undefined }), 100, 2804009],
  ['a purchase with a negative value', change(event, { custom_data: { value: -1, currency: 'USD' } }), 100, 2804009],
  ['a purchase without currency', change(event, { custom_data: { value: 1 } }), 100, 2804010],
  ['a currency that is none', change(event, { custom_data: { value: 1, currency: 'US' } }), 100, 2804010],
  ['a lead with a value that is no number', change(lead, { custom_data: { value: 'much' } }), 100],
  [
    'contents without ID',
    change(event, { custom_data: { value: 1, currency: 'USD', contents: [{ quantity: 1 }] } }),
    100,
  ],
  ['an event ID that is a number', change(lead, { event_id: 1001 }), 100],
  [
    'limited data use, place to be found',
    change(lead, {
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
    }),
    0,
  ],
  ['an explicit no to limited data use', change(lead, { data_processing_options: [] }), 0],
  [
    'a country without its state',
    change(lead, { data_processing_options: ['LDU'], data_processing_options_country: 1 }),
    100,
  ],
  [
    'a state that is not on the list',
    change(lead, {
      data_processing_options: ['LDU'],
      data_processing_options_country: 1,
      data_processing_options_state: 999,
    }),
    100,
  ],
  ['no object', 'Purchase', 100],
]

test.each(events)('%s', async (_sentence, given, code, subcode) => {
  const answer = await post(started.origin, { path, headers: bearer, body: { data: [given] } })
  const good = { events_received: 1, messages: [], fbtrace_id: expect.stringMatching(/^A/) as unknown }
  const bad = {
    error: {
      type: 'OAuthException',
      code,
      fbtrace_id: expect.stringMatching(/^A/) as unknown,
      ...(subcode && { error_subcode: subcode }),
    },
  }
  expect(answer).toMatchObject(code ? { status: 400, body: bad } : { status: 200, body: good })
  if (code && !subcode) expect(answer.body).not.toHaveProperty('error.error_subcode')
  expect(started.simulators.meta.state().accepted).toHaveLength(code ? 0 : 1)
})

const ok = { data: [event] }
const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
  code?: number,
  subcode?: number,
][] = [
  ['the token in the header', { headers: bearer, body: ok }, 200],
  ['the token in the query', { path: `${path}?access_token=${token}`, body: ok }, 200],
  ['the token in the body', { body: { ...ok, access_token: token } }, 200],
  [
    'a form with the events as JSON text',
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ access_token: token, data: JSON.stringify([event]) }).toString(),
    },
    200,
  ],
  ['an older version', { path: path.replace('26', '22'), headers: bearer, body: ok }, 200],
  ['a version that is gone', { path: path.replace('26', '20'), headers: bearer, body: ok }, 400, 100],
  ['no version at all', { path: `/${pixelId}/events`, headers: bearer, body: ok }, 404],
  ['no token', { body: ok }, 401, 190],
  ['another token', { headers: { authorization: 'Bearer EAAnot' }, body: ok }, 401, 190, 467],
  ['another pixel', { path: '/v26.0/999/events', headers: bearer, body: ok }, 400, 100, 33],
  ['no JSON', { headers: bearer, body: '{"data":[' }, 400, 100],
  ['a bare list', { headers: bearer, body: [event] }, 400, 100],
  ['no events', { headers: bearer, body: { data: [] } }, 400, 100],
  ['1000 events', { headers: bearer, body: { data: Array(1000).fill(lead) } }, 200],
  ['1001 events', { headers: bearer, body: { data: Array(1001).fill(lead) } }, 400, 100],
  ['a test code that is no text', { headers: bearer, body: { ...ok, test_event_code: 1 } }, 400, 100],
  [
    'one bad event among good ones',
    { headers: bearer, body: { data: [event, change(lead, { user_data: {} }), lead] } },
    400,
    100,
    2804050,
  ],
]

test.each(envelopes)('%s', async (_sentence, call, status, code, subcode) => {
  const answer = await post(started.origin, { path, ...call })
  expect(answer.status).toBe(status)
  if (code) expect(answer.body).toMatchObject({ error: { code, ...(subcode && { error_subcode: subcode }) } })
  const { accepted, refused } = started.simulators.meta.state()
  expect(accepted.length > 0).toBe(status === 200)
  expect(refused).toHaveLength(status === 200 || status === 404 ? 0 : 1)
})

test('a test event code is no dry run', async () => {
  await post(started.origin, { path, headers: bearer, body: { ...ok, test_event_code: 'TEST123' } })
  expect(started.simulators.meta.state()).toMatchObject({
    accepted: [{ event: 'Purchase', id: 'order-1001', test: true, counts: true }],
    counted: [{ event: 'Purchase', id: 'order-1001', server: true, value: 142.52, currency: 'USD' }],
  })
})

test('what Events Manager would complain about is kept as a warning', async () => {
  const body = {
    data: [
      change(lead, {
        event_id: undefined,
        user_data: { em: hash('a'), fbp: 'fb.1.x.y', fbc: 'fb.1.1596403881668.AbC' },
      }),
    ],
  }
  await post(started.origin, { path, headers: bearer, body })
  expect(started.simulators.meta.state().accepted[0]?.warnings).toEqual([
    'user_data.client_user_agent is missing',
    'event_id is missing',
    'user_data.fbp is not of the form fb.N.MS.DIGITS',
  ])
})

test.each([
  ['the right token', token, 200],
  ['another token', 'EAAnot', 401],
])('the pixel can be asked for with %s', async (_sentence, given, status) => {
  const response = await fetch(`${started.origin}/v26.0/${pixelId}?fields=id`, {
    headers: { authorization: `Bearer ${given}` },
  })
  expect(response.status).toBe(status)
})

test('a refused body is kept without its token', async () => {
  await post(started.origin, { path, body: { data: [], access_token: token } })
  const { refused } = started.simulators.meta.state()
  expect(refused).toMatchObject([{ status: 400, mode: 'ok', body: { data: [], access_token: '***' } }])
  expect(JSON.stringify(refused)).not.toContain(token)
})
