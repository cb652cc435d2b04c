import { describe, expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import type { Outcome } from '../../../server/destinations/destination.ts'

const one = [{ event_id: 'a' }]
const three = [{ event_id: 'a' }, { event_id: 'b' }, { event_id: 'c' }]
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const valid = { status: 'VALID', reason: 'Events have been processed successfully.' }
const invalid = (more: object = {}) => ({
  status: 'INVALID',
  reason: 'Not enough identifiers',
  errors: { codes: ['507'], error_msgs: ['user_data of jane@shop.example'] },
  ...more,
})
const because = (reason: string) => ({ status: 'INVALID', reason })
const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)

test.each<[string, number, unknown, Outcome['kind']]>([
  ['yes', 200, valid, 'accepted'],
  ['yes in small letters', 200, { status: 'valid' }, 'accepted'],
  ['no inside 200', 200, invalid(), 'rejected'],
  ['no', 400, invalid({ event: 1 }), 'rejected'],
  ['no, with a position that is none', 400, invalid({ event: 0 }), 'rejected'],
  ['no without a body', 400, '', 'rejected'],
  ['no with a page', 400, '<html><body>Bad Request</body></html>', 'rejected'],
  ['no because of the token', 400, because('Invalid access token'), 'halted'],
  ['no because of the token, inside 200', 200, because('The access_token is invalid'), 'halted'],
  ['no because of who asks', 400, because('Unauthorized'), 'halted'],
  ['no, for a word that only looks like it', 400, because('unknown field tokens_spent'), 'rejected'],
  ['401', 401, '', 'halted'],
  ['401 with words', 401, because('The access token is invalid.'), 'halted'],
  ['403, a token of another organisation', 403, because('wrong organisation'), 'halted'],
  ['404', 404, '', 'halted'],
  ['410', 410, '', 'halted'],
  ['a redirect', 301, '', 'halted'],
  ['a redirect that keeps the method', 308, '', 'halted'],
  ['408', 408, '', 'retry'],
  ['413', 413, '', 'rejected'],
  ['422', 422, invalid(), 'rejected'],
  ['another 4xx', 415, '', 'rejected'],
  ['429', 429, '', 'retry'],
  ['429 that says INVALID', 429, because('Too many requests.'), 'retry'],
  ['500', 500, '', 'retry'],
  ['500 that says INVALID', 500, invalid({ event: 1 }), 'retry'],
  ['502', 502, '<html>', 'retry'],
  ['503', 503, '', 'retry'],
  ['504', 504, '', 'retry'],
  ['another 5xx', 529, '', 'retry'],
])('Snapchat 14: %s: status %i → %s for one event', (_what, status, body, kind) => {
  const [outcome, ...more] = snapchat.respond(answer(status, body), one)
  expect(outcome?.kind).toBe(kind)
  expect(more).toEqual([])
  if (outcome?.kind !== 'accepted') expect(outcome?.why).toMatch(/\S/)
  if (outcome?.kind === 'rejected' || outcome?.kind === 'halted') {
    expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
    expect(outcome).not.toHaveProperty('unsure')
  }
})

test.each([
  ['HTML', '<html></html>'],
  ['nothing', ''],
  ['a list', '[]'],
  ['half an answer', '{"status":"VAL'],
  ['no verdict', '{}'],
  ['another verdict', { status: 'MAYBE' }],
  ['a verdict that is no word', { status: 200 }],
])('Snapchat 14: a 200 with %s is no answer, and nobody is taken for delivered', (_what, body) => {
  expect(snapchat.respond(answer(200, body), three)).toMatchObject(
    three.map(() => ({ kind: 'retry', unreadable: true })),
  )
})

