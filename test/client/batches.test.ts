import { expect, test } from 'vitest'
import { fitEvent, takeBatch } from '../../client/batches.ts'
import type { WireEvent } from '../../client/wire.ts'

const anEvent = (facts: Partial<WireEvent> = {}): WireEvent => ({
  event: 'purchase',
  event_id: 'o1',
  event_time: 1,
  ...facts,
})
/** A member of this many bytes as UTF-8, the comma behind it included. */
const aMember = (bytes: number) => ({ t: 'x'.repeat(bytes - 9) })

const allBatches = (members: object[]): number[] => {
  const sizes: number[] = []
  while (members.length) sizes.push(takeBatch(members).length)
  return sizes
}

test.each([
  ['none', [], []],
  ['one', [aMember(100)], [1]],
  ['19', Array.from({ length: 19 }, () => aMember(100)), [19]],
  ['20', Array.from({ length: 20 }, () => aMember(100)), [20]],
  ['21', Array.from({ length: 21 }, () => aMember(100)), [20, 1]],
  ['just full', [aMember(29_500), aMember(29_500), aMember(100)], [2, 1]],
  ['a byte more', [aMember(29_500), aMember(29_501), aMember(100)], [1, 2]],
  ['too large alone', [aMember(100), aMember(70_000), aMember(100)], [1, 1, 1]],
  ['bytes, not characters', [{ t: '€'.repeat(10_000) }, { t: '€'.repeat(10_000) }], [1, 1]],
])('batches: %s', (_name, members, sizes) => {
  expect(allBatches([...members])).toEqual(sizes)
})

test('an event that fits stays whole', () => {
  const event = anEvent({ items: Array.from({ length: 60 }, (_, n) => ({ id: `S${n}` })), props: { plan: 'pro' } })
  expect(fitEvent(event)).toBe(event)
})

test('one that does not keeps fifty lines and its facts', () => {
  const items = Array.from({ length: 200 }, () => ({ id: 'x'.repeat(400) }))
  const fitting = fitEvent(anEvent({ value: 1, items, props: { plan: 'pro' } }))
  expect(fitting).toMatchObject({ value: 1, truncated: true })
  expect(fitting.items).toHaveLength(50)
  expect(fitting.props).toBeUndefined()
})
