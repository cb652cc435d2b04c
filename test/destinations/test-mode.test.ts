import { expect, test } from 'vitest'
import { isTest, settingsAt } from '../../server/destinations/test-mode.ts'
import { instance } from './vectors.ts'

const until = Date.parse('2026-12-02T00:00:00Z')
const marks = { test_event_code: 'TEST1', test_id: 't2', test_mode: true }
const settings = instance('meta', { ...marks, test_until: until })

test.each([
  ['before the end', until - 1, true],
  ['at the end', until, false],
  ['after it', until + 1, false],
])('%s', (_what, now, tests) => {
  const held = settingsAt(settings, now)
  expect(isTest(held)).toBe(tests)
  expect(held).toEqual(tests ? settings : instance('meta', { test_until: until }))
})

test('without an end a test goes on', () => {
  const endless = instance('meta', marks)
  expect(settingsAt(endless, until)).toBe(endless)
})

test.each<[string, object, boolean]>([
  ['nothing', {}, false],
  ['a mode that is off', { test_mode: false }, false],
  ['a mode', { test_mode: true }, true],
  ['Meta’s code', { test_event_code: 'T' }, true],
  ['Reddit’s ID', { test_id: 't' }, true],
])('%s', (_what, change, tests) => expect(isTest(instance('meta', change))).toBe(tests))
