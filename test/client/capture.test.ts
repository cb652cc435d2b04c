import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Props } from '../../client/api.ts'
import { newEventId, readEventId } from '../../client/capture/event-id.ts'
import lifecycle from '../../client/features/lifecycle.ts'
import { closePage, newPage, openPage, postedEvents, setDocument, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const item = { item_id: 'S1', price: 5 }
const ourItem = { id: 'S1', price: 5 }
test.each<[string, Props | null | undefined, object]>([
  ['nothing given', undefined, {}],
  ['null', null, {}],
  [
    'our own fields',
    { value: 1, currency: 'EUR', order_id: 'A1', search_string: 'cap' },
    { value: 1, currency: 'EUR', order_id: 'A1', search_string: 'cap' },
  ],
  ['zero is a value', { value: 0 }, { value: 0 }],
  ['text that is no number is left to the collector', { value: '1,299.00' }, { value: '1,299.00' }],
  ['anything else is a property', { plan: 'pro', seats: 3 }, { props: { plan: 'pro', seats: 3 } }],
  [
    'GA4’s and Segment’s names for an order, what was searched and its items; those of amounts stay properties',
    { transaction_id: 'T1', search_term: 'cap', revenue: 9, products: [item] },
    {
      order_id: 'T1',
      search_string: 'cap',
      items: [ourItem],
      props: { transaction_id: 'T1', search_term: 'cap', revenue: 9 },
    },
  ],
  [
    'what is empty says nothing',
    { value: '', order_id: null, items: [], user: {}, plan: '', list: [], odd: NaN, big: Infinity, no: false },
    { props: { no: false } },
  ],
  [
    'items by either name',
    { items: [item, { id: 'S2', name: 'Cap' }] },
    { items: [ourItem, { id: 'S2', name: 'Cap' }] },
  ],
  ['match keys of this event', { user: { email: 'a@b.example' } }, { user: { email: 'a@b.example' } }],
  ['a property called props', { props: { plan: 'pro' } }, { props: { props: { plan: 'pro' } } }],
])('props: %s', async (_name, props, facts) => {
  start().track('Lead', props as Props)
  await settle()
  const { value, currency, order_id, search_string, items, user, props: free } = postedEvents()[0]!
  const told = { value, currency, order_id, search_string, items, user, props: free }
  expect(JSON.parse(JSON.stringify(told))).toEqual(facts)
})

test('what the page changes after the call is not posted', async () => {
  const list = [1]
  const email = ['a@b.example']
  const pixel = start()
  pixel.identify({ email })
  pixel.track('Lead', { list }, { id: 'l1' })
  list.push(2)
  email.push('c@d.example')
  await settle()
  expect(postedEvents()[0]).toMatchObject({ props: { list: [1] }, user: { email: ['a@b.example'] } })
})

test.each([
  ['text', 'order-1', 'order-1'],
  ['trimmed', ' order-1 ', 'order-1'],
  ['a number', 1001, '1001'],
  ['zero as text', '0', '0'],
  ['zero, as broken arithmetic makes it', 0, undefined],
  ['no number', NaN, undefined],
  ['1 character', '!', '!'],
  ['127 characters', 'x'.repeat(127), 'x'.repeat(127)],
  ['128 characters', 'x'.repeat(128), 'x'.repeat(128)],
  ['129 characters', 'x'.repeat(129), undefined],
  ['a space inside', 'a b', undefined],
  ['a line end inside', 'a\nb', undefined],
  ['not ASCII', 'bestellung-ü', undefined],
  ['empty', '', undefined],
  ['spaces', '  ', undefined],
  ['null', null, undefined],
  ['absent', undefined, undefined],
  ['an object', {} as string, undefined],
])('event ID: %s', (_name, given, id) => {
  expect(readEventId(given)).toBe(id)
})

test('a fresh ID is a UUIDv7 of now, never the same twice', () => {
  const now = Date.now()
  const ids = Array.from({ length: 100 }, () => newEventId(now))
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now)
  }
  expect(new Set(ids).size).toBe(100)
})

test('the screen is asked with each event, and told as it answers', async () => {
  const pixel = start()
  for (const screen of [
    { width: 1440, height: 900 },
    { width: 411.4, height: 0 },
  ]) {
    vi.stubGlobal('screen', screen)
    pixel.track('Lead')
  }
  await settle()
  expect(postedEvents().map(({ context }) => [context?.screen_width, context?.screen_height])).toEqual([
    [1440, 900],
    [411.4, 0],
  ])
})

