import { describe, expect, test } from 'vitest'
import { addOptions, hooks, sayBefore, type Word } from '../../client/platforms/before-init.ts'

const { meta, reddit } = hooks
const limits = meta!.limits as Word
const ldu = ['dataProcessingOptions', ['LDU'], 0, 0]
const california = ['dataProcessingOptions', ['LDU'], 1, 1000]
const free = ['dataProcessingOptions', []]
const init = ['init', '1']
const view = ['track', 'PageView']
const grant = ['consent', 'grant']
const revoke = ['consent', 'revoke']

/** A call as a snippet's stub keeps it. */
const asArguments = function () {
  // eslint-disable-next-line prefer-rest-params -- as stubs do
  return arguments
} as (...call: unknown[]) => ArrayLike<unknown> & Iterable<unknown>
const queueOf = (calls: readonly unknown[][]) => calls.map((call) => asArguments(...call))

describe('a word before a pixel begins', () => {
  test.each<[string, Word, unknown[][], unknown[][]]>([
    ['an empty queue has it', limits, [], [ldu]],
    ['in front of the one that waits', limits, [init, view], [ldu, init, view]],
    ['once for two pixels', limits, [init, ['init', '2']], [ldu, init, ['init', '2']]],
    ['said already, in other words', limits, [california, init], [california, init]],
    ['the page says the opposite', limits, [free, init], [free, ldu, init]],
    ['the opposite for the second pixel', limits, [california, init, free, init], [california, init, free, ldu, init]],
    ['said too late', limits, [init, california], [ldu, init, california]],
    ['before a lock, which may hold all calls but an `init`', limits, [revoke, init], [ldu, revoke, init]],
    ['the whole call in a list', limits, [[init], view], [ldu, [init], view]],
    ['such a list that says it', limits, [[california], [init]], [[california], [init]]],
    ['a no', meta!.no, [init, view], [revoke, init, view]],
    ['a no that the page has said', meta!.no, [revoke, init], [revoke, init]],
    ['a no after the page’s own yes', meta!.no, [grant, init], [grant, revoke, init]],
    ['a no after a yes to what has begun: the yes stands', meta!.no, [revoke, init, grant], [revoke, init, grant]],
    ['Reddit’s no', reddit!.no, [['init', 'a2_x', {}]], [['disableFirstPartyCookies'], ['init', 'a2_x', {}]]],
    ['said there', reddit!.no, [['disableFirstPartyCookies'], init], [['disableFirstPartyCookies'], init]],
  ])('%s', (_what, word, given, expected) => {
    const queue = queueOf(given)
    for (const _again of [1, 2]) {
      sayBefore(queue, word)
      expect(queue.map((call) => Array.from(call))).toEqual(expected)
    }
    expect(queue.map(String)).toEqual(expected.map(() => '[object Arguments]'))
  })

  test('the last word of a visitor stands last', () => {
    const queue = queueOf([revoke, init, grant, view])
    sayBefore(queue, meta!.no, true)
    expect(queue.map((call) => Array.from(call))).toEqual([revoke, init, grant, revoke, view])
  })
})

test.each<[string, unknown[], unknown[]]>([
  ['without options', ['init', 'a2_x'], ['init', 'a2_x', { dpm: 'LDU' }]],
  ['with options', ['init', 'a2_x', { email: 'e' }], ['init', 'a2_x', { email: 'e', dpm: 'LDU' }]],
  ['a place that is known stays', ['init', 'a2_x', { dpcc: 'US' }], ['init', 'a2_x', { dpcc: 'US', dpm: 'LDU' }]],
  ['what is no object gives way', ['init', 'a2_x', 'x'], ['init', 'a2_x', { dpm: 'LDU' }]],
  ['another command', ['track', 'Lead', {}], ['track', 'Lead', {}]],
])('options of an `init` that waits: %s', (_what, given, expected) => {
  const [call] = queueOf([given])
  const queue = [call!]
  const before = JSON.stringify(given)
  addOptions(queue, { dpm: 'LDU' })
  expect(Array.from(queue[0]!)).toEqual(expected)
  expect(JSON.stringify(given)).toBe(before)
  const [once] = queue
  addOptions(queue, { dpm: 'LDU' })
  expect(queue[0]).toBe(once)
})
