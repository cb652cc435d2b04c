import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../server/deliver/backoff.ts'
import { deadlineOf } from '../../server/deliver/deadline.ts'
import { destinations } from '../../server/destinations/index.ts'
import { createGate } from '../../server/deliver/gate.ts'
import { maskedNeedlesOf } from '../../server/store/people.ts'
import { mask, plainWords } from '../../server/deliver/mask.ts'
import { settlementOf } from '../../server/deliver/settle.ts'
import type { Ready } from '../../server/deliver/prepare.ts'
import type { Outcome } from '../../server/destinations/destination.ts'
import { aClaimed, anEvent } from '../make.ts'

const hour = 3_600_000

test('the wait grows, jitters and stays within its bounds', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, random) => {
      const wait = backoffMs(attempts, random)
      expect(wait).toBeGreaterThanOrEqual(100)
      expect(wait).toBeLessThanOrEqual(15 * 60_000)
    }),
  )
  expect(backoffMs(0, 0.999)).toBeLessThanOrEqual(1000)
  expect(backoffMs(30, 1)).toBe(15 * 60_000)
})

test.each([
  ['the platform’s hint is obeyed', 5000, 5000],
  ['not below a second', 0, 1000],
  ['not beyond an hour', 10 * 365 * 24 * hour, hour],
])('%s', (_, hint, wait) => expect(backoffMs(3, 0.5, hint)).toBe(wait))

describe('deadlines, from the event’s time', () => {
  test.each([
    ['a hit was seen: the pairing window', 'website', 'requested', 47, 'window_passed'],
    ['nobody knows of a hit: the pairing window', undefined, undefined, 47, 'window_passed'],
    ['the pixel was blocked: the age limit', 'website', 'blocked', 167, 'too_old'],
    ['no pixel on the page: the age limit', 'website', 'absent', 167, 'too_old'],
    ['no page at all: the age limit', 'physical_store', undefined, 167, 'too_old'],
    ['no page, by the setting: the age limit', undefined, undefined, 167, 'too_old', 'APP'],
    ['a page, in the platform’s word', undefined, undefined, 47, 'window_passed', 'WEBSITE'],
    ['a page, with a space behind', undefined, undefined, 47, 'window_passed', 'website '],
    ['a word Reddit does not know, which counts as a page', undefined, undefined, 47, 'window_passed', 'WEB'],
    ['another channel, but a hit was seen: the pairing window', 'app', 'requested', 47, 'window_passed'],
    ['another channel, and the pixel was blocked: the age limit', 'app', 'blocked', 167, 'too_old'],
  ] as const)('%s', (_, source, pixel, hours, reason, setting?: string) => {
    const instance = {
      name: 'reddit',
      platform: 'reddit',
      pixel_id: 'a2_x',
      access_token: 't',
      action_source: setting,
    } as const
    const event = anEvent({ action_source: source })
    expect(deadlineOf(event, pixel, destinations.reddit, instance)).toEqual({
      at: event.event_time + hours * hour,
      reason,
    })
  })
})

