import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Props } from '../../client/api.ts'
import details from '../../client/features/details.ts'
import { addPlatforms, closePage, newPage, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

/** What the platforms' functions are told of the event, by the feature and the core. */
const paramsOf = (event: string, props: Props = {}) => {
  const { fbq, rdt, snaptr } = addPlatforms()
  const pixel = start({ features: [details], firePageview: '1' })
  pixel.track(event, props, { id: 'E1' })
  const [meta, reddit, snapchat] = [fbq, rdt, snaptr].map((fn) => (fn.mock.calls as unknown[][])[0]?.[2])
  return { meta, reddit, snapchat }
}

const items = [
  { id: 'S1', name: 'Cap', category: 'Hats', quantity: '2', price: '5.50' },
  { id: 7, name: 'Scarf', category: 'Wool', price: 1.5 },
]
const order = { value: 12.5, currency: 'EUR', order_id: 1001, items }
const contents = [
  { id: 'S1', quantity: 2, item_price: 5.5 },
  { id: '7', quantity: 1, item_price: 1.5 },
]
const products = [
  { id: 'S1', name: 'Cap', category: 'Hats', quantity: 2, itemPrice: 5.5 },
  { id: '7', name: 'Scarf', category: 'Wool', itemPrice: 1.5 },
]
const money = { value: 12.5, currency: 'EUR' }
const catalog = { content_ids: ['S1', '7'], content_type: 'product', contents }

test('an order, as each platform calls it', () => {
  expect(paramsOf('purchase', order)).toEqual({
    meta: { ...money, ...catalog, order_id: 1001, num_items: 3 },
    reddit: { ...money, conversionId: 'E1', products, itemCount: 3, transactionId: '1001' },
    snapchat: {
      ...{ price: 12.5, currency: 'EUR', item_ids: ['S1', '7'], number_items: 3 },
      ...{ transaction_id: 1001, client_dedup_id: 'E1' },
    },
  })
})

test('one item says its name and category', () => {
  const { meta, snapchat } = paramsOf('view_item', { items: items[0] })
  expect(meta).toMatchObject({ contents: [contents[0]], content_name: 'Cap', content_category: 'Hats' })
  expect(snapchat).toMatchObject({ item_category: 'Hats', number_items: 2 })
})

test('a category of all items is theirs, of some of them nobody’s', () => {
  const hats = [{ id: 'S1', category: 'Hats' }, { id: 'S2', category: 'Hats' }, { id: 'S3' }]
  expect(paramsOf('purchase', { items: hats }).snapchat).toMatchObject({ item_category: 'Hats' })
  expect(paramsOf('purchase', { items }).snapchat).not.toHaveProperty('item_category')
})

test('what was searched for', () => {
  const { meta, reddit, snapchat } = paramsOf('search', { search_string: 'cap' })
  expect(meta).toEqual({ search_string: 'cap' })
  expect(reddit).toEqual({ conversionId: 'E1' })
  expect(snapchat).toEqual({ search_string: 'cap', client_dedup_id: 'E1' })
  // Meta reads it on a search alone.
  expect(paramsOf('generate_lead', { search_string: 'cap' }).meta).toEqual({})
})

describe('each platform is told only what its event takes', () => {
  test.each([
    ['purchase', true],
    ['begin_checkout', true],
    ['add_to_cart', false],
    ['view_item', false],
    ['My Event', false],
  ])('Meta counts the items of %s: %s', (event, isCounted) => {
    expect(Object.keys(paramsOf(event, order).meta as object).includes('num_items')).toBe(isCounted)
  })

  test.each<[string, string[]]>([
    ['page_view', []],
    ['view_item', []],
    ['search', []],
    ['add_to_cart', ['itemCount']],
    ['add_to_wishlist', ['itemCount']],
    ['generate_lead', ['transactionId']],
    ['sign_up', ['transactionId']],
    ['begin_checkout', ['itemCount', 'transactionId']],
    ['My Event', ['itemCount', 'transactionId']],
  ])('Reddit, %s: %j', (event, keys) => {
    const told = paramsOf(event, order).reddit as object
    expect(told).toMatchObject({ products })
    expect(Object.keys(told).filter((key) => ['itemCount', 'transactionId'].includes(key))).toEqual(keys)
  })
})

test.each<[string, unknown, object, object, (number | undefined)[]]>([
  ['none', undefined, { quantity: 1 }, {}, [1, 1, 1]],
  ['none of it', 0, {}, { quantity: 0 }, [0, 0, 0]],
  ['part of one', 1.5, {}, {}, [undefined, 1, 1.5]],
  ['less than none', -1, {}, {}, [undefined, 1, undefined]],
  ['no number', 'two', {}, {}, [undefined, 1, undefined]],
])('a quantity of %s', (_what, quantity, atMeta, atReddit, counts) => {
  const told = paramsOf('purchase', { items: [{ id: 'S1', quantity }] })
  const [meta, reddit, snapchat] = [told.meta, told.reddit, told.snapchat] as Record<string, unknown>[]
  expect(meta!.contents).toEqual([{ id: 'S1', ...atMeta }])
  expect(reddit!.products).toEqual([{ id: 'S1', ...atReddit }])
  expect([meta!.num_items, reddit!.itemCount, snapchat!.number_items]).toEqual(counts)
})

test.each(['1,299.00', -5, Infinity, '', null, {}])('a price of %j is left out', (price) => {
  const { meta, reddit } = paramsOf('purchase', { items: [{ id: 'S1', price }] })
  expect(meta).toMatchObject({ contents: [{ id: 'S1', quantity: 1 }] })
  expect(meta).not.toHaveProperty('contents.0.item_price')
  expect(reddit).not.toHaveProperty('products.0.itemPrice')
})

test('an item without an ID is counted, and listed nowhere', () => {
  const { meta, reddit, snapchat } = paramsOf('purchase', { items: [{ name: 'Gift' }, { id: 'S1' }] })
  expect(meta).toEqual({
    ...{ content_ids: ['S1'], content_type: 'product', contents: [{ id: 'S1', quantity: 1 }], num_items: 2 },
  })
  expect(reddit).toEqual({ conversionId: 'E1', products: [{ id: 'S1' }], itemCount: 2 })
  expect(snapchat).toMatchObject({ item_ids: ['S1'], number_items: 2 })
})

test.each([[undefined], ['S1'], [7], [[]], [[null, 'x']], [{}]])('items that are none: %j', (given) => {
  expect(paramsOf('add_to_cart', { items: given })).toEqual({
    meta: {},
    reddit: { conversionId: 'E1' },
    snapchat: { client_dedup_id: 'E1' },
  })
})

test('with rules of the site’s own, each firing has them', () => {
  const { fbq } = addPlatforms()
  start({
    features: [details],
    mapping: (_platform, [event]) => [
      [event, 'Lead', []],
      [event, undefined, ['2']],
    ],
  }).track('x', { order_id: 'A1' }, { id: 'E1' })
  expect(fbq.mock.calls).toEqual([
    ['track', 'Lead', { order_id: 'A1' }, { eventID: 'E1' }],
    ['trackSingleCustom', '2', 'x', { order_id: 'A1' }, { eventID: 'E1' }],
  ])
})
