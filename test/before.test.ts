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
  expect(ask((event: PixelEvent) => event)).toEqual({ event: anEvent(), warnings: [] })
})

test.each<[string, (event: PixelEvent) => unknown, Partial<PixelEvent>]>([
  ['a field is changed', (event) => ({ ...event, value: 12 }), { value: 12 }],
  ['a field is taken out', ({ value: _value, ...event }) => event, {}],
  ['in place', (event) => Object.assign(event, { value: '13' }), { value: 13 }],
])('%s', (_what, hook, want) => {
  const answer = ask(hook)
  const { value: _value, ...rest } = anEvent()
  expect(answer).toEqual({ event: { ...rest, ...want }, warnings: [] })
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
      /threw Error\.$/,
      true,
    ],
    ['a promise', () => Promise.resolve(anEvent()), /must answer at once/, true],
    ['a promise that fails', () => Promise.reject(new Error('late')), /must answer at once/, true],
    [
      'something that is no text',
      () => {
        throw Object.create(null) as Error
      },
      /threw something/,
      true,
    ],
    [
      'an answer that throws when it is read',
      () => ({
        event: 'x',
        get value() {
          throw new TypeError('a@b.example')
        },
      }),
      /threw TypeError\.$/,
      true,
    ],
    ['an empty object', () => ({}), /answered no event/, true],
    ['a list', (event: PixelEvent) => [event], /answered no event/, true],
    ['a word', () => 'ok', /answered no event/, true],
    ['an event without a name', () => ({ event_id: 'x' }), /answered no event/, true],
  ])('%s', (_what, hook, why, isFault) => {
    const answer = ask(hook)
    expect('dropped' in answer && answer.dropped).toMatch(why)
    expect('fault' in answer).toBe(isFault)
  })
})

describe('the visitor’s choice', () => {
  const bare = ({ event, event_id: id }: PixelEvent) => ({ event, event_id: id })
  const askWith = (change: Partial<PixelEvent>, hook: BeforeHook, kind: 'browser' | 'backend' = 'browser') => {
    const answer = askBefore(hook, { ...anEvent(), ...change }, kind, now)
    return 'event' in answer ? answer.event : undefined
  }
  test('is not lost with an event made anew, nor what became of the pixels, nor its time', () => {
    const change: Partial<PixelEvent> = {
      consent: { state: 'denied' },
      fired: { meta: 'unmatched' },
      names: { meta: 'Lead' },
      event_time: now - 5000,
    }
    expect(askWith(change, bare as BeforeHook)).toMatchObject(change)
  })
  test.each<[string, PixelEvent['consent'], PixelEvent['consent'], PixelEvent['consent']]>([
    ['null is no answer to it', { state: 'denied' }, null as unknown as PixelEvent['consent'], { state: 'denied' }],
    ['a no stays a no', { state: 'denied' }, { state: 'granted' }, { state: 'denied' }],
    ['a no may be added', { state: 'granted' }, { state: 'denied' }, { state: 'denied' }],
    ['a limit stays', { state: 'granted', limited: true }, { limited: false }, { state: 'granted', limited: true }],
    [
      'a no to one platform stays',
      { per: { meta: 'denied' } },
      { per: { meta: 'granted', reddit: 'denied' } },
      { per: { meta: 'denied', reddit: 'denied' } },
    ],
  ])('%s', (_what, visitor, answer, want) => {
    expect(askWith({ consent: visitor }, (event) => ({ ...event, consent: answer }))?.consent).toMatchObject(want!)
  })
})

test('a field that the answer spoils is told', () => {
  const answer = ask((event: PixelEvent) => ({ ...event, value: '12,50' }))
  expect('warnings' in answer && answer.warnings.map(({ path }) => path)).toEqual(['value'])
})