describe('a lane’s gate', () => {
  test('a yes that asks for a pause is no failure: the next request waits', () => {
    const gate = createGate(() => 0.5)
    gate.note([{ kind: 'accepted' }, { kind: 'accepted', afterMs: 5000 }], 100)
    expect([gate.opensAt(), gate.probing(), gate.state()]).toEqual([5100, false, { state: 'ok' }])
    gate.note([{ kind: 'accepted' }], 5100)
    expect(gate.opensAt()).toBe(0)
  })

  const retry: Outcome = { kind: 'retry', why: 'status 503' }
  const halt: Outcome = { kind: 'halted', why: 'token revoked', fix: 'Make a new token.' }
  test('pauses after three failed requests in a row, then lets one through', () => {
    const gate = createGate(() => 0.5)
    gate.note([retry], 0)
    gate.note([retry], 0)
    expect([gate.opensAt(), gate.probing()]).toEqual([0, false])
    gate.note([retry], 0)
    expect(gate.opensAt()).toBe(1000)
    expect(gate.probing()).toBe(true)
    for (let i = 0; i < 20; i++) gate.note([retry], 0)
    expect(gate.opensAt()).toBe(60_000)
    gate.note([{ kind: 'accepted' }], 5)
    expect([gate.opensAt(), gate.probing(), gate.state().state]).toEqual([0, false, 'ok'])
  })
  test('a refusal of our account halts it at once, with the fix', () => {
    const gate = createGate(() => 0.5)
    gate.note([halt], 7)
    expect(gate.state()).toEqual({ state: 'halted', why: 'token revoked', fix: 'Make a new token.', since: 7 })
    expect(gate.opensAt()).toBe(15_007)
  })
  test('a time the platform names holds the whole lane, clamped like any hint', () => {
    const gate = createGate(() => 0.5)
    gate.note([{ ...retry, afterMs: 90_000 }], 0)
    expect([gate.opensAt(), gate.probing()]).toEqual([90_000, false])
    gate.note([{ ...retry, afterMs: 10 * 365 * 24 * hour }], 100_000)
    expect(gate.opensAt()).toBe(100_000 + hour)
    gate.note([{ kind: 'accepted' }], hour)
    expect(gate.opensAt()).toBe(0)
  })
  test('a wait of our own doubles with each refusal, up to an hour', () => {
    const gate = createGate(() => 0.5)
    const waits = Array.from({ length: 9 }, () => {
      gate.note([{ ...retry, afterMs: 60_000, growing: true }], 0)
      return gate.opensAt() / 60_000
    })
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    gate.note([{ kind: 'accepted' }], 0)
    gate.note([{ ...retry, afterMs: 60_000, growing: true }], 0)
    expect(gate.opensAt()).toBe(60_000)
  })
  test('halted for as long as asking again is of no use', () => {
    const gate = createGate(() => 0.5)
    gate.note([{ ...halt, afterMs: hour }], 7)
    expect([gate.state().state, gate.opensAt()]).toEqual(['halted', 7 + hour])
    gate.tryNow()
    expect(gate.opensAt()).toBe(0)
  })
  test('halted, then a probe in trouble, then a probe that is well', () => {
    const gate = createGate(() => 0.5)
    gate.note([halt], 0)
    expect([gate.state().state, gate.probing(), gate.opensAt()]).toEqual(['halted', true, 15_000])
    gate.note([halt], 15_000)
    expect(gate.opensAt()).toBe(45_000)
    gate.note([retry], 45_000)
    expect(gate.state()).toMatchObject({ state: 'retrying', since: 0 })
    gate.note([{ kind: 'accepted' }], 46_000)
    expect([gate.state(), gate.probing(), gate.opensAt()]).toEqual([{ state: 'ok' }, false, 0])
  })
  test.each<[string, Outcome[], string]>([
    ['one halted among accepted ones halts', [{ kind: 'accepted' }, halt], 'halted'],
    ['one to repeat among accepted ones', [{ kind: 'accepted' }, retry], 'retrying'],
    ['halted before all else', [retry, halt], 'halted'],
    ['an innocent neighbour is no trouble', [{ ...retry, innocent: true }], 'ok'],
  ])('%s', (_, outcomes, state) => {
    const gate = createGate(() => 0.5)
    gate.note(outcomes, 0)
    expect(gate.state().state).toBe(state)
  })
  test('a wrong event is no failure of the lane', () => {
    const gate = createGate(() => 0.5)
    gate.note([{ kind: 'rejected', why: 'no', fix: 'x' }], 0)
    expect(gate.state().state).toBe('ok')
  })
})

