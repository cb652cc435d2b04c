import { describe, expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import type { Outcome } from '../../../server/destinations/destination.ts'
import { fakeToken } from '../vectors.ts'

const two = [{ event_id: 'a' }, { event_id: 'b' }]
const one = [{ event_id: 'a' }]
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const error = (code: number, subcode?: number, more = {}) => ({
  error: {
    message: 'Invalid parameter',
    type: 'OAuthException',
    code,
    error_subcode: subcode,
    fbtrace_id: 'Atrace',
    ...more,
  },
})
const first = (
  status: number,
  body: unknown,
  headers?: Record<string, string>,
  sent: readonly object[] = one,
): Outcome => meta.respond(answer(status, body, headers), sent)[0]!

test('a yes for everyone, with the trace', () => {
  const body = { events_received: 2, messages: [], fbtrace_id: 'Atrace' }
  expect(meta.respond(answer(200, body), two)).toEqual([
    { kind: 'accepted', trace: 'Atrace' },
    { kind: 'accepted', trace: 'Atrace' },
  ])
})

test.each([
  ['fewer than sent', { events_received: 1 }],
  ['no count', { messages: [] }],
  ['HTML', '<html><body>Hello</body></html>'],
  ['nothing', ''],
  ['a cut answer', '{"events_rec'],
])('a 200 with %s is no answer', (_what, body) => {
  expect(meta.respond(answer(200, body), two)).toMatchObject([
    { kind: 'retry', unreadable: true },
    { kind: 'retry', unreadable: true },
  ])
})

describe('codes', () => {
  test.each<[string, number, number, number | undefined, Outcome['kind']]>([
    ['unknown', 500, 1, undefined, 'retry'],
    ['unknown 99', 400, 1, 99, 'retry'],
    ['service down', 503, 2, undefined, 'retry'],
    ['unknown 5000', 400, 5000, undefined, 'retry'],
    ['data set not ready', 400, 21009, undefined, 'retry'],
    ['negative', 400, -3, undefined, 'retry'],
    ['app limit', 400, 4, undefined, 'retry'],
    ['app limit 1504022', 403, 4, 1504022, 'retry'],
    ['user limit', 400, 17, 2446079, 'retry'],
    ['page limit', 400, 32, undefined, 'retry'],
    ['call rate', 400, 613, 1487742, 'retry'],
    ['business limit, first', 400, 80000, undefined, 'retry'],
    ['business limit, last', 400, 80014, undefined, 'retry'],
    ['application limit', 400, 341, undefined, 'retry'],
    ['policy', 400, 368, undefined, 'halted'],
    ['token invalid', 401, 190, undefined, 'halted'],
    ['token expired', 400, 190, 463, 'halted'],
    ['token invalid with 500', 500, 190, 460, 'halted'],
    ['login state', 400, 102, undefined, 'halted'],
    ['signature', 400, 104, undefined, 'halted'],
    ['capability', 400, 3, undefined, 'halted'],
    ['permission', 403, 10, undefined, 'halted'],
    ['permission 200', 403, 200, undefined, 'halted'],
    ['permission 294', 403, 294, undefined, 'halted'],
    ['permission 299', 403, 299, undefined, 'halted'],
    ['pixel missing', 400, 100, 33, 'halted'],
    ['too old', 400, 100, 2804003, 'rejected'],
    ['no value', 400, 100, 2804009, 'rejected'],
    ['no currency', 400, 100, 2804010, 'rejected'],
    ['too few keys', 400, 100, 2804050, 'rejected'],
    ['another subcode', 400, 100, 2804019, 'rejected'],
    ['invalid parameter', 400, 100, undefined, 'rejected'],
    ['too many parameters', 400, 105, undefined, 'rejected'],
    ['unlisted with 5xx', 502, 777, undefined, 'retry'],
  ])('%s: status %i, code %i/%s → %s', (_what, status, code, subcode, kind) => {
    const outcome = first(status, error(code, subcode))
    expect(outcome).toMatchObject({ kind, trace: 'Atrace' })
    if (outcome.kind === 'rejected' || outcome.kind === 'halted') {
      expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
      expect(outcome.code).toBe(subcode === undefined ? String(code) : `${code}/${subcode}`)
    }
  })

  test('a transient error is transient whatever its code', () => {
    expect(first(400, error(100, 33, { is_transient: true }))).toMatchObject({ kind: 'retry' })
  })

  test('a refused batch is split, a refused event is certain', () => {
    expect(meta.respond(answer(400, error(100, 2804003)), two)).toMatchObject([{ unsure: true }, { unsure: true }])
    expect(first(400, error(100, 2804003))).not.toHaveProperty('unsure')
  })

  test('an unlisted code: a batch is split, a single event is asked again a few times', () => {
    expect(first(400, error(777), {}, two)).toMatchObject({ kind: 'rejected', unsure: true })
    expect(first(400, error(777))).toMatchObject({ kind: 'retry', unreadable: true })
  })
})

test.each<[string, number, unknown, Outcome['kind']]>([
  ['a redirect', 302, '', 'halted'],
  ['401 without a code', 401, {}, 'halted'],
  ['403 without a code', 403, {}, 'halted'],
  ['404 without a code', 404, {}, 'halted'],
  ['408', 408, {}, 'retry'],
  ['413', 413, {}, 'rejected'],
  ['429', 429, {}, 'retry'],
  ['500 in HTML', 500, '<html>', 'retry'],
  ['400 in HTML', 400, '<html>', 'retry'],
  ['an error inside 200', 200, { error: { code: 190, message: 'x' } }, 'halted'],
])('%s → %s', (_what, status, body, kind) => {
  expect(first(status, body).kind).toBe(kind)
})

test.each<[string, Record<string, string>, number]>([
  ['nothing said: a minute', {}, 60_000],
  ['Retry-After in seconds', { 'retry-after': '7' }, 7000],
  [
    'Retry-After as a date, by the answer’s own clock',
    { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' },
    30_000,
  ],
  ['Retry-After as a date, without a clock', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 60_000],
  [
    'minutes of a business use case',
    {
      'x-business-use-case-usage':
        '{"1":[{"type":"ads_management","estimated_time_to_regain_access":3},{"estimated_time_to_regain_access":5}]}',
    },
    300_000,
  ],
  ['seconds of an ad account', { 'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":90}' }, 90_000],
  ['a header that is no JSON', { 'x-business-use-case-usage': 'soon' }, 60_000],
])('how long to wait: %s', (_what, headers, afterMs) => {
  expect(first(400, error(4), headers)).toMatchObject({ kind: 'retry', afterMs })
})

test('words are one short line without token, e-mail or digest', () => {
  const message = `Bad\ntoken ${fakeToken} of jane@shop.example ${'a'.repeat(64)} at +1 555 444 1234 ${'word '.repeat(200)}`
  const { why = '' } = first(400, error(100, undefined, { message }))
  expect(why).toMatch(/^Bad token … of … … at … word/)
  expect(why.length).toBeLessThanOrEqual(300)
  expect(why).not.toMatch(/\n|jane|xxxx|aaaa|5554441234/)
})
