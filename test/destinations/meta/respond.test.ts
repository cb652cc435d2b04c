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

describe('Meta 15: a yes', () => {
  test('for everyone, with the trace', () => {
    const body = { events_received: 2, messages: [], fbtrace_id: 'Atrace' }
    expect(meta.respond(answer(200, body), two)).toEqual([
      { kind: 'accepted', trace: 'Atrace' },
      { kind: 'accepted', trace: 'Atrace' },
    ])
  })

  test('counted as processed entries, and with Meta’s words beside it', () => {
    const body = { num_processed_entries: 1, messages: ['Value looks odd.', 'Look again.'] }
    expect(first(200, body)).toEqual({ kind: 'accepted', why: 'Value looks odd. Look again.' })
  })

  test.each([
    ['fewer than sent', { events_received: 1 }],
    ['no count', { messages: [] }],
    ['HTML', '<html><body>Hello</body></html>'],
    ['nothing', ''],
    ['a cut answer', '{"events_rec'],
    ['a list', '[]'],
  ])('a 200 with %s is no answer, for as many as were sent', (_what, body) => {
    expect(meta.respond(answer(200, body), two)).toMatchObject([
      { kind: 'retry', unreadable: true },
      { kind: 'retry', unreadable: true },
    ])
  })
})

describe('Meta 15: codes', () => {
  test.each<[string, number, number, number | undefined, Outcome['kind'], RegExp?]>([
    ['unknown', 500, 1, undefined, 'retry'],
    ['unknown 99', 400, 1, 99, 'retry'],
    ['service down', 503, 2, undefined, 'retry'],
    ['unknown 5000', 400, 5000, undefined, 'retry'],
    ['data set not ready', 400, 21009, undefined, 'retry'],
    ['negative', 400, -1, undefined, 'retry'],
    ['negative with a subcode', 400, -3, 2804003, 'retry'],
    ['app limit', 400, 4, undefined, 'retry'],
    ['app limit 1504022', 403, 4, 1504022, 'retry'],
    ['app limit 1504039', 403, 4, 1504039, 'retry'],
    ['user limit', 400, 17, undefined, 'retry'],
    ['user limit 2446079', 400, 17, 2446079, 'retry'],
    ['page limit', 400, 32, undefined, 'retry'],
    ['call rate', 400, 613, undefined, 'retry'],
    ['call rate 1487742', 400, 613, 1487742, 'retry'],
    ['call rate 5044001', 403, 613, 5044001, 'retry'],
    ['business limit, first', 400, 80000, undefined, 'retry'],
    ['business limit 80003', 400, 80003, undefined, 'retry'],
    ['business limit 80004', 403, 80004, undefined, 'retry'],
    ['business limit, last', 400, 80014, undefined, 'retry'],
    ['application limit', 400, 341, undefined, 'retry'],
    ['policy', 400, 368, undefined, 'halted', /policy/],
    ['token invalid', 401, 190, undefined, 'halted', /new access token/],
    ['app removed', 401, 190, 458, 'halted', /app/],
    ['person must act', 400, 190, 459, 'halted', /log in/],
    ['password changed, with 500', 500, 190, 460, 'halted', /password/],
    ['token expired', 400, 190, 463, 'halted', /expired/],
    ['person unconfirmed', 400, 190, 464, 'halted', /confirm/],
    ['token malformed', 401, 190, 467, 'halted', /whole/],
    ['login state gone', 401, 190, 492, 'halted', /new access token/],
    ['login state', 400, 102, undefined, 'halted', /new access token/],
    ['signature', 400, 104, undefined, 'halted', /proof/],
    ['capability', 400, 3, undefined, 'halted', /Business Settings/],
    ['permission', 403, 10, undefined, 'halted', /Business Settings/],
    ['permission 200', 403, 200, undefined, 'halted', /Business Settings/],
    ['permission 294', 403, 294, undefined, 'halted', /Business Settings/],
    ['permission 299', 403, 299, undefined, 'halted', /Business Settings/],
    ['pixel missing', 400, 100, 33, 'halted', /pixel ID/],
    ['too old', 400, 100, 2804003, 'rejected', /seven days/],
    ['no value', 400, 100, 2804009, 'rejected', /value/],
    ['no currency', 400, 100, 2804010, 'rejected', /currency/],
    ['too few keys', 400, 100, 2804050, 'rejected', /visitor/],
    ['2804001', 400, 100, 2804001, 'rejected', /field/],
    ['2804007', 400, 100, 2804007, 'rejected', /field/],
    ['2804016', 400, 100, 2804016, 'rejected', /field/],
    ['2804017', 400, 100, 2804017, 'rejected', /field/],
    ['2804019', 400, 100, 2804019, 'rejected', /field/],
    ['2804048', 400, 100, 2804048, 'rejected', /field/],
    ['invalid parameter', 400, 100, undefined, 'rejected', /field/],
    ['invalid parameter with 500', 500, 100, 7, 'rejected', /field/],
    ['too many parameters', 400, 105, undefined, 'rejected', /field/],
    ['unlisted with 5xx', 502, 777, undefined, 'retry'],
    ['unlisted with 429', 429, 777, undefined, 'retry'],
    ['unlisted with 401', 401, 777, undefined, 'halted', /token/],
  ])('%s: status %i, code %i/%s → %s', (_what, status, code, subcode, kind, fix) => {
    const outcome = first(status, error(code, subcode))
    expect(outcome).toMatchObject({ kind, trace: 'Atrace' })
    expect(outcome).not.toHaveProperty('unreadable')
    if (outcome.kind === 'rejected' || outcome.kind === 'halted') {
      expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
      expect(outcome.fix).toMatch(fix!)
      expect(outcome.code).toBe(subcode === undefined ? String(code) : `${code}/${subcode}`)
    }
  })

  test.each([
    ['79999', 79999],
    ['80015', 80015],
    ['199', 199],
    ['300', 300],
  ])('%s is no code of ours: a batch is split, a single event is asked again a few times', (_what, code) => {
    expect(first(400, error(code), {}, two)).toMatchObject({ kind: 'rejected', unsure: true })
    expect(first(400, error(code))).toMatchObject({ kind: 'retry', unreadable: true })
  })

  test.each([403, 404])('a code nobody knows with %i is not taken for our account’s fault', (status) => {
    expect(first(status, error(777))).toMatchObject({ kind: 'retry', unreadable: true })
  })

  test('a code may come as text', () => {
    const coded = { error: { message: 'x', code: '100', error_subcode: '33' } }
    expect(first(400, coded)).toMatchObject({ kind: 'halted', code: '100/33' })
  })

  test('a transient error is transient whatever its code; a limit keeps its minute', () => {
    expect(first(400, error(100, 33, { is_transient: true }))).toMatchObject({ kind: 'retry' })
    expect(first(400, error(777, undefined, { is_transient: true }), {}, two)).toMatchObject({ kind: 'retry' })
    expect(first(400, error(4, undefined, { is_transient: true }))).toMatchObject({ kind: 'retry', afterMs: 60_000 })
  })

  test('a refused batch is split, a refused event is certain', () => {
    expect(meta.respond(answer(400, error(100, 2804003)), two)).toMatchObject([{ unsure: true }, { unsure: true }])
    expect(first(400, error(100, 2804003))).not.toHaveProperty('unsure')
  })
})

