import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orderEventId, parseEvent, parseProof } from '../../shared/parse-event.ts'
import { readNumber, readText, readTime } from '../../shared/parse-field.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const parse = (input: unknown) => parseEvent(input, { now, newId: () => 'fresh-id' })
const good = (input: object) => {
  const parsed = parse({ event: 'purchase', event_id: 'x', ...input })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed
}

describe('names', () => {
  test.each([
    ['a canonical name stays', 'add_to_cart', 'add_to_cart'],
    ['Meta’s spelling', 'InitiateCheckout', 'begin_checkout'],
    ['Snapchat’s spelling', 'ADD_CART', 'add_to_cart'],
    ['Segment’s spelling', 'Order Completed', 'purchase'],
    ['Reddit’s spelling', 'PageVisit', 'page_view'],
    ['case and separators do not count', ' add-TO  cart ', 'add_to_cart'],
    ['SIGN_UP is sign_up, not generate_lead', 'SIGN_UP', 'sign_up'],
    ['a custom name is kept letter for letter', 'Größe XL gewählt', 'Größe XL gewählt'],
  ])('%s', (_, given, canonical) => expect(good({ event: given }).event.event).toBe(canonical))
})

describe('what is refused', () => {
  test.each([
    ['no object', 'text', ['']],
    ['a list', [], ['']],
    ['null', null, ['']],
    ['no name', { event_id: 'x' }, ['event']],
    ['a blank name', { event: '  ' }, ['event']],
    ['a name of another type', { event: 5 }, ['event']],
    ['a name of 257 code points', { event: '😀'.repeat(257) }, ['event']],
    ['an unreadable time', { event: 'x', event_time: 'yesterday' }, ['event_time']],
    ['a time in seconds', { event: 'x', event_time: 1_700_000_000 }, ['event_time']],
    ['an ID with a space', { event: 'x', event_id: 'a b' }, ['event_id']],
    ['an ID of 129 characters', { event: 'x', event_id: 'a'.repeat(129) }, ['event_id']],
    ['every issue at once', { event: '', event_time: 'no', event_id: 'a b' }, ['event', 'event_time', 'event_id']],
  ])('%s', (_, input, paths) => {
    const parsed = parse(input)
    expect(parsed.ok).toBe(false)
    expect(!parsed.ok && parsed.issues.map(({ path }) => path)).toEqual(paths)
  })

  test.each([
    ['a name of 256 code points', { event: '😀'.repeat(256) }],
    ['an ID of 128 characters', { event: 'x', event_id: 'a'.repeat(128) }],
  ])('%s is taken', (_, input) => expect(parse(input).ok).toBe(true))
})

describe('the ID', () => {
  test.each([
    ['its own, trimmed', { event_id: ' a-1 ' }, 'a-1'],
    ['a number becomes text', { event_id: 42 }, '42'],
    ['Segment’s messageId', { event_id: null, messageId: 'm-1' }, 'm-1'],
    ['the order number', { event_id: undefined, order_id: ' 1001 ' }, '1001'],
    ['an order number that cannot be an ID: a fresh one', { event_id: undefined, order_id: 'No 7' }, 'fresh-id'],
    ['none at all: a fresh one', { event_id: '' }, 'fresh-id'],
    ['spaces alone are none', { event_id: '  ', order_id: '1001' }, '1001'],
  ])('%s', (_, input, id) => expect(good(input).event.event_id).toBe(id))

  test('an order number is its own event ID', () => {
    expect(orderEventId(' 000123 ')).toBe('000123')
    expect(orderEventId('Größe')).toBeUndefined()
  })
})