describe('what an outcome does', () => {
  const ready = (attempts = 0): Ready => ({
    delivery: aClaimed({ attempts }),
    payload: {},
    reservations: [],
    explanation: {},
  })
  const answered = { answer: { status: 200, words: '' }, written: true, unreadable: 0, now: 1000, wait: () => 500 }
  test.each([
    ['accepted', { kind: 'accepted', trace: 't' }, 0, answered, { state: 'delivered', trace: 't', attempted: true }],
    [
      'rejected',
      { kind: 'rejected', why: 'Bad.', fix: 'Mend it.' },
      0,
      answered,
      { state: 'dead', reason: 'rejected_by_platform', why: 'Bad. Mend it.' },
    ],
    [
      'halted spends no attempt',
      { kind: 'halted', why: 'Token.', fix: 'New one.' },
      0,
      answered,
      { state: 'retry', attempted: false, at: 2000 },
    ],
    ['retry waits', { kind: 'retry', why: '503' }, 0, answered, { state: 'retry', at: 1500, attempted: true }],
    [
      'no answer to a written request is ambiguous',
      { kind: 'retry', why: 'x' },
      0,
      { ...answered, answer: undefined },
      { ambiguous: true, attempted: true },
    ],
    [
      'no answer, where the settings say to wait for a person',
      { kind: 'retry', why: 'No answer: TIMEOUT' },
      0,
      { ...answered, answer: undefined, isHeld: true },
      { state: 'dead', reason: 'answer_lost', attempted: true, why: expect.stringContaining('TIMEOUT') as string },
    ],
    [
      'never written waits for nobody, whatever the settings say',
      { kind: 'retry', why: 'x' },
      0,
      { ...answered, answer: undefined, written: false, isHeld: true },
      { state: 'retry', attempted: false },
    ],
    [
      'an answer that was read waits for nobody either',
      { kind: 'retry', why: '503' },
      0,
      { ...answered, isHeld: true },
      { state: 'retry' },
    ],
    [
      'never written is no attempt',
      { kind: 'retry', why: 'x' },
      0,
      { ...answered, answer: undefined, written: false },
      { attempted: false },
    ],
    [
      'an innocent neighbour spends no attempt',
      { kind: 'retry', why: 'x', innocent: true },
      0,
      answered,
      { attempted: false },
    ],
    [
      'unreadable, second time, whatever other attempts there were',
      { kind: 'retry', why: 'x', unreadable: true },
      7,
      { ...answered, unreadable: 2 },
      { state: 'retry' },
    ],
    [
      'unreadable, third time',
      { kind: 'retry', why: 'x', unreadable: true },
      2,
      { ...answered, unreadable: 3 },
      { state: 'dead', reason: 'unreadable_answer' },
    ],
  ] as const)('%s', (_, outcome, attempts, how, settled) =>
    expect(settlementOf(ready(attempts), outcome, how)).toMatchObject(settled),
  )
  test('only a lost answer is ambiguous', () =>
    expect(settlementOf(ready(), { kind: 'retry', why: '503' }, answered)).not.toHaveProperty('ambiguous'))
})

test('what a person sees holds no match key whole', () => {
  const digest = 'ab'.repeat(32)
  const shown = JSON.stringify(
    mask({
      user_data: {
        em: [digest],
        client_ip_address: '203.0.113.77',
        client_user_agent: 'Mozilla/5.0 (X11; Linux)',
        fbc: 'fb.1.1.IwARsecret',
      },
      click_id: '3184742045291813272',
      event_source_url: 'https://shop.example/?fbclid=IwARsecret&x=1',
      custom_data: { value: 10, currency: 'USD', contents: [{ id: 'A' }] },
    }),
  )
  for (const secret of [digest, '203.0.113.77', 'Linux', 'IwARsecret', '3184742045291813272'])
    expect(shown).not.toContain(secret)
  for (const fact of ['"value":10', 'USD', '"id":"A"', '203.0.113....', 'fbclid=...']) expect(shown).toContain(fact)
})

test('a person is found again by what is left of a digest, of an order and of an ID', () => {
  const digest = 'ab'.repeat(32)
  const shown = JSON.stringify(mask({ user: { email: [digest] }, custom_data: { order_id: '55' } }))
  const needles = maskedNeedlesOf({ site: 'shop', names: [`email:${digest}`, 'order:55', 'visitor:v'] })
  expect(needles.map((needle) => shown.includes(needle))).toEqual([true, true])
})

test('a platform’s words are one line without digests, addresses and tokens', () =>
  expect(plainWords(`bad\n\u001b[31m ${'ab'.repeat(32)} jane@doe.example ?access_token=abc&x`)).toBe(
    'bad [31m [digest] [address] ?access_token=[token]&x',
  ))

test.each([
  [
    'our own token, which platforms repeat',
    `Malformed access token ${'a.b/'.repeat(40)}!`,
    'Malformed access token [token]!',
  ],
  ['somebody’s token', `Malformed access token EAA${'x'.repeat(187)}`, 'Malformed access token [token]'],
  ['a trace ID stays', '"fbtrace_id":"AbCdEf0123456789"', '"fbtrace_id":"AbCdEf0123456789"'],
])('in a platform’s words: %s', (_, text, words) => expect(plainWords(text, 'a.b/'.repeat(40))).toBe(words))
