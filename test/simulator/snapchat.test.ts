import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { snap as event, snapPage as page } from './samples.ts'
import { accounts, change, now, post } from './start.ts'

useSimulators()
const { pixelId, token } = accounts.snapchat
const live = `/v3/${pixelId}/events?access_token=${token}`
const validate = `/v3/${pixelId}/events/validate?access_token=${token}`

const envelopes: [
  sentence: string,
  call: { path?: string; headers?: Record<string, string>; body: unknown },
  status: number,
][] = [
  ['Snapchat 2: the token in the query', { body: { data: [event] } }, 200],
  [
    'Snapchat 2: the token in the header',
    { path: `/v3/${pixelId}/events`, headers: { authorization: `Bearer ${token}` }, body: { data: [event] } },
    200,
  ],
  ['Snapchat 2: no token', { path: `/v3/${pixelId}/events`, body: { data: [event] } }, 401],
  ['Snapchat 2: another token', { path: `/v3/${pixelId}/events?access_token=no`, body: { data: [event] } }, 401],
  ['Snapchat 2: another pixel', { path: live.replace(pixelId, 'other'), body: { data: [event] } }, 404],
  ['Snapchat 3: no JSON', { body: 'data' }, 400],
  ['Snapchat 3: a bare list', { body: [event] }, 400],
  ['Snapchat 3: a test code that is no text', { body: { data: [event], test_event_code: 1 } }, 400],
  ['Snapchat 3: a bare event', { body: event }, 400],
  ['Snapchat 2: no events', { body: { data: [] } }, 400],
  ['Snapchat 2: one event', { body: { data: [event] } }, 200],
  ['Snapchat 2: 1999 events', { body: { data: Array(1999).fill(page) } }, 200],
  ['Snapchat 2: 2000 events', { body: { data: Array(2000).fill(page) } }, 200],
  ['Snapchat 2: 2001 events', { body: { data: Array(2001).fill(page) } }, 400],
]

test.each(envelopes)('%s', async (_sentence, call, status) => {
  const answer = await post(started.origin, { path: live, ...call })
  expect(answer).toMatchObject({ status, body: { status: status === 200 ? 'VALID' : 'INVALID' } })
  expect(started.simulators.snapchat.state().accepted.length > 0).toBe(status === 200)
})

test('Snapchat 15: the test endpoint says of every event what is wrong, and counts none', async () => {
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

test('Snapchat 15: a test event code on the live endpoint is taken and not counted', async () => {
  await post(started.origin, { path: live, body: { data: [event], test_event_code: 'test' } })
  expect(started.simulators.snapchat.state()).toMatchObject({ accepted: [{ test: true }], counted: [] })
})

test('Snapchat 15: logs and counters of the test endpoint', async () => {
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
