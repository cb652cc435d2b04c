import { expect, test } from 'vitest'
import type { Mode } from '../../server/simulator/index.ts'
import { started, useSimulators } from './arrivals.ts'
import { apiNames, apis, control, names, readState, send, setMode, taken, type ApiName } from './calls.ts'
import { accounts } from './start.ts'

useSimulators()

const limits: [
  section: string,
  api: ApiName,
  mode: Mode,
  status: number,
  body: unknown,
  header?: [name: string, value: string],
][] = [
  ['Meta 15', 'meta', { mode: 'rate_limited' }, 400, { error: { code: 80004, error_subcode: 2446079 } }],
  [
    'Meta 15',
    'meta',
    { mode: 'rate_limited', retry_after: 90 },
    400,
    { error: { code: 80004 } },
    ['x-business-use-case-usage', '"estimated_time_to_regain_access":2'],
  ],
  ['Reddit 13', 'reddit', { mode: 'rate_limited' }, 429, { error: { code: 429 } }],
  [
    'Reddit 13',
    'reddit',
    { mode: 'rate_limited', retry_after: 7 },
    429,
    { error: { code: 429, message: 'Too many requests within timeframe.' } },
    ['ratelimit', 'r=0;t=7'],
  ],
  [
    'Reddit 13',
    'reddit_v2',
    { mode: 'rate_limited', retry_after: 7 },
    429,
    { message: 'Too many requests within timeframe.' },
    ['ratelimit-policy', 'q=1000;w=1'],
  ],
  ['Snapchat 14', 'snapchat', { mode: 'rate_limited' }, 429, { status: 'INVALID' }],
  [
    'Snapchat 14',
    'snapchat',
    { mode: 'rate_limited', retry_after: 7 },
    429,
    { status: 'INVALID' },
    ['retry-after', '7'],
  ],
]
test.each(limits)('%s: %s in mode %j', async (_section, api, mode, status, body, header) => {
  await setMode(api, mode)
  const answer = await send(api)
  expect(answer).toMatchObject({ status, body })
  if (header) expect(answer.headers.get(header[0])).toContain(header[1])
  else
    for (const name of ['retry-after', 'ratelimit', 'x-app-usage', 'x-business-use-case-usage'])
      expect(answer.headers.get(name)).toBeNull()
  expect(await readState(apis[api].name)).toMatchObject({
    ...{ requests: 1, accepted: [], counted: [], hits: [] },
    refused: [{ status, mode: mode.mode }],
    mode,
  })
})

test.each(apiNames)('%s: a page in the way answers 200 and nothing is taken', async (api) => {
  await setMode(api, { mode: 'html' })
  const answer = await send(api)
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<!doctype html>') as unknown })
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(await readState(apis[api].name)).toMatchObject({ accepted: [], refused: [{ status: 200, mode: 'html' }] })
})

test.each(apiNames)('%s: an empty answer is a 200 and nothing is taken', async (api) => {
  await setMode(api, { mode: 'empty' })
  expect(await send(api)).toMatchObject({ status: 200, body: '' })
  expect(await readState(apis[api].name)).toMatchObject({ accepted: [], refused: [{ status: 200, mode: 'empty' }] })
})

