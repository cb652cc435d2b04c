import { expect, test } from 'vitest'
import { sha256, started, useSimulators } from './arrivals.ts'
import { reddit as event, redditV2 as older } from './samples.ts'
import { accounts, change, post } from './start.ts'

useSimulators()
const { pixelId, token } = accounts.reddit
const v3 = `/api/v3/pixels/${pixelId}/conversion_events`
const v2 = `/api/v2.0/conversions/events/${pixelId}`
const headers = { authorization: `Bearer ${token}`, 'user-agent': 'node:pairpixel:0.1.0 (by /u/someone)' }

const ok = { data: { events: [event] } }
const without = (key: string) => Object.fromEntries(Object.entries(headers).filter(([name]) => name !== key))
const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
  body?: unknown,
][] = [
  [
    'Reddit 13: no token',
    { headers: without('authorization'), body: ok },
    401,
    { error: { code: 401, message: 'No bearer token provided' } },
  ],
  ['Reddit 13: no token, v2', { path: v2, headers: without('authorization'), body: { events: [older] } }, 401],
  [
    'Reddit 13: another token',
    { headers: { ...headers, authorization: 'Bearer no' }, body: ok },
    401,
    { error: { code: 401, message: 'UNAUTHORIZED' } },
  ],
  [
    'Reddit 13: another token, v2',
    { path: v2, headers: { ...headers, authorization: 'Bearer no' }, body: { events: [older] } },
    401,
    { success: false, error: { reason: 'UNAUTHORIZED' } },
  ],
  [
    'Reddit 13: another pixel',
    { path: v3.replace(pixelId, 'a2_x'), body: ok },
    403,
    { error: { code: 403, message: "You're not authorized to post conversions to Pixel ID a2_x" } },
  ],
  [
    'Reddit 13: another pixel, v2',
    { path: v2.replace(pixelId, 'a2_x'), body: { events: [older] } },
    403,
    { success: false },
  ],
  ['Reddit 13: no JSON', { body: '{' }, 400, { error: { code: 400 } }],
  ['Reddit 4: the v2 envelope in v3', { body: { events: [event] } }, 400],
  ['Reddit 4: the v3 envelope in v2', { path: v2, body: { data: { events: [older] } } }, 400],
  ['Reddit 4: a key beside data', { body: { ...ok, partner: 'X' } }, 400],
  ['Reddit 4: the v2 test switch in v3', { body: { data: { events: [event], test_mode: true } } }, 400],
  ['Reddit 4: an empty test ID', { body: { data: { events: [event], test_id: '' } } }, 400],
  ['Reddit 4: a partner', { body: { data: { events: [event], partner: 'PAIRPIXEL' } } }, 200],
  ['Reddit 3: no events', { body: { data: { events: [] } } }, 400, { error: { message: 'Bad Request' } }],
  ['Reddit 3: one event', { body: ok }, 200],
  ['Reddit 3: 999 events', { body: { data: { events: Array(999).fill(event) } } }, 200],
  [
    'Reddit 3: 1000 events',
    { body: { data: { events: Array(1000).fill(event) } } },
    200,
    { data: { message: 'Successfully processed 1000 conversion events.' } },
  ],
  [
    'Reddit 3: 1001 events',
    { body: { data: { events: Array(1001).fill(event) } } },
    400,
    { error: { message: 'Bad Request' } },
  ],
  [
    'Reddit 13: one bad event among good ones',
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
])('Reddit 12: %s counts only if it is no test', async (_sentence, path, body, isTest) => {
  expect((await post(started.origin, { path, headers, body })).status).toBe(200)
  const { accepted, counted } = started.simulators.reddit.state()
  expect(accepted).toMatchObject([{ event: 'PURCHASE', test: isTest }])
  expect(counted).toHaveLength(isTest ? 0 : 1)
})

test('Reddit 10: a raw conversion ID is kept as its digest', async () => {
  await post(started.origin, {
    path: v3,
    headers,
    body: { data: { events: [change(event, { metadata: { conversion_id: 'order-1' } })] } },
  })
  expect(started.simulators.reddit.state().accepted[0]?.id).toBe(sha256('order-1'))
})

test('Reddit 13: v2 asks for a token in bare text', async () => {
  const answer = await post(started.origin, { path: v2, headers: without('authorization'), body: { events: [older] } })
  expect(answer).toMatchObject({ status: 401, body: 'Authorization Required' })
})

const agents: [agent: string, passes: boolean][] = [
  ...['node', 'undici', 'node-fetch/1.0', 'axios/1.7.2', 'got', 'curl/8.5.0', 'Wget/1.21', 'okhttp/4.9'].map(
    (agent): [string, boolean] => [agent, false],
  ),
  ...['python-requests/2.32', 'Python-urllib/3.12', 'Go-http-client/2.0', 'Java/17.0.1', 'Mozilla/5.0 (X11)', ' '].map(
    (agent): [string, boolean] => [agent, false],
  ),
  ['node:pairpixel:0.1.0', true],
  ['nodejs-shop 1.0', true],
  ['web:shop.example:1.0 (by /u/someone)', true],
]
test.each(agents)('Reddit 2: the user agent %j passes: %s', async (agent, passes) => {
  for (const [path, body] of [
    [v3, ok],
    [v2, { events: [older] }],
  ] as const)
    expect(await post(started.origin, { path, headers: { ...headers, 'user-agent': agent }, body })).toMatchObject(
      passes
        ? { status: 200 }
        : { status: 429, body: path === v3 ? { error: { code: 429, message: limited } } : { message: limited } },
    )
})
const limited = 'Your user agent was automatically ratelimited.'

test('Reddit 5: an order number is kept to its 100th character', async () => {
  const order = 'x'.repeat(99) + 'ab'
  await post(started.origin, {
    path: v3,
    headers,
    body: { data: { events: [change(event, { metadata: { order_id: order } })] } },
  })
  expect(started.simulators.reddit.state().accepted[0]?.order).toBe('x'.repeat(99) + 'a')
})