test('addresses go as they are, for the collector cleans them', async () => {
  openPage('https://www.shop.com/a?utm=x&email=a@b.example&q=1#top')
  setDocument('referrer', 'https://search.example/?q=cap')
  const pixel = start()
  pixel.track('Lead')
  history.replaceState(null, '', '/next')
  pixel.track('Lead')
  await settle()
  expect(postedEvents().map(({ url, referrer }) => [url, referrer])).toEqual([
    ['https://www.shop.com/a?utm=x&email=a@b.example&q=1#top', 'https://search.example/?q=cap'],
    ['https://www.shop.com/next', 'https://search.example/?q=cap'],
  ])
})

test.each([
  ['in the query', '/?rdt_cid=A&ScCid=b&fbclid=C', { rdt_cid: 'A', ScCid: 'b', fbclid: 'C' }],
  ['in any case', '/?SCCID=Xy&FBCLID=Zz', { ScCid: 'Xy', fbclid: 'Zz' }],
  ['in a hash route', '/#/shop?rdt_cid=A', { rdt_cid: 'A' }],
  ['in a bare hash', '/#fbclid=C', { fbclid: 'C' }],
  ['empty first, then one', '/?fbclid=&fbclid=C', { fbclid: 'C' }],
  ['the first of two', '/?fbclid=C&FBCLID=D', { fbclid: 'C' }],
  ['decoded once', '/?fbclid=a%252Bb', { fbclid: 'a%2Bb' }],
  ['a stray percent sign is part of it', '/?rdt_cid=50%', { rdt_cid: '50%' }],
  ['what cannot be one is left to the collector', '/?rdt_cid=a;b', { rdt_cid: 'a;b' }],
  ['of a network that no platform here belongs to', '/?gclid=G&ttclid=T', undefined],
  ['none', '/?q=1', undefined],
])('click IDs: %s', async (_name, path, ids) => {
  openPage(`https://www.shop.com${path}`)
  const pixel = start()
  history.replaceState(null, '', '/') // a router that strips them at once
  pixel.track('purchase')
  await settle()
  const found = postedEvents()[0]?.context?.click_ids
  expect(found && Object.fromEntries(Object.entries(found).map(([name, click]) => [name, click?.value]))).toEqual(ids)
})

/** The browser knows the address that the page was loaded with. */
const loadedFrom = (...names: string[]) =>
  vi.stubGlobal('performance', {
    getEntriesByType: (type: string) => names.map((name) => type === 'navigation' && { name }),
  })
const clickOf = () => postedEvents().at(-1)?.context?.click_ids?.fbclid?.value

describe('a script that runs after a router has changed the address', () => {
  test('finds the click ID in the address the page was loaded with', async () => {
    loadedFrom('https://www.shop.com/?fbclid=C')
    start().track('purchase')
    await settle()
    expect(clickOf()).toBe('C')
  })

  test.each<[string, string[], string, string]>([
    ['the address it has now goes before it', ['https://www.shop.com/?fbclid=C'], '/?fbclid=D', 'D'],
    ['behind a hash', ['https://www.shop.com/#/x?fbclid=C'], '/a#b', 'C'],
    ['a browser that tells none', [], '/?fbclid=D', 'D'],
  ])('%s', async (_name, names, path, expected) => {
    openPage(`https://www.shop.com${path}`)
    loadedFrom(...names)
    start().track('purchase')
    await settle()
    expect(clickOf()).toBe(expected)
  })

  test('once: a later click is not replaced by that of the landing', async () => {
    openPage('https://www.shop.com/')
    loadedFrom('https://www.shop.com/?fbclid=C')
    const pixel = start({ features: [lifecycle] })
    history.pushState(null, '', '/?fbclid=D')
    history.pushState(null, '', '/b')
    pixel.track('purchase')
    await settle()
    expect(clickOf()).toBe('D')
  })
})

test('the platforms’ cookies, and no others, are read when the event leaves', async () => {
  const values = { _fbp: 'fb.1.1.2', _fbc: 'fb.1.1.C', _rdt_uuid: '1.u', _rdt_cid: 'R', _scid: 's=1', _scclid: 'S' }
  start().track('purchase', {}, { id: 'o1' })
  for (const [name, value] of Object.entries({ ...values, _rdt_em: 'digest', x_fbp: 'other' }))
    document.cookie = `${name}=${value};path=/`
  await settle()
  expect(postedEvents()[0]?.context?.cookies).toEqual(values)
})