describe('Meta 15: answers without a code', () => {
  test.each<[string, number, unknown, Partial<Outcome>]>([
    ['a redirect', 302, '', { kind: 'halted' }],
    ['a redirect in HTML', 301, '<html>', { kind: 'halted' }],
    ['401', 401, {}, { kind: 'halted' }],
    ['403', 403, {}, { kind: 'halted' }],
    ['404', 404, {}, { kind: 'halted' }],
    ['408', 408, {}, { kind: 'retry' }],
    ['413', 413, {}, { kind: 'rejected' }],
    ['413 in HTML', 413, '<h1>Too large</h1>', { kind: 'rejected' }],
    ['429', 429, {}, { kind: 'retry', afterMs: 60_000 }],
    ['429 in HTML', 429, '<h1>Slow down</h1>', { kind: 'retry', afterMs: 60_000 }],
    ['500 in HTML', 500, '<html>', { kind: 'retry' }],
    ['503 with nothing', 503, '', { kind: 'retry' }],
    ['400 in HTML', 400, '<html>', { kind: 'retry' }],
    ['401 in HTML', 401, '<html>', { kind: 'retry' }],
    ['404 in HTML', 404, 'Not here', { kind: 'retry' }],
    ['400 in JSON', 400, {}, { kind: 'retry' }],
    ['an error inside 200', 200, { error: { code: 190, message: 'x' } }, { kind: 'halted' }],
    ['an error in words alone inside 200', 200, { error: 'broken' }, { kind: 'retry' }],
  ])('%s', (_what, status, body, want) => {
    expect(first(status, body)).toMatchObject(want)
  })

  test('words are never missing', () => {
    for (const body of ['', '<html><script>x</script>', {}, { error: {} }])
      expect(first(502, body)).toMatchObject({ why: 'status 502' })
  })
})

