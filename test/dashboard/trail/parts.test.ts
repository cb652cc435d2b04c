import { describe, expect, test } from 'vitest'
import { browserFamily } from '../../../server/dashboard/trail/browsers.ts'
import { codeOf } from '../../../server/dashboard/trail/codes.ts'
import { createHeavy } from '../../../server/dashboard/trail/heavy.ts'
import { quantile, stepOf } from '../../../server/dashboard/trail/histogram.ts'
import { sentKeys } from '../../../server/dashboard/trail/match-keys.ts'
import { createNames, mostNames } from '../../../server/dashboard/trail/names.ts'
import { splitPending } from '../../../server/dashboard/trail/queue.ts'

const agent = (rest: string) => `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`

test.each([
  ['Chrome', agent('Chrome/140.0.0.0 Safari/537.36')],
  ['Edge', agent('Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0')],
  ['Opera', agent('Chrome/140.0.0.0 Safari/537.36 OPR/124.0')],
  ['Samsung Internet', agent('SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36')],
  ['Safari', 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'],
  ['Chrome', 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1'],
  ['Firefox', 'Mozilla/5.0 (X11; rv:145.0) Gecko/20100101 Firefox/145.0'],
  ['Instagram app', agent('Mobile/15E148 Instagram 400.0.0')],
  ['Facebook app', 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/500.0]'],
  ['other', '<script>alert(1)</script>'],
  ['other', undefined],
])('%s', (family, userAgent) => expect(browserFamily(userAgent)).toBe(family))

test('a flood of names ends in `other`; standard names are always counted by themselves', () => {
  const names = createNames()
  const counted = Array.from({ length: mostNames + 5 }, (_, n) => names.countedAs('shop', `Custom ${n}`))
  expect(counted.filter((name) => name === 'other')).toHaveLength(5)
  expect(names.countedAs('shop', 'Custom 0')).toBe('Custom 0')
  expect(names.countedAs('shop', 'purchase')).toBe('purchase')
  expect(names.countedAs('another', 'Custom 9999')).toBe('Custom 9999')
  names.keep([{ site: 'shop', event: 'Custom 1' }])
  expect(names.countedAs('shop', 'Custom new')).toBe('Custom new')
})

describe('a histogram', () => {
  const edges = [10, 20, 40]
  test.each([
    [0, 0],
    [10, 0],
    [11, 1],
    [40, 2],
    [41, 3],
  ])('%d falls into step %d', (value, step) => expect(stepOf(edges, value)).toBe(step))
  test('nothing counted has no quantile', () => expect(quantile(edges, [0, 0, 0, 0], 0.5)).toBeUndefined())
  test('a quantile lies within its step', () => {
    expect(quantile(edges, [10, 0, 0, 0], 0.5)).toBe(5)
    expect(quantile(edges, [5, 5, 0, 0], 0.95)).toBeCloseTo(19)
    expect(quantile(edges, [0, 0, 0, 3], 0.5)).toBe(40)
  })
})

test.each([
  ['Meta’s code and subcode', { status: 400, words: '{"error":{"code":190,"error_subcode":460}}' }, '', '190/460'],
  ['a code alone', { status: 400, words: '{"error":{"message":"x","code":100}}' }, '', '100'],
  ['a code that is the status', { status: 401, words: '{"error":{"code":401}}' }, '', 'HTTP 401'],
  ['Snapchat’s error code', { status: 400, words: '{"status":"INVALID","errors":{"codes":["507"]}}' }, '', '507'],
  ['no code at all', { status: 503, words: '<html>' }, '', 'HTTP 503'],
  ['no answer', undefined, 'No answer: ECONNREFUSED', 'ECONNREFUSED'],
  ['nothing known', undefined, 'Our own code stumbled', 'no answer'],
])('%s', (_sentence, answer, why, code) => expect(codeOf(answer, why)).toBe(code))

test('the match keys of a request are those of the person, by one name at all platforms', () => {
  const digest = 'aaaaaaaa… (64 characters)'
  const keys = (sent: unknown) => sentKeys(sent).map(({ key }) => key)
  expect(
    keys({ user_data: { em: [digest], fbp: 'fb.1.…', client_user_agent: 'Moz…' }, custom_data: { country: 'x' } }),
  ).toEqual(['email', 'browser_id', 'user_agent'])
  expect(keys({ click_id: '3184…', user: { email: digest, uuid: '1…', ip_address: '' } })).toEqual([
    'click_id',
    'email',
    'browser_id',
  ])
  expect(keys(undefined)).toEqual([])
})

describe('a value that many events share', () => {
  const fill = (values: readonly string[]) => {
    const heavy = createHeavy()
    for (const value of values) heavy.add('s', 'k', value)
    return heavy.isShared('s', 'k')
  }
  test('a constant is found', () => expect(fill(Array<string>(20).fill('same'))).toBe(true))
  test('too few events say nothing', () => expect(fill(Array<string>(19).fill('same'))).toBe(false))
  test('distinct ones are fine', () => expect(fill(Array.from({ length: 500 }, (_, n) => `v${n}`))).toBe(false))
  test('half of them one value, among many others', () =>
    expect(fill(Array.from({ length: 400 }, (_, n) => (n % 2 ? 'same' : `v${n}`)))).toBe(true))
})

describe('what waits', () => {
  test('is held, retrying or queued, and adds up to what the store says', () => {
    expect(splitPending(10, { held: 3, retrying: 2 }, {})).toEqual({ held: 3, retrying: 2, queued: 5 })
    expect(splitPending(2, { held: 3, retrying: 2 }, {})).toEqual({ held: 0, retrying: 2, queued: 0 })
    expect(splitPending(0, { held: 3, retrying: 2 }, { 60000: 4 })).toEqual({ held: 0, retrying: 0, queued: 0 })
  })
  test('the oldest is found from the newest backwards', () => {
    const births = { 60000: 5, 120000: 2, 180000: 1, 240000: -1 }
    expect(splitPending(3, { held: 0, retrying: 0 }, births).oldestAt).toBe(120000)
    expect(splitPending(9, { held: 0, retrying: 0 }, births).oldestAt).toBe(60000)
  })
})
