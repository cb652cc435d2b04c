import { expect, test } from 'vitest'
import { readAmount, readCurrency } from '../../client/platforms/basket.ts'
import { pixelCalls } from '../../client/platforms/calls.ts'
import { pixelEventName } from '../../client/platforms/index.ts'
import { markQueue } from '../../client/platforms/mark.ts'
import { meta } from '../../client/platforms/meta.ts'
import { reddit } from '../../client/platforms/reddit.ts'
import { snapchat } from '../../client/platforms/snapchat.ts'
import type { WireEvent } from '../../client/wire.ts'
import { stubOf } from './page.ts'

const anEvent = (event: string, facts: Partial<WireEvent> = {}): WireEvent => ({
  event,
  event_id: 'E1',
  event_time: 1,
  ...facts,
})
const order = {
  value: '12.50',
  currency: 'eur',
  order_id: 1001,
  search_string: 'cap',
  items: [
    { id: 'S1', name: 'Cap', category: 'Hats', quantity: 2, price: 5 },
    { id: 'S2', price: 2.5 },
  ],
}
const redditProducts = [
  { id: 'S1', quantity: 2, itemPrice: 5, name: 'Cap', category: 'Hats' },
  { id: 'S2', itemPrice: 2.5 },
]

test.each([
  ['0', 0],
  [0, 0],
  ['.5', 0.5],
  [' 14 ', 14],
  ['1,299.00', undefined],
  [-1, undefined],
  [Infinity, undefined],
  ['', undefined],
  [true, undefined],
  [undefined, undefined],
])('amount %j is %j', (given, amount) => {
  expect(readAmount(given)).toBe(amount)
})

test.each([
  ['eur', 'EUR'],
  [' USD ', 'USD'],
  ['euro', undefined],
  [undefined, undefined],
])('currency %j is %j', (given, currency) => {
  expect(readCurrency(given)).toBe(currency)
})

test.each([
  ['page_view', 'PageView', 'PageVisit', 'PAGE_VIEW'],
  ['view_item', 'ViewContent', 'ViewContent', 'VIEW_CONTENT'],
  ['begin_checkout', 'InitiateCheckout', 'Custom', 'START_CHECKOUT'],
  ['sign_up', 'CompleteRegistration', 'SignUp', 'SIGN_UP'],
  ['generate_lead', 'Lead', 'Lead', 'SIGN_UP'],
  ['login', 'login', 'Custom', 'LOGIN'],
  ['contact', 'Contact', 'Custom', undefined],
  ['My Event', 'My Event', 'Custom', undefined],
])('%s goes by the names %s, %s, %s', (event, ...names) => {
  expect([meta, reddit, snapchat].map((platform) => pixelEventName(platform, event))).toEqual(names)
})

const metaOrder = {
  value: 12.5,
  currency: 'EUR',
  order_id: '1001',
  num_items: 3,
  contents: [
    { id: 'S1', quantity: 2, item_price: 5 },
    { id: 'S2', item_price: 2.5 },
  ],
  content_ids: ['S1', 'S2'],
  search_string: 'cap',
  content_type: 'product',
}
test.each([
  ['an order, pixel unknown', anEvent('purchase', order), [], [['track', 'Purchase', metaOrder, { eventID: 'E1' }]]],
  [
    'an order, two pixels',
    anEvent('purchase', order),
    ['111', '222'],
    [
      ['trackSingle', '111', 'Purchase', metaOrder, { eventID: 'E1' }],
      ['trackSingle', '222', 'Purchase', metaOrder, { eventID: 'E1' }],
    ],
  ],
  ['no parameters keep the ID in its place', anEvent('contact'), [], [['track', 'Contact', {}, { eventID: 'E1' }]]],
  [
    'a custom event',
    anEvent('My Event', { value: 0 }),
    [],
    [['trackCustom', 'My Event', { value: 0 }, { eventID: 'E1' }]],
  ],
  [
    'a custom event, one pixel',
    anEvent('My Event'),
    ['111'],
    [['trackSingleCustom', '111', 'My Event', {}, { eventID: 'E1' }]],
  ],
  ['a standard name it lacks', anEvent('login'), [], [['trackCustom', 'login', {}, { eventID: 'E1' }]]],
  [
    'bad numbers are left out',
    anEvent('purchase', { value: '1,299.00', currency: 'euro' }),
    [],
    [['track', 'Purchase', {}, { eventID: 'E1' }]],
  ],
])('meta: %s', (_name, event, pixelIds, calls) => {
  expect(pixelCalls(meta, event, pixelIds)).toEqual(calls)
})

