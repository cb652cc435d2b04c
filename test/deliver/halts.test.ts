import { describe, expect, test } from 'vitest'
import { haltedMs, noteHalt, parseHalts, type Halt } from '../../server/deliver/halts.ts'
import { dayMs } from '../../shared/limits.ts'

describe('what a lane was halted for', () => {
  test.each<[string, readonly Halt[], boolean, readonly Halt[]]>([
    ['a lane that is well has none', [], false, []],
    ['it begins', [], true, [{ from: 100 }]],
    ['it lasts', [{ from: 1 }], true, [{ from: 1 }]],
    ['it ends', [{ from: 1 }], false, [{ from: 1, to: 100 }]],
    ['it begins again', [{ from: 1, to: 2 }], true, [{ from: 1, to: 2 }, { from: 100 }]],
  ])('%s', (_what, before, isHalted, after) => expect(noteHalt(before, isHalted, 100)).toEqual(after))

  test('nothing new is the same list, so that nothing is written', () => {
    const halts = [{ from: 1 }]
    expect(noteHalt(halts, true, 100)).toBe(halts)
  })
  test('old halts go, and of very many the oldest', () => {
    expect(noteHalt([{ from: 0, to: 1 }], true, 41 * dayMs)).toEqual([{ from: 41 * dayMs }])
    const many = Array.from({ length: 200 }, (_, n) => ({ from: 2 * n, to: 2 * n + 1 }))
    expect(noteHalt(many, true, 1000)).toEqual([...many.slice(1), { from: 1000 }])
  })

  test.each<[string, readonly Halt[], number, number, number]>([
    ['none', [], 0, 100, 0],
    ['before it', [{ from: 0, to: 10 }], 20, 100, 0],
    ['within it', [{ from: 30, to: 40 }], 20, 100, 10],
    ['begun before it', [{ from: 10, to: 40 }], 20, 100, 20],
    ['open still', [{ from: 90 }], 20, 100, 10],
    ['open since before it', [{ from: 5 }], 20, 100, 80],
    [
      'two',
      [
        { from: 0, to: 30 },
        { from: 50, to: 60 },
      ],
      20,
      100,
      20,
    ],
  ])('time since a first attempt: %s', (_what, halts, since, now, ms) => expect(haltedMs(halts, since, now)).toBe(ms))

  test.each<[string | undefined, readonly Halt[]]>([
    [undefined, []],
    ['[{"from":1,"to":2},{"from":3}]', [{ from: 1, to: 2 }, { from: 3 }]],
    ['[{"from":"1"},{"from":1,"to":"x"},null,7]', []],
    ['{"from":1}', []],
    ['no JSON', []],
  ])('%j is read as it was written, or not at all', (text, halts) => expect(parseHalts(text)).toEqual(halts))
})