describe('Snapchat 14: a refused batch', () => {
  test('the one at the named position, counted from 1; the others go again without an attempt', () => {
    const why = 'Not enough identifiers: user_data of …'
    expect(snapchat.respond(answer(400, invalid({ event: 2 })), three)).toEqual([
      { kind: 'retry', why, innocent: true, afterMs: 0 },
      { kind: 'rejected', why, fix: expect.stringContaining('an e-mail, a phone number') as unknown, code: '507' },
      { kind: 'retry', why, innocent: true, afterMs: 0 },
    ])
  })

  test.each<[string, object, Outcome['kind'][], Outcome['kind'][]?]>([
    ['a position in text', { event: '3' }, ['retry', 'retry', 'rejected']],
    [
      'logs with positions',
      {
        event_logs: [
          { event: 1, status: 'INVALID' },
          { event: 3, status: 'INVALID' },
        ],
      },
      ['rejected', 'retry', 'rejected'],
    ],
    [
      'logs that count from 0',
      {
        event_logs: [
          { event: 0, status: 'VALID' },
          { event: 2, status: 'INVALID' },
        ],
      },
      ['retry', 'retry', 'rejected'],
    ],
    [
      'a log for each event',
      { event_logs: [{ status: 'VALID' }, { status: 'INVALID' }, { status: 'VALID' }] },
      ['retry', 'rejected', 'retry'],
      ['accepted', 'rejected', 'accepted'],
    ],
    [
      'a log for each event, by name',
      {
        event_logs: ['PURCHASE', 'SEARCH', 'SAVE'].map((event) => ({
          event,
          status: event === 'SAVE' ? 'INVALID' : 'VALID',
        })),
      },
      ['retry', 'retry', 'rejected'],
      ['accepted', 'accepted', 'rejected'],
    ],
    [
      'logs go before the position',
      { event: 1, event_logs: [{ event: 2, status: 'INVALID' }] },
      ['retry', 'rejected', 'retry'],
    ],
    [
      'all of them',
      { event_logs: [1, 2, 3].map((event) => ({ event, status: 'INVALID' })) },
      ['rejected', 'rejected', 'rejected'],
    ],
    // Inside a 200, an event whose own log says VALID was taken.
  ])('%s', (_what, more, want, inside200 = want) => {
    expect(kinds(snapchat.respond(answer(400, invalid(more)), three))).toEqual(want)
    expect(kinds(snapchat.respond(answer(422, invalid(more)), three))).toEqual(want)
    expect(kinds(snapchat.respond(answer(200, invalid(more)), three))).toEqual(inside200)
  })

  test.each<[string, number, object]>([
    ['no position', 400, {}],
    ['a position past the end', 400, { event: 4 }],
    ['a position before the start', 400, { event: 0 }],
    ['a position between two', 400, { event: 1.5 }],
    ['a log without position among fewer', 400, { event_logs: [{ status: 'INVALID' }] }],
    ['a request too large', 413, { event: 1 }],
  ])('%s: all are suspects', (_what, status, more) => {
    expect(snapchat.respond(answer(status, invalid(more)), three)).toMatchObject(
      three.map(() => ({ kind: 'rejected', unsure: true })),
    )
  })

  test('each has its own words and its own way out', () => {
    const event_logs = [
      { event: 1, status: 'INVALID', errors: { codes: ['507'], error_msgs: ['too few'] } },
      { event: 2, status: 'INVALID', errors: { codes: ['9'], error_msgs: ['odd time'] } },
      { event: 3, status: 'VALID' },
    ]
    const [first, second] = snapchat.respond(answer(400, invalid({ event_logs })), three)
    expect(first).toMatchObject({ why: 'too few', code: '507', fix: expect.stringMatching(/^Send more/) as unknown })
    expect(second).toMatchObject({ why: 'odd time', code: '9', fix: expect.stringMatching(/^Look at/) as unknown })
  })
})

describe('Snapchat 15: answers of the test address', () => {
  test('an invalid one named inside a yes fails alone', () => {
    const body = { ...valid, event_logs: [{ event: 2, status: 'INVALID', errors: { error_msgs: ['bad'] } }] }
    expect(kinds(snapchat.respond(answer(200, body), three))).toEqual(['accepted', 'rejected', 'accepted'])
  })

  test('warnings ride along with what was taken', () => {
    const event_logs = [
      { event: 1, status: 'VALID', errors: { codes: [], error_msgs: [] }, warnings: ['sc_click_id is no UUID'] },
      { event: 2, status: 'VALID', warnings: [] },
      { event: 3, status: 'VALID' },
    ]
    expect(snapchat.respond(answer(200, { ...valid, test_event: true, event_logs }), three)).toEqual([
      { kind: 'accepted', why: 'sc_click_id is no UUID' },
      { kind: 'accepted' },
      { kind: 'accepted' },
    ])
  })
})

test.each<[string, number, Record<string, string>, number | undefined]>([
  ['nothing said', 429, {}, undefined],
  ['seconds', 429, { 'retry-after': '3' }, 3000],
  ['a date', 503, { 'retry-after': 'Sat, 21 Nov 2026 10:01:00 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 60_000],
  ['nonsense', 429, { 'retry-after': 'soon' }, undefined],
  ['a part of a second', 429, { 'retry-after': '1.5', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 1500],
  ['a number that is no time', 429, { 'retry-after': '-5', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, undefined],
  ['longer than anybody waits', 429, { 'retry-after': '9'.repeat(400) }, Number.MAX_SAFE_INTEGER],
])('Snapchat 14: how long to wait: %s', (_what, status, headers, afterMs) => {
  expect(snapchat.respond(answer(status, '', headers), one)[0]).toEqual({
    kind: 'retry',
    why: `status ${status}`,
    afterMs,
  })
})

test.each([
  ['an e-mail', 'em jane@shop.example is not hashed'],
  ['a digest', `em ${'ab'.repeat(32)} is not known`],
  ['an address', 'client_ip_address 203.0.113.7 is bad'],
  ['an address of IPv6', 'client_ip_address 2001:db8::7 is bad'],
  ['a page', 'event_source_url https://shop.example/?ScCid=secret is bad'],
  ['a token', 'access_token=secretsecret is bad'],
  ['a phone number', 'ph +44 844 412 4653 is not hashed'],
])('Snapchat 14: the platform’s words are told without what they echo: %s', (_what, reason) => {
  const [outcome] = snapchat.respond(answer(400, because(reason)), one)
  expect(outcome).toHaveProperty('why', expect.stringMatching(/…/))
  expect(JSON.stringify(outcome)).not.toMatch(/jane|abab|203|2001|secret|4653/)
})

test('what the reason and a message say alike is told once', () => {
  const said = 'event_time must be in milliseconds'
  const body = { status: 'INVALID', reason: said, event: 1, errors: { codes: [], error_msgs: [said] } }
  expect(snapchat.respond(answer(400, body), one)).toMatchObject([{ kind: 'rejected', why: said }])
})
