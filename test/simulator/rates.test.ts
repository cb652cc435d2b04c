import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { apiNames, apis, readState, send, setMode, taken, type ApiName } from './calls.ts'
import { accounts, now } from './start.ts'

useSimulators()
const events = (api: ApiName, ...ids: string[]) => ids.map((id) => apis[api].good(id))
const sections = { meta: 'Meta 15', reddit: 'Reddit 3', reddit_v2: 'Reddit 3', snapchat: 'Snapchat 2' }
const limited = { meta: 400, reddit: 429, reddit_v2: 429, snapchat: 429 }
const rows = apiNames.map((api) => [sections[api], api] as const)

test.each(rows)('%s: requests up to the limit pass, one more does not (%s)', async (_section, api) => {
  await setMode(api, { mode: 'ok', requests_per_second: 3 })
  const statuses: number[] = []
  for (const id of ['e1', 'e2', 'e3', 'e4']) statuses.push((await send(api, events(api, id))).status)
  expect(statuses).toEqual([200, 200, 200, limited[api]])
  expect(taken(api)).toEqual(['e1', 'e2', 'e3'])
  expect(await readState(apis[api].name)).toMatchObject({
    requests: 4,
    refused: [{ status: limited[api], mode: 'ok' }],
  })
})

test.each(rows)('%s: events up to the limit pass, one more does not (%s)', async (_section, api) => {
  await setMode(api, { mode: 'ok', events_per_second: 3 })
  const batches = [['e1', 'e2'], ['e3', 'e4'], ['e5'], ['e6']]
  const statuses: number[] = []
  for (const ids of batches) statuses.push((await send(api, events(api, ...ids))).status)
  // What was over the limit did not use it up.
  expect(statuses).toEqual([200, limited[api], 200, limited[api]])
  expect(taken(api)).toEqual(['e1', 'e2', 'e5'])
})

const moments: [afterMs: number, passes: boolean][] = [
  [999, false],
  [1000, true],
  [1001, true],
]
test.each(moments)('the second runs by the clock handed in: %i ms after the first', async (afterMs, passes) => {
  await setMode('reddit', { mode: 'ok', requests_per_second: 2 })
  await send('reddit', events('reddit', 'e1'))
  started.clock.now = now + 500
  await send('reddit', events('reddit', 'e2'))
  started.clock.now = now + afterMs
  expect((await send('reddit', events('reddit', 'e3'))).status).toBe(passes ? 200 : 429)
  // The second request still counts, so there is room for one only.
  expect((await send('reddit', events('reddit', 'e4'))).status).toBe(429)
})

test('a refusal by the rules uses the limit up like any other request', async () => {
  await setMode('snapchat', { mode: 'ok', requests_per_second: 1 })
  expect((await send('snapchat', [apis.snapchat.bad('e1')])).status).toBe(400)
  expect((await send('snapchat', events('snapchat', 'e2'))).status).toBe(429)
})

test('another mode call begins a new second', async () => {
  await setMode('meta', { mode: 'ok', requests_per_second: 1 })
  expect((await send('meta')).status).toBe(200)
  await setMode('meta', { mode: 'ok', requests_per_second: 1 })
  expect((await send('meta')).status).toBe(200)
})

test('a request with more events than a second holds never passes', async () => {
  await setMode('meta', { mode: 'ok', events_per_second: 1 })
  expect((await send('meta', events('meta', 'e1', 'e2'))).status).toBe(400)
  expect((await send('meta', events('meta', 'e1'))).status).toBe(200)
})

test('Meta 15: the question for the pixel is a request too', async () => {
  await setMode('meta', { mode: 'ok', requests_per_second: 1, events_per_second: 1 })
  const ask = () =>
    fetch(`${started.origin}/v26.0/${accounts.meta.pixelId}`, { headers: apis.meta.headers }).then(
      ({ status }) => status,
    )
  expect([await ask(), await ask()]).toEqual([200, 400])
})

const words: [section: string, api: ApiName, mode: object, body: unknown, headers: Record<string, string | null>][] = [
  [
    'Meta 15',
    'meta',
    { requests_per_second: 1 },
    { error: { code: 80004, error_subcode: 2446079 } },
    {
      'x-app-usage': expect.stringContaining('"call_count":100') as string,
      'x-business-use-case-usage': expect.stringContaining('"estimated_time_to_regain_access":1') as string,
    },
  ],
  [
    'Reddit 13',
    'reddit',
    { requests_per_second: 1 },
    { error: { code: 429, message: 'Too many requests within timeframe.' } },
    {
      'ratelimit-policy': '"ads-conversion-events-rps";q=1;w=1',
      ratelimit: '"ads-conversion-events-rps";r=0;t=1',
      'retry-after': null,
    },
  ],
  [
    'Reddit 13',
    'reddit_v2',
    { events_per_second: 1 },
    { message: 'Too many events within timeframe.' },
    { 'ratelimit-policy': '"ads-conversion-events-eps";q=1;w=1', ratelimit: '"ads-conversion-events-eps";r=0;t=1' },
  ],
  [
    'Snapchat 2',
    'snapchat',
    { events_per_second: 1 },
    { status: 'INVALID', reason: 'Too many requests.' },
    { 'retry-after': null, ratelimit: null },
  ],
]
test.each(words)('%s: what %s says over a limit', async (_section, api, limits, body, headers) => {
  await setMode(api, { mode: 'ok', ...limits })
  await send(api, events(api, 'e1'))
  const answer = await send(api, events(api, 'e2'))
  expect(answer).toMatchObject({ status: limited[api], body })
  for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toEqual(value)
})