describe('Meta 15: how long to wait', () => {
  const businessUse = (...minutes: number[]) => ({
    'x-business-use-case-usage': JSON.stringify({
      1: minutes.map((estimated_time_to_regain_access) => ({
        type: 'ads_management',
        estimated_time_to_regain_access,
      })),
    }),
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
    ['minutes of a business use case, the longest', businessUse(3, 5, 0), 300_000],
    ['no minutes of a business use case', businessUse(0), 60_000],
    ['seconds of an ad account', { 'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":90}' }, 90_000],
    ['usage before Retry-After', { ...businessUse(2), 'retry-after': '7' }, 120_000],
    ['a header that is no JSON', { 'x-business-use-case-usage': 'soon' }, 60_000],
    ['a header of another shape', { 'x-business-use-case-usage': '{"1":[null,4]}', 'x-app-usage': '[]' }, 60_000],
  ])('after a limit: %s', (_what, headers, afterMs) => {
    expect(first(400, error(4), headers)).toMatchObject({ kind: 'retry', afterMs })
  })

  test('a minute of our own doubles with each refusal, what Meta asks for does not', () => {
    expect(first(400, error(17))).toMatchObject({ afterMs: 60_000, growing: true })
    expect(first(429, '<h1>Slow down</h1>')).toMatchObject({ growing: true })
    expect(first(400, error(17), businessUse(2))).not.toHaveProperty('growing')
    expect(first(400, error(17), { 'retry-after': '7' })).not.toHaveProperty('growing')
    expect(first(400, error(1))).not.toHaveProperty('growing')
  })

  test('what is blocked for policy reasons is asked again each hour', () => {
    expect(first(400, error(368))).toMatchObject({ kind: 'halted', afterMs: 3_600_000 })
    expect(first(400, error(190))).not.toHaveProperty('afterMs')
  })

  test('after a fault of Meta’s: what Retry-After says, not when the next hour of limits begins', () => {
    const account = { 'x-ad-account-usage': '{"acc_id_util_pct":9,"reset_time_duration":3600}' }
    expect(first(503, error(2), { ...account, 'retry-after': '7' })).toMatchObject({ kind: 'retry', afterMs: 7000 })
    expect(first(503, error(2), account)).toMatchObject({ kind: 'retry', afterMs: undefined })
  })

  const appUse = (call_count: number, total_time = 0, total_cputime = 0) => ({
    'x-app-usage': JSON.stringify({ call_count, total_time, total_cputime }),
  })
  test.each<[string, Record<string, string>, number | undefined]>([
    ['no header', {}, undefined],
    ['79 %', appUse(79), undefined],
    ['80 %', appUse(80), 1000],
    ['81 %', appUse(81), 3950],
    ['90 %', appUse(28, 90, 25), 30_500],
    ['99 %', appUse(0, 0, 99), 57_050],
    ['100 %', appUse(100), 60_000],
    ['above', appUse(140), 60_000],
    ['a business use case', { 'x-business-use-case-usage': '{"1":[{"call_count":1},{"total_time":100}]}' }, 60_000],
    ['an ad account', { 'x-ad-account-usage': '{"acc_id_util_pct":90,"reset_time_duration":9}' }, 30_500],
    ['the fullest of all', { ...appUse(85), 'x-ad-account-usage': '{"acc_id_util_pct":90}' }, 30_500],
    ['a wait that is asked for', businessUse(2), 120_000],
    ['a header that is no JSON', { 'x-app-usage': 'full' }, undefined],
  ])('after a yes, use of limits: %s', (_what, headers, afterMs) => {
    expect(first(200, { events_received: 1 }, headers)).toEqual({ kind: 'accepted', afterMs })
  })
})

describe('Meta 15: words', () => {
  test('one short line without token, e-mail or digest', () => {
    const message = `Bad\ntoken ${fakeToken} of jane@shop.example ${'a'.repeat(64)} at +1 555 444 1234 ${'word '.repeat(200)}`
    const { why = '' } = first(400, error(100, undefined, { message }))
    expect(why).toMatch(/^Bad token … of … … at … word/)
    expect(why.length).toBeLessThanOrEqual(300)
    expect(why).not.toMatch(/\n|jane|xxxx|aaaa|5554441234/)
  })

  test.each<[string, unknown]>([
    ['an object', { blame_field_specs: [['data[0]'], ['user_data']] }],
    ['JSON as text', '{"blame_field_specs":[["data[0]","user_data"]]}'],
  ])('title, text, the fields Meta blames (%s) and the numbers', (_what, error_data) => {
    const more = { error_user_title: 'Too old', error_user_msg: 'Send it sooner.', error_data }
    expect(first(400, error(100, 2804003, more))).toMatchObject({
      why: 'Invalid parameter: Too old: Send it sooner. data[0], user_data: 100/2804003',
    })
  })
})
