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
const invalid = (more: object = {}) => ({
  status: 'INVALID',
  reason: 'Not enough identifiers',
  errors: { codes: ['507'], error_msgs: ['user_data of jane@shop.example'] },
  ...more,
})
const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)

test.each<[string, number, unknown, Outcome['kind']]>([
  ['yes', 200, { status: 'VALID', reason: 'Events have been processed successfully.' }, 'accepted'],
  ['no inside 200', 200, invalid(), 'rejected'],
  ['no', 400, invalid({ event: 1 }), 'rejected'],
  ['no without a body', 400, '', 'rejected'],
  ['no because of the token', 400, { status: 'INVALID', reason: 'Invalid access token' }, 'halted'],
  ['401', 401, '', 'halted'],
  ['403', 403, { status: 'INVALID', reason: 'wrong organisation' }, 'halted'],
  ['404', 404, '', 'halted'],
  ['410', 410, '', 'halted'],
  ['a redirect', 301, '', 'halted'],
  ['408', 408, '', 'retry'],
  ['413', 413, '', 'rejected'],
  ['422', 422, invalid(), 'rejected'],
  ['429', 429, '', 'retry'],
  ['500', 500, '', 'retry'],
  ['502', 502, '<html>', 'retry'],
  ['503', 503, '', 'retry'],
  ['504', 504, '', 'retry'],
])('%s: status %i → %s for one event', (_what, status, body, kind) => {
  const [outcome, ...more] = snapchat.respond(answer(status, body), one)
  expect(outcome?.kind).toBe(kind)
  expect(more).toEqual([])
  if (outcome?.kind === 'rejected' || outcome?.kind === 'halted') {
    expect(outcome.fix).toMatch(/^[A-Z].*\.$/)
    expect(outcome.why).not.toBe('')
    expect(outcome.why).not.toMatch(/jane/)
    expect(outcome).not.toHaveProperty('unsure')
  }
})

test.each([
  ['HTML', '<html></html>'],
  ['nothing', ''],
  ['no verdict', '{}'],
  ['another verdict', { status: 'MAYBE' }],
])('a 200 with %s is no answer', (_what, body) => {
  expect(snapchat.respond(answer(200, body), three)).toMatchObject(
    three.map(() => ({ kind: 'retry', unreadable: true })),
  )
})

describe('a refused batch', () => {
  test('the one at the named position, counted from 1; the others go again without an attempt', () => {
    expect(snapchat.respond(answer(400, invalid({ event: 2 })), three)).toEqual([
      { kind: 'retry', why: 'Not enough identifiers: user_data of …', innocent: true, afterMs: 0 },
      {
        kind: 'rejected',
        why: 'Not enough identifiers: user_data of …',
        fix: expect.any(String) as unknown,
        code: '507',
      },
      { kind: 'retry', why: 'Not enough identifiers: user_data of …', innocent: true, afterMs: 0 },
    ])
  })

  test.each<[string, object, Outcome['kind'][]]>([
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
    ],
    [
      'logs go before the position',
      { event: 1, event_logs: [{ event: 2, status: 'INVALID' }] },
      ['retry', 'rejected', 'retry'],
    ],
  ])('%s', (_what, more, want) => {
    expect(kinds(snapchat.respond(answer(400, invalid(more)), three))).toEqual(want)
    expect(kinds(snapchat.respond(answer(200, invalid(more)), three))).toEqual(want)
  })

  test.each<[string, number, object]>([
    ['no position', 400, {}],
    ['a position past the end', 400, { event: 4 }],
    ['a position before the start', 400, { event: 0 }],
    ['a log without position among fewer', 400, { event_logs: [{ status: 'INVALID' }] }],
    ['a request too large', 413, { event: 1 }],
  ])('%s: all are suspects', (_what, status, more) => {
    expect(snapchat.respond(answer(status, invalid(more)), three)).toMatchObject(
      three.map(() => ({ kind: 'rejected', unsure: true })),
    )
  })

  test('an invalid one named inside a yes fails alone', () => {
    const body = { status: 'VALID', event_logs: [{ event: 2, status: 'INVALID', errors: { error_msgs: ['bad'] } }] }
    expect(kinds(snapchat.respond(answer(200, body), three))).toEqual(['accepted', 'rejected', 'accepted'])
  })
})

test.each<[string, Record<string, string>, number | undefined]>([
  ['nothing said', {}, undefined],
  ['Retry-After', { 'retry-after': '3' }, 3000],
])('how long to wait: %s', (_what, headers, afterMs) => {
  expect(snapchat.respond(answer(429, '', headers), one)[0]).toMatchObject({ kind: 'retry', afterMs })
})
