import { afterEach, beforeEach, expect, test } from 'vitest'
import { newEventId, readEventId } from '../../client/capture/event-id.ts'
import { readPage } from '../../client/capture/page.ts'
import { readFacts } from '../../client/capture/props.ts'
import { closePage, openPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

test.each([
  ['nothing given', undefined, {}],
  [
    'our own fields',
    { value: 1, currency: 'EUR', order_id: 'A1', search_string: 'cap' },
    { value: 1, currency: 'EUR', order_id: 'A1', search_string: 'cap' },
  ],
  ['zero is a value', { value: 0 }, { value: 0 }],
  ['GA4 names', { transaction_id: 'T1', search_term: 'cap' }, { order_id: 'T1', search_string: 'cap' }],
  ['Segment names', { revenue: 9, query: 'cap' }, { value: 9, search_string: 'cap' }],
  ['ours goes before another, which stays a property', { value: 1, revenue: 2 }, { value: 1, props: { revenue: 2 } }],
  ['an empty one does not count', { value: '', revenue: 2, order_id: null }, { value: 2 }],
  ['text that is no number is left to the collector', { value: '1,299.00' }, { value: '1,299.00' }],
  ['anything else is a property', { plan: 'pro', seats: 3 }, { props: { plan: 'pro', seats: 3 } }],
  [
    'GA4 items',
    {
      items: [
        {
          item_id: 'S1',
          item_name: 'Cap',
          item_brand: 'B',
          item_category: 'Hats',
          item_category2: 'Caps',
          quantity: 2,
          price: 5,
        },
      ],
    },
    { items: [{ id: 'S1', name: 'Cap', brand: 'B', category: 'Hats > Caps', quantity: 2, price: 5 }] },
  ],
  [
    'Segment products',
    { products: [{ product_id: 7, sku: 's', category: 'Hats' }] },
    { items: [{ id: 7, category: 'Hats' }] },
  ],
  ['our items', { items: [{ id: 'S1', name: 'Cap' }] }, { items: [{ id: 'S1', name: 'Cap' }] }],
  ['items that say nothing', { items: [null, 'x', {}, { item_id: '' }] }, { items: [] }],
  ['items that are no list', { items: 'S1' }, {}],
  ['match keys of this event', { user: { email: 'a@b.example' } }, { user: { email: 'a@b.example' } }],
])('props: %s', (_name, props, facts) => {
  expect(JSON.parse(JSON.stringify(readFacts(props)))).toEqual(facts)
})

test('props: what JSON cannot carry is left out, the rest is a copy', () => {
  const circle: Record<string, unknown> = { plan: 'pro' }
  circle.self = circle
  const props = {
    value: 5,
    circle,
    big: 5n,
    f: () => 1,
    nan: NaN,
    list: [1],
    get bad() {
      throw new Error('no')
    },
  }
  const facts = readFacts(props)
  props.list.push(2)
  expect(JSON.parse(JSON.stringify(facts))).toEqual({ value: 5, props: { list: [1] } })
})

test.each([
  ['text', 'order-1', 'order-1'],
  ['trimmed', ' order-1 ', 'order-1'],
  ['a number', 1001, '1001'],
  ['128 characters', 'x'.repeat(128), 'x'.repeat(128)],
  ['129 characters', 'x'.repeat(129), undefined],
  ['a space inside', 'a b', undefined],
  ['not ASCII', 'bestellung-ü', undefined],
  ['empty', '', undefined],
  ['null', null, undefined],
  ['an object', {}, undefined],
])('event ID: %s', (_name, given, id) => {
  expect(readEventId(given as string)).toBe(id)
})

test('a fresh ID is a UUIDv7 of now, never the same twice', () => {
  const now = Date.now()
  const [a, b] = [newEventId(now), newEventId(now)]
  expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(parseInt(a.replace('-', '').slice(0, 12), 16)).toBe(now)
  expect(a).not.toBe(b)
})

test.each([
  ['a plain screen', { width: 1440, height: 900 }, { screen_width: 1440, screen_height: 900 }],
  ['a fraction is rounded', { width: 1440.4, height: 899.6 }, { screen_width: 1440, screen_height: 900 }],
  ['a hidden one is left out', { width: 0, height: 0 }, {}],
])('screen: %s', (_name, screen, expected) => {
  setGlobal('screen', screen)
  const { screen_width, screen_height } = readPage().context ?? {}
  expect(JSON.parse(JSON.stringify({ screen_width, screen_height }))).toEqual(expected)
})

test('the address loses e-mail addresses and secrets, and nothing else', () => {
  openPage('https://www.shop.com/a?utm=x&email=a@b.example&token=s3cret&q=1#top')
  expect(readPage().url).toBe('https://www.shop.com/a?utm=x&email=redacted&token=redacted&q=1#top')
})

test.each([
  ['in the query', '/?rdt_cid=A&ScCid=b&fbclid=C', { rdt_cid: 'A', ScCid: 'b', fbclid: 'C' }],
  ['in any case', '/?SCCID=Xy&FBCLID=Zz', { ScCid: 'Xy', fbclid: 'Zz' }],
  ['in a hash route', '/#/shop?rdt_cid=A', { rdt_cid: 'A' }],
  ['in a bare hash', '/#fbclid=C', { fbclid: 'C' }],
  ['empty first, then one', '/?fbclid=&fbclid=C', { fbclid: 'C' }],
  ['none', '/?q=1', undefined],
])('click IDs: %s', async (_name, path, ids) => {
  openPage(`https://www.shop.com${path}`)
  const pixel = start()
  history.replaceState(null, '', '/') // a router that strips them at once
  pixel.track('purchase')
  await settle()
  const found = postedEvents()[0]?.context?.click_ids
  expect(found && Object.fromEntries(Object.entries(found).map(([name, click]) => [name, click.value]))).toEqual(ids)
})

test('the platforms’ cookies are read when the event leaves', async () => {
  start().track('purchase', {}, { id: 'o1' })
  document.cookie = '_fbp=fb.1.1.2;path=/'
  document.cookie = '_rdt_em=digest;path=/'
  await settle()
  expect(posted[0]?.body.events?.[0]?.context?.cookies).toEqual({ _fbp: 'fb.1.1.2' })
})
