import { expect, test } from 'vitest'
import { attempt, copyOf, safe, toJson } from '../../client/safe.ts'

const throws = (): never => {
  throw new Error('theirs')
}

test('what throws answers nothing', () => {
  expect(attempt(throws)).toBeUndefined()
  expect(safe(throws)()).toBeUndefined()
  expect(safe((a: number, b: number) => a + b)(1, 2)).toBe(3)
})

test.each([
  ['zero and false are values', { a: 0, b: false, c: -1, d: 10 }, '{"a":0,"b":false,"c":-1,"d":10}'],
  ['absent', { a: undefined, b: null }, '{}'],
  ['empty', { a: '', b: [], c: {} }, '{}'],
  ['empty inside', { a: { b: undefined }, c: 1 }, '{"c":1}'],
  ['no number', { a: NaN, b: Infinity, c: -Infinity }, '{}'],
  ['what JSON leaves out', { a: () => 1, b: Symbol('s'), c: 1 }, '{"c":1}'],
  ['text that looks empty', { a: ' ', b: '{}', c: 'null', d: '"' }, '{"a":" ","b":"{}","c":"null","d":"\\""}'],
  ['a time', { at: new Date(0), bad: new Date(NaN) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['lists keep their length', { a: [0, '', 'x'] }, '{"a":[0,null,"x"]}'],
])('as JSON: %s', (_name, value, json) => {
  expect(toJson(value)).toBe(json)
})

const circle: Record<string, unknown> = { plan: 'pro' }
circle.self = circle

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a circle', { self: circle }],
  ['a big integer', { a: 5n }],
  [
    'a getter that throws',
    {
      get bad() {
        return throws()
      },
    },
  ],
  ['a toJSON that throws', { a: { toJSON: throws } }],
])('a copy of %s is empty', (_name, value) => {
  expect(copyOf(value as object)).toEqual({})
})

test('a copy leaves out the members that cannot be copied, and no other', () => {
  expect(copyOf({ ...circle, bad: 5n, list: [{ id: 'A' }], none: '', at: 0 })).toEqual({
    plan: 'pro',
    list: [{ id: 'A' }],
    at: 0,
  })
})

test('a copy is no one else’s', () => {
  const given = { list: [1], empty: '' }
  const copy = copyOf(given)
  given.list.push(2)
  expect(copy).toEqual({ list: [1] })
})
