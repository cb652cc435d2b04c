import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Mode } from '../../server/simulator/index.ts'
import { accounts, hash, now, nowS, post, startSimulators, type Started } from './start.ts'

let started: Started
beforeAll(async () => {
  started = await startSimulators()
})
beforeEach(() => {
  for (const name of ['meta', 'reddit', 'snapchat'] as const) started.simulators[name].reset()
})
afterAll(() => started.stop())

const calls = {
  meta: {
    path: `/v26.0/${accounts.meta.pixelId}/events`,
    headers: { authorization: `Bearer ${accounts.meta.token}` },
    body: {
      data: [
        { event_name: 'Lead', event_id: 'e1', event_time: nowS, action_source: 'chat', user_data: { em: hash('a') } },
      ],
    },
  },
  reddit: {
    path: `/api/v3/pixels/${accounts.reddit.pixelId}/conversion_events`,
    headers: { authorization: `Bearer ${accounts.reddit.token}`, 'user-agent': 'node:pairpixel:0.1.0' },
    body: {
      data: {
        events: [
          {
            event_at: now,
            action_source: 'WEBSITE',
            type: { tracking_type: 'LEAD' },
            metadata: { conversion_id: 'e1' },
          },
        ],
      },
    },
  },
  snapchat: {
    path: `/v3/${accounts.snapchat.pixelId}/events?access_token=${accounts.snapchat.token}`,
    headers: {},
    body: {
      data: [
        { event_name: 'SAVE', event_id: 'e1', event_time: now, action_source: 'OFFLINE', user_data: { em: hash('a') } },
      ],
    },
  },
}
type Name = keyof typeof calls
const send = (name: Name) => post(started.origin, calls[name])
const control = (name: string, what: string, body: unknown = {}) =>
  post(started.origin, { path: `/simulator/${name}/${what}`, body })
const readState = async (name: Name): Promise<unknown> =>
  (await fetch(`${started.origin}/simulator/${name}/state`)).json()

const answers: [name: Name, mode: Mode, status: number, body: unknown, header?: [string, string]][] = [
  ['meta', { mode: 'rate_limited' }, 400, { error: { code: 80004, error_subcode: 2446079 } }],
  [
    'meta',
    { mode: 'rate_limited', retry_after: 90 },
    400,
    { error: { code: 80004 } },
    ['x-business-use-case-usage', '"estimated_time_to_regain_access":2'],
  ],
  ['meta', { mode: 'down' }, 503, { error: { code: 2, is_transient: true } }],
  ['meta', { mode: 'token_revoked' }, 401, { error: { code: 190, error_subcode: 460 } }],
  ['reddit', { mode: 'rate_limited', retry_after: 7 }, 429, { error: { code: 429 } }, ['ratelimit', 'r=0;t=7']],
  [
    'reddit',
    { mode: 'down' },
    503,
    { error: { message: 'The service is currently unavailable. No conversion events were processed.' } },
  ],
  ['reddit', { mode: 'token_revoked' }, 401, { error: { message: 'UNAUTHORIZED' } }],
  ['snapchat', { mode: 'rate_limited', retry_after: 7 }, 429, { status: 'INVALID' }, ['retry-after', '7']],
  ['snapchat', { mode: 'token_revoked' }, 401, { status: 'INVALID' }],
]

test.each(answers)('%s in mode %j', async (name, mode, status, body, header) => {
  await control(name, 'mode', mode)
  const answer = await send(name)
  expect(answer).toMatchObject({ status, body })
  if (header) expect(answer.headers.get(header[0])).toContain(header[1])
  const counts = { requests: 1, accepted: [], counted: [], hits: [] }
  expect(await readState(name)).toMatchObject({ ...counts, refused: [{ status, mode: mode.mode }], mode })
})

test('Snap is down without a word of JSON', async () => {
  await control('snapchat', 'mode', { mode: 'down' })
  expect(await send('snapchat')).toMatchObject({ status: 503, body: 'Service Unavailable' })
})

const names: Name[] = ['meta', 'reddit', 'snapchat']
test.each(names)('%s: a page in the way answers 200 and nothing is taken', async (name) => {
  await control(name, 'mode', { mode: 'html' })
  const answer = await send(name)
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<!doctype html>') as unknown })
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await readState(name)).toMatchObject({ accepted: [], refused: [{ status: 200, mode: 'html' }] })
})

test.each(names)('%s: a reset connection takes nothing', async (name) => {
  await control(name, 'mode', { mode: 'reset' })
  await expect(send(name)).rejects.toThrow()
  expect(await readState(name)).toMatchObject({ requests: 1, accepted: [], refused: [], counted: [] })
})

test.each(names)('%s: a lost answer has counted, and the resend counts no second time', async (name) => {
  await control(name, 'mode', { mode: 'lost_answer', for: 1 })
  await expect(send(name)).rejects.toThrow()
  expect(await readState(name)).toMatchObject({ counted: [{ server: true, server_copies: 1 }], mode: { mode: 'ok' } })
  expect((await send(name)).status).toBe(200)
  expect(await readState(name)).toMatchObject({ requests: 2, counted: [{ server: true, server_copies: 2 }] })
})

test('a slow platform goes on after the sender has left', async () => {
  await control('meta', 'mode', { mode: 'slow', delay_ms: 1000 })
  const { path, headers, body } = calls.meta
  const leave = new AbortController()
  const left = fetch(started.origin + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: leave.signal,
  })
  const { meta } = started.simulators
  await expect.poll(() => meta.state().requests, { timeout: 30_000 }).toBe(1)
  leave.abort()
  await expect(left).rejects.toThrow()
  await expect.poll(() => meta.state().counted.length, { timeout: 30_000 }).toBe(1)
})

test('a mode ends after so many requests', async () => {
  await control('reddit', 'mode', { mode: 'down', for: 2 })
  const statuses = [await send('reddit'), await send('reddit'), await send('reddit')].map(({ status }) => status)
  expect(statuses).toEqual([503, 503, 200])
})

test('one platform’s mode leaves the others alone', async () => {
  started.simulators.meta.setMode({ mode: 'down' })
  expect((await send('meta')).status).toBe(503)
  expect((await send('snapchat')).status).toBe(200)
})

test('a reset forgets all and ends the mode', async () => {
  await send('meta')
  await control('meta', 'mode', { mode: 'down' })
  expect((await control('meta', 'reset')).status).toBe(204)
  expect(await readState('meta')).toEqual({
    requests: 0,
    accepted: [],
    refused: [],
    hits: [],
    counted: [],
    mode: { mode: 'ok' },
  })
})

test.each([
  ['an unknown mode', 'meta', 'mode', { mode: 'sleepy' }, 400],
  ['no object', 'meta', 'mode', 'down', 400],
  ['a negative count', 'meta', 'mode', { mode: 'down', for: -1 }, 400],
  ['a wait in text', 'meta', 'mode', { mode: 'rate_limited', retry_after: '7' }, 400],
  ['an unknown platform', 'tiktok', 'mode', { mode: 'ok' }, 404],
  ['a name every object has', 'constructor', 'reset', {}, 404],
])('the controls refuse %s', async (_sentence, name, what, body, status) => {
  expect((await control(name, what, body)).status).toBe(status)
  expect(started.simulators.meta.state().requests).toBe(0)
})
