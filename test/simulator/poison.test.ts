import { expect, test } from 'vitest'
import { sha256, started, useSimulators } from './arrivals.ts'
import { apiNames, apis, control, readState, send, setMode, taken, type ApiName } from './calls.ts'

useSimulators()

const withOrder: Record<ApiName, (order: string) => Record<string, unknown>> = {
  meta: (order) => ({ ...apis.meta.good('e1'), custom_data: { order_id: order } }),
  reddit: (order) => ({ ...apis.reddit.good('e1'), metadata: { conversion_id: 'e1', order_id: order } }),
  reddit_v2: () => apis.reddit_v2.good('e1'), // v2 has no order numbers
  snapchat: (order) => ({ ...apis.snapchat.good('e1'), custom_data: { order_id: order } }),
}

const rows: [section: string, api: ApiName, sentence: string, poison: string[], event: object, refused: boolean][] = [
  ...apiNames.flatMap((api): typeof rows => [
    [section(api), api, 'its ID', ['e1'], apis[api].good('e1'), true],
    [section(api), api, 'the second of a list', ['e0', 'e1'], apis[api].good('e1'), true],
    [section(api), api, 'part of its ID', ['e'], apis[api].good('e1'), false],
    [section(api), api, 'its ID in other letters', ['E1'], apis[api].good('e1'), false],
    [section(api), api, 'nothing', [], apis[api].good('e1'), false],
  ]),
  ['Meta 15', 'meta', 'its order', ['1001'], withOrder.meta('1001'), true],
  ['Meta 15', 'meta', 'another order', ['1001'], withOrder.meta('1002'), false],
  ['Reddit 13', 'reddit', 'its order', ['1001'], withOrder.reddit('1001'), true],
  ['Snapchat 14', 'snapchat', 'its order', ['1001'], withOrder.snapchat('1001'), true],
  ['Reddit 10', 'reddit', 'the digest of its raw ID', [sha256('e1')], apis.reddit.good('e1'), true],
  ['Reddit 10', 'reddit', 'the raw form of its digest', ['e1'], apis.reddit.good(sha256('e1')), true],
  ['Reddit 10', 'reddit', 'its digest in capitals', [sha256('e1').toUpperCase()], apis.reddit.good(sha256('e1')), true],
  ['Reddit 10', 'reddit_v2', 'the raw form of its digest', ['e1'], apis.reddit_v2.good(sha256('e1')), true],
  ['Snapchat 14', 'snapchat', 'the digest of its ID', [sha256('e1')], apis.snapchat.good('e1'), false],
]

function section(api: ApiName): string {
  return { meta: 'Meta 15', reddit: 'Reddit 13', reddit_v2: 'Reddit 13', snapchat: 'Snapchat 14' }[api]
}

test.each(rows)('%s: %s, poisoned by %s', async (_section, api, _sentence, poison, event, refused) => {
  await setMode(api, { mode: 'ok', poison })
  expect((await send(api, [event])).status).toBe(refused ? 400 : 200)
  expect(taken(api)).toHaveLength(refused ? 0 : 1)
})

const answers: [api: ApiName, body: unknown][] = [
  ['meta', { error: { type: 'OAuthException', code: 100, message: 'Invalid parameter' } }],
  ['reddit', { error: { code: 400, message: 'There were 1 invalid conversion events. None were processed.' } }],
  ['reddit_v2', { message: 'There were 1 invalid conversion events. None were processed.' }],
  ['snapchat', { status: 'INVALID', event: 2, reason: 'the event is invalid' }],
]
test.each(answers)('%s: poison sinks its neighbours, alone they pass', async (api, body) => {
  const { good } = apis[api]
  await setMode(api, { mode: 'ok', poison: ['e2'] })
  expect(await send(api, [good('e1'), good('e2'), good('e3')])).toMatchObject({ status: 400, body })
  expect(taken(api)).toEqual([])
  for (const id of ['e1', 'e3']) expect((await send(api, [good(id)])).status).toBe(200)
  expect(taken(api)).toEqual(['e1', 'e3'])
})

test('Meta 15: the code for a poisoned event has no subcode', async () => {
  await setMode('meta', { mode: 'ok', poison: ['e1'] })
  expect((await send('meta')).body).not.toHaveProperty('error.error_subcode')
})

test('Snapchat 15: the test endpoint knows poison too', async () => {
  await setMode('snapchat', { mode: 'ok', poison: ['e1'] })
  const event = { ...apis.snapchat.good('e1'), event_source_url: 'https://shop.example' }
  const answer = await fetch(started.origin + apis.snapchat.path.replace('/events', '/events/validate'), {
    method: 'POST',
    body: JSON.stringify({ data: [event] }),
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ test_event: true, event_logs: [{ status: 'INVALID' }] })
})

test('poison works under other modes and stays until the next mode call without it', async () => {
  await setMode('meta', { mode: 'busy', poison: ['e1'], for: 1 })
  expect((await send('meta')).status).toBe(400)
  expect((await send('meta')).status).toBe(400)
  expect(await readState('meta')).toMatchObject({ mode: { mode: 'ok', poison: ['e1'] } })
  await control('meta', 'mode', { mode: 'ok' })
  expect((await send('meta')).status).toBe(200)
})
