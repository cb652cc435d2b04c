import { expect, test } from 'vitest'
import { remembering } from '../../server/match-keys/remember.ts'

const around = { year: 2026 }

test('the same question is worked out once, another country’s anew', () => {
  let asked = 0
  const key = remembering((text, { country }) => ({ normalised: `${text} ${country ?? ''} ${++asked}` }))
  expect(key('portland', around)).toEqual({ normalised: 'portland  1' })
  expect(key('portland', around)).toEqual({ normalised: 'portland  1' })
  expect(key('portland', { ...around, country: 'us' })).toEqual({ normalised: 'portland us 2' })
  expect(key('leeds', around)).toEqual({ normalised: 'leeds  3' })
})

test('an answer of nothing is remembered too', () => {
  let asked = 0
  const key = remembering(() => (asked++, {}))
  key('?', around)
  key('?', around)
  expect(asked).toBe(1)
})

test('what is kept is bounded: when it is full it begins anew', () => {
  let asked = 0
  const key = remembering(() => ({ normalised: String(++asked) }))
  for (let n = 0; n < 1025; n++) key(`city ${n}`, around)
  expect(key('city 1024', around).normalised).toBe('1025')
  expect(key('city 1', around).normalised).toBe('1026')
})

test.each([
  ['of 64 characters is kept', 64, 1],
  ['of 65 is not', 65, 2],
])('a text %s', (_, length, times) => {
  let asked = 0
  const key = remembering(() => ({ normalised: String(++asked) }))
  key('x'.repeat(length), around)
  key('x'.repeat(length), around)
  expect(asked).toBe(times)
})
