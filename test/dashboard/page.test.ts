// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { el } from '../../server/dashboard/page/dom.ts'
import { ago, bytes, duration, money, percent } from '../../server/dashboard/page/format.ts'
import { feed, hangUp, keepNewest, listen } from '../../server/dashboard/page/feed.ts'
import { placeRows } from '../../server/dashboard/page/parts/row-list.ts'
import { outLink } from '../../server/dashboard/page/parts/pieces.ts'
import { plainAnswer, prose } from '../../server/dashboard/page/parts/prose.ts'
import { byEvent } from '../../server/dashboard/page/words.ts'
import { patchChildren } from '../../server/dashboard/page/patch.ts'
import { addressOf, changed, readPlace } from '../../server/dashboard/page/route.ts'
import { keyOf } from '../../server/dashboard/page/types.ts'
import type { Row } from '../../server/dashboard/page/types.ts'
import { ruleFor } from '../../server/dashboard/page/views/event/field-rules.ts'
import { deliveryPanel } from '../../server/dashboard/page/views/event/delivery.ts'
import { fits } from '../../server/dashboard/page/views/events/fits.ts'
import { eventLine } from '../../server/dashboard/page/views/events/line.ts'
import { latest } from '../../server/dashboard/page/views/overview/latest.ts'
import { tokenVerdict } from '../../server/dashboard/page/views/setup/token-field.ts'
import { viewRow } from '../../server/dashboard/view.ts'
import { aCopy, aDelivery, aNotice, aRow, instances, noon } from './make-rows.ts'

const evil = '<img src=x onerror=alert(1)>'
const seen = (change: Parameters<typeof aRow>[0] = {}): Row => viewRow(aRow(change), instances)

beforeEach(() => {
  document.body.replaceChildren()
})

describe('drawn again, a view touches only what differs', () => {
  const root = () => document.body.appendChild(el('div'))
  test('a button keeps its focus, takes its new words and does the new thing', () => {
    const place = root()
    const done: string[] = []
    patchChildren(place, [el('button', { onclick: () => done.push('old'), class: 'a' }, 'Old')])
    const button = place.querySelector('button')!
    button.focus()
    patchChildren(place, [
      el('p', { 'data-key': 'p' }, 'before'),
      el('button', { onclick: () => done.push('new') }, 'New'),
    ])
    expect(place.querySelector('button')).toBe(button)
    expect(document.activeElement).toBe(button)
    expect([button.textContent, button.hasAttribute('class')]).toEqual(['New', false])
    button.click()
    expect(done).toEqual(['new'])
  })
  test('what the visitor opened and typed stays', () => {
    const place = root()
    const draw = () => patchChildren(place, [el('details', {}, el('summary', {}, 'More')), el('input', { value: 'a' })])
    draw()
    place.querySelector('details')!.open = true
    place.querySelector('input')!.value = 'typed'
    draw()
    expect([place.querySelector('details')!.open, place.querySelector('input')!.value]).toEqual([true, 'typed'])
  })
  test('children with keys move and stay themselves; those that are gone go', () => {
    const place = root()
    const draw = (...keys: readonly string[]) =>
      patchChildren(
        place,
        keys.map((key) => el('i', { 'data-key': key }, key)),
      )
    draw('a', 'b', 'c')
    const [a, , c] = [...place.children]
    draw('c', 'd', 'a')
    expect(place.textContent).toBe('cda')
    expect([place.children[0], place.children[2]]).toEqual([c, a])
  })
  test('what looks after itself is left alone', () => {
    const place = root()
    patchChildren(place, [el('div', { 'data-own': '' })])
    place.firstElementChild!.append('mine')
    patchChildren(place, [el('div', { 'data-own': '', class: 'x' })])
    expect(place.innerHTML).toBe('<div data-own="" class="x">mine</div>')
  })
})

test('a long list draws only the rows that changed, in order, and keeps the focus', () => {
  const list = document.body.appendChild(el('ol'))
  const drawn: string[] = []
  const draw = (rows: readonly Row[]) =>
    placeRows(list, rows, keyOf, (row) => {
      drawn.push(row.eventId)
      return eventLine(row)
    })
  const [a, b] = [seen({ eventId: 'a' }), seen({ eventId: 'b' })]
  draw([a, b])
  list.querySelectorAll('a')[1]!.focus()
  const changedB = seen({ eventId: 'b', conflict: true })
  draw([seen({ eventId: 'c' }), a, changedB])
  expect(drawn).toEqual(['a', 'b', 'c', 'b'])
  expect([...list.querySelectorAll('code')].map(({ textContent }) => textContent)).toEqual(['c', 'a', 'b'])
  expect(document.activeElement?.textContent).toContain('conflict')
  draw([a])
  expect(list.children).toHaveLength(1)
})

