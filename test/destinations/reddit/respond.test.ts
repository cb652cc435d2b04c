import { describe, expect, test } from 'vitest'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import type { Outcome } from '../../../server/destinations/destination.ts'

const event = (id: string) => ({ event_at: 1, metadata: { conversion_id: id } })
const old = (id: string) => ({ event_at: 'x', event_metadata: { conversion_id: id } })
const three = [event('a'), event('b'), event('c')]
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const invalid = (...events: unknown[]) => ({
  message: 'There were 1 invalid conversion events. None were processed.',
  invalid_events: events.map((one) => ({ error_message: 'event_at must be less than 168h0m0s old', event: one })),
})
const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)

test.each<[string, number, unknown, Outcome['kind']]>([
  ['v2 yes', 200, { message: 'Successfully processed 1 conversion events.' }, 'accepted'],
  ['v3 yes', 200, { data: { message: 'Successfully processed 1 conversion events.' } }, 'accepted'],
  ['yes as text', 200, 'Successfully processed 1 conversion events.', 'accepted'],
  ['v2 refusal', 400, invalid(event('a')), 'rejected'],
  ['v3 refusal', 400, { error: { code: 400, message: 'Bad Request', fields: [{ field: 'x' }] } }, 'rejected'],
  ['401 as text', 401, 'Authorization Required', 'halted'],
  ['401 of v2', 401, { success: false, error: { reason: 'UNAUTHORIZED', explanation: 'no' } }, 'halted'],
  ['401 of v3', 401, { error: { code: 401, message: 'No bearer token provided' } }, 'halted'],
  [
    '403',
    403,
    { error: { code: 403, message: 'You’re not authorized to post conversions to Pixel ID a2_x' } },
    'halted',
  ],
  ['404', 404, { error: { code: 404, message: 'Not Found' } }, 'halted'],
  ['a redirect', 307, '', 'halted'],
  ['408', 408, '', 'retry'],
  ['413', 413, '', 'rejected'],
  ['429', 429, { error: { message: 'Too many requests/events within timeframe.' } }, 'retry'],
  ['500', 500, '', 'retry'],
  [
    '503',
    503,
    { error: { message: 'The service is currently unavailable. No conversion events were processed.' } },
    'retry',
  ],
  ['422', 422, {}, 'rejected'],
])('%s: status %i → %s for one event', (_what, status, body, kind) => {
  const [outcome, ...more] = reddit.respond(answer(status, body), [event('a')])
  expect(outcome?.kind).toBe(kind)
  expect(more).toEqual([])
  if (outcome?.kind === 'rejected' || outcome?.kind === 'halted') {
    expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
    expect(outcome.why).not.toBe('')
    expect(outcome).not.toHaveProperty('unsure')
  }
})

test.each([
  ['HTML', '<html><title>Hi</title></html>'],
  ['nothing', ''],
  ['an empty object', '{}'],
  ['an error', { error: { code: 500, message: 'x' } }],
  ['a no', { success: false, message: 'x' }],
])('a 200 with %s is no answer', (_what, body) => {
  expect(reddit.respond(answer(200, body), three)).toMatchObject(three.map(() => ({ kind: 'retry', unreadable: true })))
})

describe('a refused batch', () => {
  test('the named one is certain, the others go again without an attempt', () => {
    expect(reddit.respond(answer(400, invalid(event('b'))), three)).toEqual([
      { kind: 'retry', why: expect.any(String) as unknown, innocent: true, afterMs: 0 },
      {
        kind: 'rejected',
        why: 'event_at must be less than 168h0m0s old',
        fix: expect.any(String) as unknown,
        code: '400',
      },
      { kind: 'retry', why: expect.any(String) as unknown, innocent: true, afterMs: 0 },
    ])
  })

  test('v2 and an answer inside data are read as well', () => {
    expect(kinds(reddit.respond(answer(400, invalid(old('b'))), [old('a'), old('b')]))).toEqual(['retry', 'rejected'])
    const inside = { data: invalid(event('c')) }
    expect(kinds(reddit.respond(answer(400, inside), three))).toEqual(['retry', 'retry', 'rejected'])
  })

  test('several named ones', () => {
    const body = invalid(event('a'), event('c'))
    expect(kinds(reddit.respond(answer(400, body), three))).toEqual(['rejected', 'retry', 'rejected'])
  })

  test.each<[string, unknown, readonly object[]]>([
    ['nobody is named', { error: { code: 400, message: 'Bad Request' } }, three],
    ['the list is empty', { message: 'x', invalid_events: [] }, three],
    ['the named one is unknown', invalid(event('z')), three],
    ['the named one has no ID', invalid({}), three],
    ['two have that ID', invalid(event('a')), [event('a'), event('a')]],
  ])('%s: all are suspects', (_what, body, sent) => {
    expect(reddit.respond(answer(400, body), sent)).toMatchObject(sent.map(() => ({ kind: 'rejected', unsure: true })))
  })

  test('invalid events inside a yes fail alone', () => {
    const body = { ...invalid(event('b')), message: 'Successfully processed 2 conversion events.' }
    expect(kinds(reddit.respond(answer(200, body), three))).toEqual(['accepted', 'rejected', 'accepted'])
  })
})

test.each<[string, Record<string, string>, number | undefined]>([
  ['nothing said', {}, undefined],
  ['Retry-After', { 'retry-after': '3', ratelimit: '"a";r=0;t=60' }, 3000],
  ['an exhausted policy', { ratelimit: '"a";r=0;t=60, "b";r=0;t=90, "c";r=5;t=900' }, 90_000],
  ['a policy with some left', { ratelimit: '"a";r=5;t=60' }, undefined],
])('how long to wait: %s', (_what, headers, afterMs) => {
  expect(reddit.respond(answer(429, {}, headers), [event('a')])[0]).toMatchObject({ kind: 'retry', afterMs })
})
