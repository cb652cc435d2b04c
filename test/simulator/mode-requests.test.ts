import { expect, test } from 'vitest'
import { useSimulators } from './arrivals.ts'
import { control, names, readState, type Name } from './calls.ts'

useSimulators()

const everySwitch = {
  for: 3,
  retry_after: 1,
  delay_ms: 0,
  poison: ['order-1'],
  names: false,
  partial: true,
  requests_per_second: 1,
  events_per_second: 1,
  dedup_s: 0,
}
const good: [sentence: string, name: Name, mode: object][] = [
  ...names.map((name): [string, Name, object] => ['every switch', name, { mode: 'ok', ...everySwitch }]),
  ['a code with all its parts', 'meta', { mode: 'error', code: 4, subcode: 1504022, status: 400, message: 'No.' }],
  ['a bare code', 'meta', { mode: 'error', code: -3 }],
  ['a status', 'reddit', { mode: 'error', status: 400 }],
  ['the last status', 'reddit', { mode: 'error', status: 599, message: 'No.' }],
  ['a status with a code', 'snapchat', { mode: 'error', status: 400, code: 507 }],
]
test.each(good)('the controls take %s (%s), and the state shows it', async (_sentence, name, mode) => {
  expect(await control(name, 'mode', mode)).toMatchObject({ status: 200, body: mode })
  expect(await readState(name)).toHaveProperty('mode', mode)
})

const bad: [sentence: string, name: Name, mode: unknown, error: string][] = [
  ['no JSON', 'meta', '{', 'A JSON object with "mode" is needed.'],
  ['no object', 'meta', '"down"', 'A JSON object with "mode" is needed.'],
  ['no mode', 'meta', {}, '"mode" must be one of ok, '],
  ['an unknown mode', 'meta', { mode: 'sleepy' }, '"mode" must be one of ok, '],
  ['an unknown key', 'meta', { mode: 'ok', posion: ['a'] }, '"posion" is not known; '],
  ['a key every object has', 'meta', '{"mode":"ok","__proto__":1}', '"__proto__" is not known; '],
  ['a negative count', 'meta', { mode: 'down', for: -1 }, '"for" must be an integer of 0 or more.'],
  ['half a request', 'meta', { mode: 'down', for: 0.5 }, '"for" must be an integer of 0 or more.'],
  [
    'a wait in text',
    'meta',
    { mode: 'rate_limited', retry_after: '7' },
    '"retry_after" must be an integer of 0 or more.',
  ],
  ['null for a wait', 'meta', { mode: 'slow', delay_ms: null }, '"delay_ms" must be an integer of 0 or more.'],
  ['poison that is no list', 'meta', { mode: 'ok', poison: 'a' }, '"poison" must be a list'],
  ['an empty ID', 'meta', { mode: 'ok', poison: ['a', ''] }, '"poison"[1] must be text that is not empty.'],
  ['names in text', 'meta', { mode: 'ok', names: 'yes' }, '"names" must be true or false.'],
  ['a number for partial', 'meta', { mode: 'ok', partial: 1 }, '"partial" must be true or false.'],
  [
    'no requests at all',
    'meta',
    { mode: 'ok', requests_per_second: 0 },
    '"requests_per_second" must be an integer of 1',
  ],
  ['no events at all', 'meta', { mode: 'ok', events_per_second: 0 }, '"events_per_second" must be an integer of 1'],
  ['a window in the past', 'meta', { mode: 'ok', dedup_s: -1 }, '"dedup_s" must be an integer of 0 or more.'],
  ['a code outside its mode', 'meta', { mode: 'ok', code: 4 }, '"code" goes with the mode error only.'],
  ['a status outside its mode', 'reddit', { mode: 'down', status: 500 }, '"status" goes with the mode error only.'],
  ['an error without its code', 'meta', { mode: 'error', status: 400 }, 'The mode error needs "code" at meta.'],
  ['an error without its status', 'reddit', { mode: 'error' }, 'The mode error needs "status" at reddit.'],
  [
    'an error without its status',
    'snapchat',
    { mode: 'error', code: 507 },
    'The mode error needs "status" at snapchat.',
  ],
  ['a code where there is none', 'reddit', { mode: 'error', status: 400, code: 4 }, '"code" is unknown to reddit.'],
  ['a subcode where there is none', 'snapchat', { mode: 'error', status: 400, subcode: 4 }, '"subcode" is unknown'],
  [
    'a status that is no error',
    'reddit',
    { mode: 'error', status: 399 },
    '"status" must be an integer from 400 to 599.',
  ],
  ['a status beyond all errors', 'reddit', { mode: 'error', status: 600 }, '"status" must be an integer from 400 to'],
]
test.each(bad)('the controls refuse %s (%s) with one sentence', async (_sentence, name, mode, error) => {
  const answer = await control(name, 'mode', mode)
  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(error) as unknown } })
  expect((answer.body as { error: string }).error).toMatch(/^[^\n.]+\.$/)
  expect(await readState(name)).toMatchObject({ requests: 0, mode: { mode: 'ok' } })
})

test.each([
  ['an unknown platform', 'tiktok', 'mode', { mode: 'ok' }],
  ['a name every object has', 'constructor', 'reset', {}],
])('the controls do not know %s', async (_sentence, name, what, body) => {
  expect((await control(name, what, body)).status).toBe(404)
})