describe('text from outside is text, never elements', () => {
  const answer = { status: 400, words: evil }
  const explanation = { answer, sent: { custom: evil }, request: { method: 'POST', url: evil }, name: evil }
  const row = seen({
    name: evil,
    eventId: '<b>id</b>',
    copies: [aCopy({ origin: evil, alias: evil })],
    deliveries: [
      aDelivery({ instance: evil, state: 'dead', reason: 'rejected_by_platform', explanation, trace: evil }),
    ],
  })
  test.each([
    ['in the list', () => eventLine(row)],
    ['as the newest event', () => latest([row], noon)],
    ['in a delivery', () => deliveryPanel(row, row.deliveries[0]!, true)],
  ])('%s', (_, draw) => {
    const drawn = draw()
    expect(drawn.textContent).toContain(evil)
    expect(drawn.querySelector('img, b b')).toBeNull()
  })
  test.each([
    ['a script', 'javascript:alert(1)'],
    ['plain http elsewhere', 'http://evil.example/'],
    ['an address of its own', '//evil.example'],
  ])('no link to %s', (_, address) => expect(outLink(address, 'x').tagName).toBe('SPAN'))
  test('a link to a platform', () => expect(outLink('https://ads.example/', 'x').tagName).toBe('A'))
})

test('a delivery says what the platform counted, what it answered and what to see to', () => {
  const conversions = [{ event: 'Purchase', id: 'T-1001', hits: 1, server_copies: 1, paired: true }]
  const row = viewRow(
    aRow({ deliveries: [aDelivery({ attempts: 2, explanation: { answer: { status: 200, words: 'taken in' } } })] }),
    instances,
    { meta: conversions },
    new Map([['meta', [aNotice]]]),
  )
  const text = deliveryPanel(row, row.deliveries[0]!, false).textContent
  for (const words of [
    'Meta counted 1 Purchase: browser + server, paired',
    '2 attempts',
    '200, taken · taken in',
    `Soon: ${aNotice.message} ${aNotice.fix}`,
  ])
    expect(text).toContain(words)
  expect(text).not.toContain('Resend')
})

test.each([
  ['nothing asked for', {}, true],
  ['its own state', { state: 'delivered' }, true],
  ['another state', { state: 'dead' }, false],
  ['state and instance of two deliveries', { state: 'dead', instance: 'meta' }, false],
  ['its reason', { reason: 'too_old', instance: 'reddit' }, false],
  ['a duplicate', { result: 'duplicate' }, true],
  ['a conflict', { result: 'conflict' }, false],
  ['another site', { site: 'other' }, false],
  ['its ID', { event_id: 'T-1001', event: 'purchase', pair: 'paired' }, true],
])('an event fits a filter: %s', (_, query, fit) => {
  const row = seen({ copies: [aCopy({ duplicates: 2 })], deliveries: [aDelivery(), aDelivery({ instance: 'reddit' })] })
  expect(fits(row, query)).toBe(fit)
})

test('places are read from the address and written into it', () => {
  expect(readPlace('#/events?pair=capi-only&x=a%26b')).toEqual({
    view: 'events',
    query: { pair: 'capi-only', x: 'a&b' },
  })
  expect(readPlace('')).toEqual({ view: 'overview', query: {} })
  expect(addressOf('events', { a: 'ü?', b: undefined, c: '' })).toBe('#/events?a=%C3%BC%3F')
  expect(changed(readPlace('#/x?a=1&b=2'), { a: undefined, c: '3' })).toBe('#/x?b=2&c=3')
})

test.each([
  [0, '0 ms'],
  [1.84, '1.8 ms'],
  [850, '850 ms'],
  [1240, '1.2 s'],
  [59_999, '59 s'],
  [3_900_000, '1 h 5 min'],
  [44 * 86_400_000, '44 days'],
])('%d ms are %s', (ms, words) => expect(duration(ms)).toBe(words))