test.each(apiNames)('%s: a redirect leads elsewhere and nothing is taken', async (api) => {
  await setMode(api, { mode: 'redirect' })
  const { path, headers, good, envelope } = apis[api]
  const body = JSON.stringify(envelope([good('e1')]))
  const answer = await fetch(started.origin + path, { method: 'POST', headers, body, redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://elsewhere.invalid/'])
  expect(await readState(apis[api].name)).toMatchObject({ accepted: [], refused: [{ status: 307, mode: 'redirect' }] })
})

test.each(apiNames)('%s: a cut answer is no JSON, but the event has counted', async (api) => {
  const whole = await send(api)
  started.simulators[apis[api].name].reset()
  await setMode(api, { mode: 'cut' })
  const answer = await send(api)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(typeof answer.body).toBe('string') // what cannot be parsed stays a text
  expect(String(answer.body)).toHaveLength(Math.floor(JSON.stringify(whole.body).length / 2))
  expect(await readState(apis[api].name)).toMatchObject({ accepted: [{}], refused: [], counted: [{ server: true }] })
})

test.each(apiNames)('%s: a reset connection takes nothing', async (api) => {
  await setMode(api, { mode: 'reset' })
  await expect(send(api)).rejects.toThrow()
  expect(await readState(apis[api].name)).toMatchObject({ requests: 1, accepted: [], refused: [], counted: [] })
})

test.each(apiNames)('%s: a lost answer has counted, and the resend joins', async (api) => {
  const { name } = apis[api]
  await setMode(api, { mode: 'lost_answer', for: 1 })
  await expect(send(api)).rejects.toThrow()
  expect(await readState(name)).toMatchObject({ counted: [{ server: true, server_copies: 1 }], mode: { mode: 'ok' } })
  expect((await send(api)).status).toBe(200)
  expect(await readState(name)).toMatchObject({ requests: 2, counted: [{ server: true, server_copies: 2 }] })
})

test.each(apiNames)('%s: a refused batch names nobody, and each event passes alone', async (api) => {
  const { good } = apis[api]
  const ids = ['order-1001', 'order-1002'] as const // too long to turn up in a random trace ID
  await setMode(api, { mode: 'batch_refused' })
  const answer = await send(
    api,
    ids.map((id) => good(id)),
  )
  expect(answer.status).toBe(400)
  expect(JSON.stringify(answer.body)).not.toMatch(/"event"|event_logs|invalid_events|fields|subcode|order-100/)
  expect(taken(api)).toEqual([])
  for (const id of ids) expect((await send(api, [good(id)])).status).toBe(200)
  expect(taken(api)).toEqual(ids)
  expect((await send(api, [apis[api].bad('order-1003')])).status).toBe(400)
})

const percentages = (header: string | null): number[] =>
  (header?.match(/(?<="(call_count|total_cputime|total_time)":)\d+/g) ?? []).map(Number)
test('Meta 15: a busy platform takes events and tells how much of its limits is used', async () => {
  await setMode('meta', { mode: 'busy' })
  const { status, headers } = await send('meta')
  expect(status).toBe(200)
  for (const name of ['x-app-usage', 'x-business-use-case-usage']) {
    expect(percentages(headers.get(name))).toHaveLength(3)
    for (const used of percentages(headers.get(name))) expect(used >= 85 && used <= 95).toBe(true)
  }
  expect(headers.get('x-business-use-case-usage')).toContain(accounts.meta.pixelId)
  expect(headers.get('x-business-use-case-usage')).toContain('"estimated_time_to_regain_access":0')
  expect(taken('meta')).toEqual(['e1'])
})

test.each(['reddit', 'reddit_v2'] as const)(
  'Reddit 13: a busy platform (%s) has little left of its quotas',
  async (api) => {
    await setMode(api, { mode: 'busy' })
    const { status, headers } = await send(api)
    expect(status).toBe(200)
    const numbers = (header: string, key: string): number[] =>
      (headers.get(header)?.match(new RegExp(`(?<=;${key}=)\\d+`, 'g')) ?? []).map(Number)
    const quotas = numbers('ratelimit-policy', 'q')
    expect(quotas).toEqual([1000, 10_000])
    const left = numbers('ratelimit', 'r').map((rest, at) => rest / (quotas[at] ?? 0))
    expect(left).toHaveLength(2)
    for (const share of left) expect(share >= 0.05 && share <= 0.15).toBe(true)
    expect(taken(api)).toEqual(['e1'])
  },
)

test('Snapchat 2: a busy platform has no headers to say so', async () => {
  const usual = [...(await send('snapchat')).headers.keys()]
  await setMode('snapchat', { mode: 'busy' })
  const { status, headers } = await send('snapchat')
  expect([status, [...headers.keys()]]).toEqual([200, usual])
})

test('a slow platform goes on after the sender has left', async () => {
  await setMode('meta', { mode: 'slow', delay_ms: 1000 })
  const { path, headers, envelope, good } = apis.meta
  const leave = new AbortController()
  const left = fetch(started.origin + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(envelope([good('e1')])),
    signal: leave.signal,
  })
  const { meta } = started.simulators
  await expect.poll(() => meta.state().requests, { timeout: 30_000 }).toBe(1)
  leave.abort()
  await expect(left).rejects.toThrow()
  await expect.poll(() => meta.state().counted.length, { timeout: 30_000 }).toBe(1)
})

test('a mode ends after so many requests, what was asked for of the rules stays', async () => {
  await setMode('reddit', { mode: 'down', for: 2, poison: ['e1'], names: false })
  const statuses = [await send('reddit'), await send('reddit'), await send('reddit')].map(({ status }) => status)
  expect(statuses).toEqual([503, 503, 400])
  expect(await readState('reddit')).toHaveProperty('mode', { mode: 'ok', poison: ['e1'], names: false })
  await setMode('reddit', { mode: 'ok' })
  expect((await send('reddit')).status).toBe(200)
})

test('one platform’s mode leaves the others alone', async () => {
  started.simulators.meta.setMode({ mode: 'down' })
  expect((await send('meta')).status).toBe(503)
  expect((await send('snapchat')).status).toBe(200)
})

test.each(names)('%s: a reset forgets all and ends the mode', async (name) => {
  await send(name)
  await setMode(name, { mode: 'down', poison: ['e1'] })
  expect((await control(name, 'reset')).status).toBe(204)
  const empty = { requests: 0, accepted: [], refused: [], hits: [], counted: [] }
  expect(await readState(name)).toEqual({ ...empty, mode: { mode: 'ok' } })
})
