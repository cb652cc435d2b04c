import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Props } from '../../client/api.ts'
import { addPlatforms, closePage, newPage, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

/** What the three platforms' functions are called with when the page tells of this event. */
const callsOf = (event: string, props: Props = {}, metaIds: readonly string[] = []) => {
  const { fbq, rdt, snaptr } = addPlatforms()
  start({ pixels: { meta: metaIds, reddit: [], snapchat: ['ignored'] }, firePageview: '1' }).track(event, props, {
    id: 'E1',
  })
  return { meta: fbq.mock.calls, reddit: rdt.mock.calls, snapchat: snaptr.mock.calls } as Record<string, unknown[][]>
}

const order = {
  value: '12.50',
  currency: 'eur',
  order_id: 1001,
  search_string: 'cap',
  plan: 'pro',
  items: [{ id: 'S1', name: 'Cap', category: 'Hats', quantity: 2, price: 5 }, { id: 7 }],
}

test.each([
  ['0', 0],
  [0, 0],
  ['.5', 0.5],
  [' 14 ', 14],
  [12.5, 12.5],
  ['1,299.00', undefined],
  ['$5', undefined],
  [-5, undefined],
  ['-0.01', undefined],
  [Infinity, undefined],
  [NaN, undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('the value %j is told as %j', (value, amount) => {
  const { meta, reddit, snapchat } = callsOf('purchase', { value })
  const told = amount === undefined ? {} : { value: amount }
  expect(meta).toEqual([['track', 'Purchase', told, { eventID: 'E1' }]])
  expect(reddit).toEqual([['track', 'Purchase', { ...told, conversionId: 'E1' }]])
  expect((snapchat?.[0]?.[2] as { price?: number }).price).toBe(amount)
})

test.each([
  ['EUR', 'EUR'],
  ['eur', 'EUR'],
  ['euro', undefined],
  ['€', undefined],
  [978, undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('the currency %j is told as %j', (currency, told) => {
  const { meta, reddit, snapchat } = callsOf('Lead', { currency })
  expect([meta, reddit, snapchat].map((calls) => (calls?.[0]?.at(calls === meta ? -2 : -1) as Props).currency)).toEqual(
    [told, told, told],
  )
})

test.each<[string, unknown, string[] | undefined]>([
  ['as text', [{ id: 'S1' }, { id: 7 }], ['S1', '7']],
  ['one alone, in no list', { id: 'S1' }, ['S1']],
  ['in another vocabulary', [{ item_id: 'S1' }], undefined],
  ['that say nothing', [null, 'x', 7, {}, { id: '' }, { id: null }], undefined],
  ['among others that say nothing', [null, { id: 'S1' }, {}], ['S1']],
  ['that are no list', 'S1', undefined],
  ['none', undefined, undefined],
])('items %s', (_name, items, ids) => {
  const { meta, reddit, snapchat } = callsOf('add_to_cart', { items })
  expect(meta).toEqual([
    ['track', 'AddToCart', ids ? { content_ids: ids, content_type: 'product' } : {}, { eventID: 'E1' }],
  ])
  expect(reddit).toEqual([['track', 'AddToCart', { conversionId: 'E1' }]])
  expect(snapchat).toEqual([['track', 'ADD_CART', { ...(ids && { item_ids: ids }), client_dedup_id: 'E1' }]])
})

test.each([
  ['page_view', 'PageView', 'PageVisit', 'PAGE_VIEW'],
  ['view_item', 'ViewContent', 'ViewContent', 'VIEW_CONTENT'],
  ['view_item_list', 'view_item_list', 'Custom', 'LIST_VIEW'],
  ['search', 'Search', 'Search', 'SEARCH'],
  ['begin_checkout', 'InitiateCheckout', 'Custom', 'START_CHECKOUT'],
  ['sign_up', 'CompleteRegistration', 'SignUp', 'SIGN_UP'],
  ['generate_lead', 'Lead', 'Lead', 'SIGN_UP'],
  ['login', 'login', 'Custom', 'LOGIN'],
  ['contact', 'Contact', 'Custom', undefined],
  ['INVITE', 'INVITE', 'Custom', undefined],
  ['My Event', 'My Event', 'Custom', undefined],
])('%s goes by the names %s, %s, %s', (event, ...names) => {
  const { meta, reddit, snapchat } = callsOf(event)
  expect([meta, reddit, snapchat].map((calls) => calls?.[0]?.[1])).toEqual(names)
})

const metaOrder = { value: 12.5, currency: 'EUR', content_ids: ['S1', '7'], content_type: 'product' }
test.each<[string, string, Props, string[], unknown[][]]>([
  ['an order, pixel unknown', 'purchase', order, [], [['track', 'Purchase', metaOrder, { eventID: 'E1' }]]],
  [
    'an order, two pixels',
    'purchase',
    order,
    ['111', '222'],
    [
      ['trackSingle', '111', 'Purchase', metaOrder, { eventID: 'E1' }],
      ['trackSingle', '222', 'Purchase', metaOrder, { eventID: 'E1' }],
    ],
  ],
  ['no parameters keep the ID in its place', 'contact', {}, [], [['track', 'Contact', {}, { eventID: 'E1' }]]],
  ['a custom event', 'My Event', { value: 0 }, [], [['trackCustom', 'My Event', { value: 0 }, { eventID: 'E1' }]]],
  [
    'a custom event, one pixel',
    'My Event',
    {},
    ['111'],
    [['trackSingleCustom', '111', 'My Event', {}, { eventID: 'E1' }]],
  ],
  ['a standard name it lacks', 'login', {}, [], [['trackCustom', 'login', {}, { eventID: 'E1' }]]],
])('meta: %s', (_name, event, props, pixelIds, calls) => {
  expect(callsOf(event, props, pixelIds).meta).toEqual(calls)
})

const redditMoney = { value: 12.5, currency: 'EUR' }
test.each<[string, string, unknown[]]>([
  ['an order', 'purchase', ['track', 'Purchase', { ...redditMoney, conversionId: 'E1' }]],
  ['no value on a page view', 'page_view', ['track', 'PageVisit', { conversionId: 'E1' }]],
  ['no value on a product view', 'view_item', ['track', 'ViewContent', { conversionId: 'E1' }]],
  ['no value on a search', 'search', ['track', 'Search', { conversionId: 'E1' }]],
  ['a cart', 'add_to_cart', ['track', 'AddToCart', { ...redditMoney, conversionId: 'E1' }]],
  ['a wishlist', 'add_to_wishlist', ['track', 'AddToWishlist', { ...redditMoney, conversionId: 'E1' }]],
  ['a lead', 'generate_lead', ['track', 'Lead', { ...redditMoney, conversionId: 'E1' }]],
  ['a sign-up', 'sign_up', ['track', 'SignUp', { ...redditMoney, conversionId: 'E1' }]],
  [
    'a name it lacks',
    'begin_checkout',
    ['track', 'Custom', { ...redditMoney, conversionId: 'E1', customEventName: 'begin_checkout' }],
  ],
  ...[63, 64, 65].map((length): [string, string, unknown[]] => [
    `a custom event of ${length} code points`,
    '😀'.repeat(length),
    ['track', 'Custom', { ...redditMoney, conversionId: 'E1', customEventName: '😀'.repeat(Math.min(length, 64)) }],
  ]),
])('reddit: %s', (_name, event, call) => {
  expect(callsOf(event, order).reddit).toEqual([call])
})

test.each<[string, string, Props, object]>([
  [
    'an order',
    'purchase',
    order,
    { price: 12.5, currency: 'EUR', item_ids: ['S1', '7'], transaction_id: 1001, client_dedup_id: 'E1' },
  ],
  [
    'a purchase without order number',
    'purchase',
    { value: 1 },
    { price: 1, transaction_id: 'E1', client_dedup_id: 'E1' },
  ],
  ['anything else has no order number of its own', 'add_to_cart', {}, { client_dedup_id: 'E1' }],
  ['but a given one', 'subscribe', { order_id: 'A1' }, { transaction_id: 'A1', client_dedup_id: 'E1' }],
])('snapchat: %s', (_name, event, props, params) => {
  expect(callsOf(event, props).snapchat?.map((call) => call[2])).toEqual([params])
})