test('shares, ages and sizes', () => {
  expect([undefined, 0, 1, 0.99999, 0.00001, 0.914].map(percent)).toEqual([
    '–',
    '0 %',
    '100 %',
    '99.9 %',
    '0.1 %',
    '91.4 %',
  ])
  expect([ago(noon, noon), ago(noon - 61_000, noon)]).toEqual(['just now', '1 min ago'])
  expect([bytes(148e6), bytes(2.5e9)]).toEqual(['148 MB', '2.5 GB'])
})

test('the back end’s word on the value comes first; none is invented', () => {
  const backend = aCopy({ kind: 'backend', facts: { value: 7, currency: 'USD' } })
  expect(money(seen({ copies: [aCopy(), backend] }))).toMatch(/7/)
  expect(money(seen({ copies: [aCopy({ facts: {} })] }))).toBeUndefined()
  expect(money(seen({ copies: [aCopy({ facts: { value: 7, currency: 'no such' } })] }))).toBe('7 no such')
})

test.each([
  ['nothing typed', '  ', undefined, undefined],
  ['a space inside', 'EAA x', '^EAA', false],
  ['spaces around', ' EAAx ', '^EAA', true],
  ['the wrong form', 'abc', '^EAA', false],
  ['the right form', 'EAAx', '^EAA', true],
  ['no form is known', 'abc', undefined, true],
])('a token that is typed: %s', (_, typed, format, good) => expect(tokenVerdict(typed, format)?.good).toBe(good))

test.each([
  ['data.user_data.em', /SHA-256 of the e-mail/],
  ['custom_data.value', /never invented/],
  ['custom_data.contents.0.value', undefined],
  ['custom_data.constructor', undefined],
])('the rule behind %s', (path, words) =>
  words ? expect(ruleFor(path)).toMatch(words) : expect(ruleFor(path)).toBeUndefined(),
)

test.each([
  ['sentences of a JSON', '{"error":{"code":400,"message":"No \\"currency\\"."},"reason":"x"}', 'No "currency". x'],
  ['one that was cut short', '{"status":"INVALID","reason":"Too ol', 'Too ol'],
  ['plain words', 'events_received 1', 'events_received 1'],
])('an answer in plain words: %s', (_, words, plain) => expect(plainAnswer(words)).toBe(plain))

test('a guide’s steps, points and paragraphs are elements, its text is text', () => {
  const drawn = el('div', {}, ...prose('1. Open `A`\n   and wait.\n2. <b>Go</b>.\n\nThen:\n- one\n- two'))
  expect([...drawn.children].map(({ tagName, textContent }) => [tagName, textContent])).toEqual([
    ['OL', 'Open A and wait.<b>Go</b>.'],
    ['P', 'Then:'],
    ['UL', 'onetwo'],
  ])
  expect(drawn.querySelectorAll('code, b')).toHaveLength(1)
})

test('conversions come first, and one event’s rows together', () => {
  const rows = ['page_view', 'purchase', 'page_view', 'purchase'].map((event, at) => ({ event, at }))
  expect(byEvent(rows).map(({ at }) => at)).toEqual([1, 3, 0, 2])
})

describe('the stream', () => {
  class FakeEventSource extends EventTarget {
    static last: FakeEventSource
    close = vi.fn()
    constructor() {
      super()
      FakeEventSource.last = this
    }
    say(event: string, data: unknown) {
      this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
    }
  }
  test('rows, trouble, a lost connection and its return', () => {
    vi.stubGlobal('EventSource', FakeEventSource)
    const lost = vi.fn()
    feed.lost = lost
    listen()
    const stream = FakeEventSource.last
    stream.say('events', [seen()])
    expect([feed.rows.size, feed.state.words]).toEqual([1, 'Live'])
    stream.say('trouble', { message: 'The store cannot be read just now.' })
    expect(feed.state).toEqual({ kind: 'trouble', words: 'The store cannot be read just now.' })
    stream.dispatchEvent(new Event('error'))
    expect([feed.state.words, lost.mock.calls.length]).toEqual(['Connection lost, trying again', 1])
    stream.say('events', [])
    expect(feed.state.kind).toBe('live')
    hangUp()
    expect(stream.close).toHaveBeenCalledOnce()
  })
  test('the oldest beyond the limit are forgotten', () => {
    const rows = new Map(
      [1, 2, 3].map((n) => [keyOf(seen({ eventId: `e${n}` })), seen({ eventId: `e${n}`, firstAt: n })]),
    )
    keepNewest(rows, 2)
    expect([...rows.values()].map(({ eventId }) => eventId)).toEqual(['e2', 'e3'])
  })
})
