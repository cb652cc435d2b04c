import { beforeEach, describe, expect, test } from 'vitest'
import { createClock, type Clock } from '../../server/deliver/clock.ts'
import { dayMs, hourMs, minuteMs } from '../../shared/limits.ts'

let wall = 0
let steady = 0
let clock: Clock
beforeEach(() => {
  ;[wall, steady] = [1_000_000, 500]
  clock = createClock(
    () => wall,
    () => steady,
  )
})
const pass = (ms: number) => ((wall += ms), (steady += ms))

describe('the two clocks', () => {
  test.each<[string, number, number]>([
    ['agree', 0, 0],
    ['differ by less than five minutes', 5 * minuteMs - 1, 0],
    ['part ahead', 5 * minuteMs, 5 * minuteMs],
    ['part by a day', dayMs, dayMs],
    ['part backwards', -dayMs, -dayMs],
    ['differ a little backwards', -(5 * minuteMs - 1), 0],
  ])('%s', (_what, set, parted) => {
    pass(hourMs)
    wall += set
    expect(clock.partedMs()).toBe(parted)
    expect(clock.now()).toBe(wall)
  })

  test('slow drift is no step, however far it goes', () => {
    for (let n = 0; n < 100; n++) {
      pass(minuteMs)
      wall += minuteMs
      expect(clock.partedMs()).toBe(0)
    }
  })

  test('agree again when the clock is set right', () => {
    wall += dayMs
    expect(clock.partedMs()).toBe(dayMs)
    pass(minuteMs)
    wall -= dayMs
    expect(clock.mended()).toBe(1)
    expect(clock.partedMs()).toBe(0)
    expect(clock.due()).toBe(wall)
    expect(clock.mended()).toBe(1)
  })

  test('after an hour the new time is believed', () => {
    wall += dayMs
    expect(clock.partedMs()).toBe(dayMs)
    pass(hourMs - 1)
    expect(clock.partedMs()).toBe(dayMs)
    pass(1)
    expect(clock.partedMs()).toBe(0)
  })

  test('set back: what is due goes on by the time it would be', () => {
    const before = clock.due()
    pass(1000)
    wall -= dayMs
    expect(clock.due()).toBe(before + 1000)
    expect(clock.now()).toBe(before + 1000 - dayMs)
  })
  test('set ahead: due is by the wall clock', () => {
    wall += dayMs
    expect(clock.due()).toBe(wall)
  })
})
