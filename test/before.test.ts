import { describe, expect, test } from 'vitest'
import { askBefore, type BeforeHook } from '../server/before.ts'
import { parseEvent } from '../shared/parse-event.ts'
import type { PixelEvent } from '../shared/event.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const anEvent = (): PixelEvent => {
  const parsed = parseEvent(
    {
      event: 'purchase',
      event_id: 'order-1',
      value: 10,
      currency: 'EUR',
      to: ['meta'],
      user: { email: 'jane@shop.example' },
      context: { click_ids: { fbclid: { value: 'C', at: now } } },
      props: { plan: 'pro' },
    },
    { now, newId: () => 'new' },
  )
  if (!parsed.ok) throw new Error('the input is wrong')
  return parsed.event
}
const ask = (hook: unknown, kind: 'browser' | 'backend' = 'backend') =>
  askBefore(hook as BeforeHook, anEvent(), kind, now)

test('the event as it was comes through whole', () => {
  expect(ask((event: PixelEvent) => event)).toEqual({ event: anEvent() })
})

test.each<[string, (event: PixelEvent) => unknown, Partial<PixelEvent>]>([
  ['a field is changed', (event) => ({ ...event, value: 12 }), { value: 12 }],
  ['a field is taken out', ({ value: _value, ...event }) => event, {}],
  ['in place', (event) => Object.assign(event, { value: '13' }), { value: 13 }],
])('%s', (_what, hook, want) => {
  const answer = ask(hook)
  const { value: _value, ...rest } = anEvent()
  expect(answer).toEqual({ event: { ...rest, ...want } })
})

test('the hook has a copy: what it does to it reaches nobody else', () => {
  const event = anEvent()
  askBefore(
    (given) => {
      ;(given as { value?: number }).value = 99
      return undefined
    },
    event,
    'backend',
    now,
  )
  expect(event).toEqual(anEvent())
})

describe('name, ID and addressees', () => {
  const change = (event: PixelEvent) => ({ ...event, event: 'Lead', event_id: 'other', to: ['reddit'] })
  test('of a browser event stay, for its pixels already know them', () => {
    expect(ask(change, 'browser')).toMatchObject({ event: { event: 'purchase', event_id: 'order-1', to: ['meta'] } })
  })
  test('of a back-end event may change', () => {
    expect(ask(change)).toMatchObject({ event: { event: 'generate_lead', event_id: 'other', to: ['reddit'] } })
  })
})

describe('events that do not go', () => {
  test.each<[string, unknown, RegExp, boolean]>([
    ['undefined drops it', () => undefined, /dropped the event/, false],
    ['null too', () => null, /dropped the event/, false],
    [
      'an error',
      () => {
        throw new Error('no such field')
      },
      /threw: no such field/,
      true,
    ],
    ['a promise', () => Promise.resolve(anEvent()), /must answer at once/, true],
    ['a promise that fails', () => Promise.reject(new Error('late')), /must answer at once/, true],
    ['a word', () => 'ok', /answered no event/, true],
    ['an event without a name', () => ({ event_id: 'x' }), /answered no event/, true],
  ])('%s', (_what, hook, why, isFault) => {
    const answer = ask(hook)
    expect('dropped' in answer && answer.dropped).toMatch(why)
    expect('fault' in answer).toBe(isFault)
  })
})
