import { expect, test } from 'vitest'
import type { Mode } from '../../server/simulator/index.ts'
import { started, useSimulators } from './arrivals.ts'
import { apis, readState, send, setMode, taken, type ApiName } from './calls.ts'

useSimulators()
/** Three events, the second of them bad. */
const batch = (api: ApiName): readonly unknown[] => [apis[api].good('e1'), apis[api].bad('e2'), apis[api].good('e3')]

const none = 'There were 1 invalid conversion events. None were processed.'
const two = 'Successfully processed 2 conversion events.'
const missing = 'event_at is required'
const v3Fields = ['data.events[1].event_at is required']
// What JSON leaves of the bad event.
const bare = (api: ApiName): unknown => JSON.parse(JSON.stringify(apis[api].bad('e2')))
const invalid = (api: ApiName) => [{ error_message: expect.stringContaining(missing) as unknown, event: bare(api) }]
const errors = { codes: [], error_msgs: ['event_time is required'] }
const snap = { status: 'INVALID', reason: 'event_time is required', errors }
const logs = [
  { event: 1, status: 'VALID', errors: { codes: [], error_msgs: [] }, warnings: [] },
  { event: 2, status: 'INVALID', errors, warnings: [] },
  { event: 3, status: 'VALID', errors: { codes: [], error_msgs: [] }, warnings: [] },
]
const metaBody = {
  error: {
    message: 'Invalid parameter',
    type: 'OAuthException',
    code: 100,
    is_transient: false,
    error_user_title: 'Invalid parameter',
    error_user_msg: 'event_time is required',
    fbtrace_id: expect.any(String) as string,
  },
}

const whole: [section: string, api: ApiName, switches: Partial<Mode>, body: unknown][] = [
  ...[{}, { names: true }, { names: false }, { partial: true }, { partial: true, names: true }].map(
    (switches): (typeof whole)[number] => ['Meta 2', 'meta', switches, metaBody],
  ),
  ['Reddit 13', 'reddit', {}, { error: { code: 400, message: none, fields: v3Fields } }],
  [
    'Reddit 13',
    'reddit',
    { names: true },
    { error: { code: 400, message: none, fields: v3Fields, invalid_events: invalid('reddit') } },
  ],
  ['Reddit 13', 'reddit', { names: false }, { error: { code: 400, message: none } }],
  ['Reddit 13', 'reddit_v2', {}, { message: none, invalid_events: invalid('reddit_v2') }],
  ['Reddit 13', 'reddit_v2', { names: true }, { message: none, invalid_events: invalid('reddit_v2') }],
  ['Reddit 13', 'reddit_v2', { names: false }, { message: none }],
  ['Snapchat 14', 'snapchat', {}, { ...snap, event: 2 }],
  ['Snapchat 14', 'snapchat', { names: true }, { ...snap, event: 2, event_logs: logs }],
  ['Snapchat 14', 'snapchat', { names: false }, snap],
]
test.each(whole)('%s: %s refuses the whole batch under %j', async (_section, api, switches, body) => {
  await setMode(api, { mode: 'ok', ...switches })
  const answer = await send(api, batch(api))
  expect([answer.status, answer.body]).toEqual([400, body])
  expect(await readState(apis[api].name)).toMatchObject({ accepted: [], counted: [], refused: [{ status: 400 }] })
})

const parts: [section: string, api: ApiName, switches: Partial<Mode>, body: unknown][] = [
  ['Reddit 13', 'reddit', {}, { data: { message: two, invalid_events: invalid('reddit') } }],
  ['Reddit 13', 'reddit', { names: true }, { data: { message: two, invalid_events: invalid('reddit') } }],
  ['Reddit 13', 'reddit', { names: false }, { data: { message: two } }],
  ['Reddit 13', 'reddit_v2', {}, { message: two, invalid_events: invalid('reddit_v2') }],
  ['Reddit 13', 'reddit_v2', { names: false }, { message: two }],
  ['Snapchat 14', 'snapchat', {}, { ...snap, event: 2, event_logs: logs }],
  ['Snapchat 14', 'snapchat', { names: true }, { ...snap, event: 2, event_logs: logs }],
  ['Snapchat 14', 'snapchat', { names: false }, snap],
]
test.each(parts)('%s: %s processes the good neighbours under partial and %j', async (_section, api, switches, body) => {
  await setMode(api, { mode: 'ok', partial: true, ...switches })
  const answer = await send(api, batch(api))
  expect([answer.status, answer.body]).toEqual([200, body])
  expect(taken(api)).toEqual(['e1', 'e3'])
  expect(await readState(apis[api].name)).toMatchObject({
    counted: [{ server: true }, { server: true }],
    refused: [{ status: 200, mode: 'ok', answer: body }],
  })
})

const nothingGood: [section: string, api: ApiName, status: number, body: unknown][] = [
  ['Reddit 13', 'reddit', 400, { error: { message: none } }],
  ['Reddit 13', 'reddit_v2', 400, { message: none }],
  ['Snapchat 14', 'snapchat', 200, { status: 'INVALID', event: 1 }],
]
test.each(nothingGood)('%s: %s with nothing but a bad event, partial or not', async (_section, api, status, body) => {
  await setMode(api, { mode: 'ok', partial: true })
  expect(await send(api, [apis[api].bad('e1')])).toMatchObject({ status, body })
  expect(taken(api)).toEqual([])
})

test.each(['reddit', 'reddit_v2', 'snapchat'] as const)('%s: a good batch is answered as ever', async (api) => {
  const usual = await send(api, [apis[api].good('e1'), apis[api].good('e2')])
  await setMode(api, { mode: 'ok', partial: true, names: true })
  const answer = await send(api, [apis[api].good('e3'), apis[api].good('e4')])
  expect([answer.status, answer.body]).toEqual([200, usual.body])
  expect(started.simulators[apis[api].name].state().refused).toEqual([])
})

test('poison is told apart like any other bad event', async () => {
  await setMode('reddit', { mode: 'ok', partial: true, poison: ['e2'] })
  const answer = await send('reddit', [apis.reddit.good('e1'), apis.reddit.good('e2')])
  expect(answer).toMatchObject({
    status: 200,
    body: {
      data: {
        message: 'Successfully processed 1 conversion events.',
        invalid_events: [{ event: { metadata: { conversion_id: 'e2' } } }],
      },
    },
  })
  expect(taken('reddit')).toEqual(['e1'])
})

test('Snapchat 15: the test endpoint tells of every event, whatever the switches say, and counts none', async () => {
  await setMode('snapchat', { mode: 'ok', names: false, partial: true })
  const path = apis.snapchat.path.replace('/events', '/events/validate')
  const events = batch('snapchat').map((event) => ({ ...(event as object), event_source_url: 'https://shop.example' }))
  const answer = await fetch(started.origin + path, { method: 'POST', body: JSON.stringify({ data: events }) })
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: 'INVALID', test_event: true, reason: 'event_time is required', event_logs: logs },
  ])
  expect(await readState('snapchat')).toMatchObject({ accepted: [{ test: true }, { test: true }], counted: [] })
})