describe('fields', () => {
  test('a bad field is dropped with a warning, the event goes', () => {
    const { event, warnings } = good({
      value: '1,299.00',
      currency: 5,
      items: 'none',
      user: { email: ['a@b.example', {}] },
      fired: { meta: 'maybe' },
    })
    expect(event.value).toBeUndefined()
    expect(event.user).toEqual({ email: ['a@b.example'] })
    expect(warnings.map(({ path }) => path)).toEqual(['value', 'items', 'user.email', 'fired.meta'])
  })

  test('null and empty mean absent, without a warning', () => {
    const { event, warnings } = good({
      value: null,
      currency: '',
      items: null,
      user: { email: null },
      context: null,
      props: {},
    })
    expect(event).toEqual({ event: 'purchase', event_id: 'x', event_time: now })
    expect(warnings).toEqual([])
  })

  test('a time of spaces alone is the arrival', () => expect(good({ event_time: ' ' }).event.event_time).toBe(now))

  test.each([
    ['500 characters of two units each are 500', '😀'.repeat(500), true],
    ['513 are too many', '😀'.repeat(513), false],
  ])('an item name: %s', (_, name, isKept) => {
    expect(good({ items: [{ id: 'a', name }] }).event.items).toEqual([isKept ? { id: 'a', name } : { id: 'a' }])
  })

  test.each([
    ['8,192 bytes', 'ä'.repeat(4092), true],
    ['two bytes more', 'ä'.repeat(4093), false],
  ])('free properties of %s', (_, a, isKept) => {
    expect(good({ props: { a } }).event.props).toEqual(isKept ? { a } : undefined)
  })

  test('click IDs keep their letters, names in any case, text or value with time', () => {
    const at = now - 5000
    const { event } = good({
      context: { click_ids: { SCCID: 'AbC', fbclid: { value: 'IwAR', at }, rdt_cid: 'has space' } },
    })
    expect(event.context?.click_ids).toEqual({ ScCid: { value: 'AbC' }, fbclid: { value: 'IwAR', at } })
  })

  test('consent that cannot be read counts as denied', () => {
    expect(good({ consent: { state: 'yes please' } }).event.consent).toEqual({ state: 'denied' })
    expect(good({ consent: { per: { meta: 'maybe' } } }).event.consent).toEqual({ per: { meta: 'denied' } })
  })

  test('an empty list of destinations is a list: the event goes nowhere', () =>
    expect(good({ to: [] }).event.to).toEqual([]))

  test('no key of the input reaches a prototype', () => {
    good(
      JSON.parse(
        '{"event":"x","__proto__":{"polluted":1},"props":{"__proto__":{"polluted":1}},"names":{"__proto__":"x"}}',
      ) as object,
    )
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('times and numbers', () => {
  test('a number as text loses no digit: one that has lost some is dropped with a warning', () => {
    const said: string[] = []
    const read = (value: unknown) => readText(value, 'order_id', (path, code) => void said.push(`${path} ${code}`))
    expect([read(9_007_199_254_740_991), read(-12.5), read('12345678901234567890')]).toEqual([
      '9007199254740991',
      '-12.5',
      '12345678901234567890',
    ])
    expect(said).toEqual([])
    expect(read(JSON.parse('12345678901234567890'))).toBeUndefined()
    expect(read(1e300)).toBeUndefined()
    expect(said).toEqual(['order_id inexact', 'order_id inexact'])
  })
  test.each([
    ['ISO with Z', '2024-01-08T13:52:50.212Z', 1704721970212],
    ['ISO with an offset', '2024-07-05T08:30:00+02:00', 1720161000000],
    ['ISO with an offset in hours', '2024-07-05 08:30:00+02', 1720161000000],
    ['ISO with an offset without colon', '2024-07-05T08:30:00+0200', 1720161000000],
    ['epoch ms', 1704721970212, 1704721970212],
    ['epoch ms as digits', '1704721970212', 1704721970212],
    ['seconds are not guessed', 1704721970, undefined],
    ['seconds as digits are not guessed', '1704721970', undefined],
    ['words', 'not-a-date', undefined],
    ['an impossible date', '2024-13-40T00:00:00Z', undefined],
    ['a day its month lacks', '2024-02-30T00:00:00Z', undefined],
    ['a leap day', '2024-02-29T23:00:00-05:00', 1709265600000],
    ['not a number', NaN, undefined],
  ])('%s', (_, given, ms) => expect(readTime(given)).toBe(ms))

  test.each([
    ['zero', 0, 0],
    ['text', ' 14 ', 14],
    ['thousands are refused', '1,299.00', undefined],
    ['infinity is refused', Infinity, undefined],
    ['hexadecimal is refused', '0x10', undefined],
  ])('number: %s', (_, given, number) => expect(readNumber(given, 'value', () => undefined)).toBe(number))
})

test('anything at all is parsed without a throw', () => {
  fc.assert(fc.property(fc.anything(), (input) => typeof parse(input).ok === 'boolean'))
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'event',
          'event_id',
          'event_time',
          'items',
          'user',
          'context',
          'consent',
          'to',
          'fired',
          'names',
          'platform',
          'props',
          'value',
        ),
        fc.jsonValue(),
      ),
      (input) => typeof parse(input).ok === 'boolean',
    ),
  )
})

test.each([
  [
    'a proof',
    { event: 'Purchase', event_id: 'x', fired: { meta: 'requested' } },
    { event: 'purchase', event_id: 'x', fired: { meta: 'requested' } },
  ],
  ['one that says nothing', { event: 'purchase', event_id: 'x', fired: { tiktok: 'sent' } }, undefined],
  ['one without an ID', { event: 'purchase', fired: { meta: 'sent' } }, undefined],
])('%s', (_, input, proof) => expect(parseProof(input)).toEqual(proof))