const redditMoney = { value: 12.5, currency: 'EUR' }
test.each([
  [
    'an order',
    'purchase',
    [
      'track',
      'Purchase',
      { ...redditMoney, transactionId: '1001', itemCount: 3, products: redditProducts, conversionId: 'E1' },
    ],
  ],
  ['no value on a page view', 'page_view', ['track', 'PageVisit', { products: redditProducts, conversionId: 'E1' }]],
  [
    'no value on a product view',
    'view_item',
    ['track', 'ViewContent', { products: redditProducts, conversionId: 'E1' }],
  ],
  ['no value on a search', 'search', ['track', 'Search', { products: redditProducts, conversionId: 'E1' }]],
  [
    'no order on a cart',
    'add_to_cart',
    ['track', 'AddToCart', { ...redditMoney, itemCount: 3, products: redditProducts, conversionId: 'E1' }],
  ],
  [
    'no order on a wishlist',
    'add_to_wishlist',
    ['track', 'AddToWishlist', { ...redditMoney, itemCount: 3, products: redditProducts, conversionId: 'E1' }],
  ],
  [
    'no count on a lead',
    'generate_lead',
    ['track', 'Lead', { ...redditMoney, transactionId: '1001', products: redditProducts, conversionId: 'E1' }],
  ],
  [
    'no count on a sign-up',
    'sign_up',
    ['track', 'SignUp', { ...redditMoney, transactionId: '1001', products: redditProducts, conversionId: 'E1' }],
  ],
  [
    'a custom event, cut by code points',
    '😀'.repeat(65),
    [
      'track',
      'Custom',
      {
        ...redditMoney,
        transactionId: '1001',
        itemCount: 3,
        products: redditProducts,
        conversionId: 'E1',
        customEventName: '😀'.repeat(64),
      },
    ],
  ],
])('reddit: %s', (_name, name, call) => {
  expect(pixelCalls(reddit, anEvent(name, order), [])).toEqual([call])
})

test.each([
  [
    'an order',
    anEvent('purchase', order),
    {
      price: 12.5,
      currency: 'EUR',
      transaction_id: '1001',
      number_items: 3,
      item_ids: ['S1', 'S2'],
      search_string: 'cap',
      item_category: 'Hats',
      client_dedup_id: 'E1',
    },
  ],
  [
    'a purchase without order number',
    anEvent('purchase', { value: 1 }),
    { price: 1, transaction_id: 'E1', client_dedup_id: 'E1' },
  ],
  ['anything else has no order number', anEvent('add_to_cart'), { client_dedup_id: 'E1' }],
])('snapchat: %s', (_name, event, params) => {
  expect(pixelCalls(snapchat, event, ['ignored'])).toEqual([['track', pixelEventName(snapchat, event.event), params]])
})

test.each([
  ['meta', meta, ['track', 'PageView'], ['track', 'PageView', {}, { eventID: 'E1' }]],
  ['meta with parameters', meta, ['track', 'PageView', { a: 1 }], ['track', 'PageView', { a: 1 }, { eventID: 'E1' }]],
  ['meta with options', meta, ['track', 'PageView', {}, { x: 1 }], ['track', 'PageView', {}, { x: 1, eventID: 'E1' }]],
  [
    'meta, one pixel',
    meta,
    ['trackSingle', '111', 'PageView'],
    ['trackSingle', '111', 'PageView', {}, { eventID: 'E1' }],
  ],
  ['meta with the site’s ID', meta, ['track', 'PageView', {}, { eventID: 'theirs' }], undefined],
  ['meta, another event', meta, ['track', 'Lead'], undefined],
  ['meta, no track', meta, ['init', 'PageView'], undefined],
  ['reddit', reddit, ['track', 'PageVisit'], ['track', 'PageVisit', { conversionId: 'E1' }]],
  [
    'reddit with parameters',
    reddit,
    ['track', 'PageVisit', { a: 1 }],
    ['track', 'PageVisit', { a: 1, conversionId: 'E1' }],
  ],
  ['reddit with the site’s ID', reddit, ['track', 'PageVisit', { conversionId: 'theirs' }], undefined],
  ['snapchat', snapchat, ['track', 'PAGE_VIEW'], ['track', 'PAGE_VIEW', { client_dedup_id: 'E1' }]],
  [
    'snapchat, one pixel',
    snapchat,
    ['track', 'pixel', 'PAGE_VIEW', { a: 1 }],
    ['track', 'pixel', 'PAGE_VIEW', { a: 1, client_dedup_id: 'E1' }],
  ],
  ['snapchat, text for parameters', snapchat, ['track', 'PAGE_VIEW', 'text'], undefined],
  ['snapchat with the site’s ID', snapchat, ['track', 'PAGE_VIEW', { client_deduplication_id: 'theirs' }], undefined],
  ['snapchat with the short key', snapchat, ['track', 'PAGE_VIEW', { cdid: 'theirs' }], undefined],
])('page view in the queue: %s', (_name, platform, call, marked) => {
  const stub = stubOf(platform === reddit ? 'callQueue' : 'queue')
  const before = structuredClone(call)
  stub.calls.push(call)
  expect(markQueue(platform, stub, anEvent('page_view'))).toBe(marked !== undefined)
  expect(stub.calls).toEqual([marked ?? before])
  expect(call).toEqual(before) // the page's own objects stay as they were
})

test.each([
  ['meta', meta, 'callMethod'],
  ['reddit', reddit, 'sendEvent'],
  ['snapchat', snapchat, 'handleRequest'],
])('page view of a live library is left alone: %s', (_name, platform, live) => {
  const stub = Object.assign(stubOf(platform === reddit ? 'callQueue' : 'queue'), { [live]: () => undefined })
  stub('track', pixelEventName(platform, 'page_view'))
  expect(markQueue(platform, stub, anEvent('page_view'))).toBe(false)
})
