import { describe, expect, test } from 'vitest'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { sha256 } from '../../../server/match-keys/digest.ts'
import type { Json } from '../vectors.ts'
import { check, digest, send, v2, type Row } from './send.ts'

describe('Reddit 7: standard events', () => {
  test.each<[string, Json, string, boolean, boolean]>([
    ['PageVisit', { event: 'page_view' }, 'PAGE_VISIT', false, false],
    ['ViewContent', { event: 'view_content' }, 'VIEW_CONTENT', false, false],
    ['ViewContent', { event: 'view_item' }, 'VIEW_CONTENT', false, false],
    ['Search', { event: 'search' }, 'SEARCH', false, false],
    ['AddToCart', { event: 'add_to_cart' }, 'ADD_TO_CART', true, true],
    ['AddToCart', { event: 'Product Added' }, 'ADD_TO_CART', true, true],
    ['AddToWishlist', { event: 'add_to_wishlist' }, 'ADD_TO_WISHLIST', true, true],
    ['Purchase', { event: 'PURCHASE' }, 'PURCHASE', true, true],
    ['Lead', { event: 'lead' }, 'LEAD', true, false],
    ['Lead', { event: 'generate_lead' }, 'LEAD', true, false],
    ['SignUp', { event: 'sign_up' }, 'SIGN_UP', true, false],
    ['SignUp', { event: 'complete_registration' }, 'SIGN_UP', true, false],
    ['begin_checkout', { event: 'begin_checkout' }, 'CUSTOM', true, true],
    ['My Event', { event: ' My Event ' }, 'CUSTOM', true, true],
    ['Custom', { event: 'Custom' }, 'CUSTOM', true, true],
    ['Заказ 日本 🎉', { event: 'Заказ 日本 🎉' }, 'CUSTOM', true, true],
    ['Lead', { event: 'contact', names: { reddit: 'Lead' } }, 'LEAD', true, false],
    ['AddToCart', { event: 'contact', names: { reddit: 'ADD_TO_CART' } }, 'ADD_TO_CART', true, true],
    ['Quote', { event: 'lead', names: { reddit: 'Quote' } }, 'CUSTOM', true, true],
  ])('%s from %j is %s: value %s, count %s', (name, change, type, takesValue, takesCount) => {
    const input = { ...change, items: [{ id: 'a' }], url: null }
    const three = send(input)
    const two = send(input, v2)
    const custom = type === 'CUSTOM' ? { custom_event_name: name } : {}
    expect([three.name, two.name]).toEqual([name, name])
    expect(three.event?.type).toEqual({ tracking_type: type, ...custom })
    expect(two.event?.event_type).toEqual({ tracking_type: type === 'CUSTOM' ? 'Custom' : name, ...custom })
    const shared = {
      ...(takesValue && { currency: 'USD' }),
      ...(takesCount && { item_count: 1 }),
      conversion_id: digest,
      products: [{ id: 'a' }],
    }
    expect(three.event?.metadata).toEqual({ ...shared, ...(takesValue && { value: 10 }) })
    expect(two.event?.event_metadata).toEqual({ ...shared, ...(takesValue && { value_decimal: 10 }) })
  })

  test.each<[string, string, string]>([
    ['64 letters', 'x'.repeat(64), 'x'.repeat(64)],
    ['65 letters', 'x'.repeat(65), 'x'.repeat(64)],
    ['65 characters of two halves', '😀'.repeat(65), '😀'.repeat(64)],
  ])('a custom name of %s', (_what, event, name) => {
    const sent = send({ event })
    expect(sent.name).toBe(name)
    expect(sent.event?.type).toEqual({ tracking_type: 'CUSTOM', custom_event_name: name })
  })

  test.each([
    ['add_to_cart', 'AddToCart'],
    ['ADD_TO_CART', 'AddToCart'],
    [' My Event ', 'My Event'],
    ['x'.repeat(70), 'x'.repeat(64)],
    [' ', undefined],
  ])('an operator’s name %j is %j', (name, want) => {
    expect(reddit.nameOf(name)).toBe(want)
  })
})

describe('Reddit 7: money', () => {
  test.each<Row>([
    ['a currency alone', { value: null }, ['metadata', 'currency'], 'USD'],
    ['blanks and lower case', { currency: ' eUr ' }, ['metadata', 'currency'], 'EUR'],
    ['three letters that no bank knows', { currency: 'ZZZ' }, ['metadata', 'currency'], 'ZZZ'],
    ['a sign', { currency: '€' }, ['metadata', 'currency'], undefined],
    ['four letters', { currency: 'EURO' }, ['metadata', 'currency'], undefined],
    ['letters that are not ours', { currency: 'ЕUR' }, ['metadata', 'currency'], undefined],
    ['digits', { currency: 978 }, ['metadata', 'currency'], undefined],
    ['the site’s currency', { currency: null }, ['metadata', 'currency'], 'EUR', { default_currency: 'EUR' }],
    [
      'a broken one is not replaced',
      { currency: 'US$' },
      ['metadata', 'currency'],
      undefined,
      { default_currency: 'EUR' },
    ],
    [
      'no value, no currency of the site',
      { value: null, currency: null },
      ['metadata', 'currency'],
      undefined,
      { default_currency: 'EUR' },
    ],
    [
      'a dropped value, no currency of the site',
      { value: -1, currency: null },
      ['metadata', 'currency'],
      undefined,
      { default_currency: 'EUR' },
    ],
    ['no currency is invented', { currency: null }, ['metadata', 'currency'], undefined],
    ['a value without currency', { currency: null }, ['metadata', 'value'], 10],
    ['a negative value', { value: -1 }, ['metadata', 'value'], undefined],
    ['a value of 0', { value: 0 }, ['metadata', 'value'], 0],
    ['numeric text', { value: ' 12.50 ' }, ['metadata', 'value'], 12.5],
    ['text that is no number', { value: '1,299.00' }, ['metadata', 'value'], undefined],
    ['yen in whole yen', { value: 1500, currency: 'JPY' }, ['metadata', 'value'], 1500],
    ['cents stay cents', { value: 10.99 }, ['metadata', 'value'], 10.99],
    ['v2.0 in whole units too', { value: 1500, currency: 'JPY' }, ['event_metadata', 'value_decimal'], 1500, v2],
    ['v2.0 gets no minor units', {}, ['event_metadata', 'value'], undefined, v2],
  ])('%s', check)
})

describe('Reddit 9: items and orders', () => {
  const items = [{ id: 'a', quantity: 2.5 }, { name: 'b' }, { id: 'c', quantity: 0 }]
  test.each<Row>([
    ['units: missing and broken quantities count 1', { items }, ['metadata', 'item_count'], 2],
    ['units of v2.0', { items }, ['event_metadata', 'item_count'], 2, v2],
    ['no items, no count', {}, ['metadata', 'item_count'], undefined],
    ['only nothings', { items: [{ id: 'a', quantity: 0 }] }, ['metadata', 'item_count'], 0],
    [
      'the most that Reddit counts',
      { items: [{ id: 'a', quantity: 2 ** 31 - 1 }] },
      ['metadata', 'item_count'],
      2 ** 31 - 1,
    ],
    [
      'more than that',
      { items: [{ id: 'a', quantity: 2 ** 31 - 1 }, { id: 'b' }] },
      ['metadata', 'item_count'],
      undefined,
    ],
    [
      'a count of the sender’s own',
      { platform: { reddit: { item_count: '7' } }, items },
      ['metadata', 'item_count'],
      7,
    ],
    ['such a count that is none', { platform: { reddit: { item_count: 1.5 } }, items }, ['metadata', 'item_count'], 2],
    [
      'a count where none belongs',
      { event: 'lead', platform: { reddit: { item_count: 7 } } },
      ['metadata', 'item_count'],
      undefined,
    ],
    ['the order', { order_id: ' A-1 ' }, ['metadata', 'order_id'], 'A-1'],
    ['an order of 100', { order_id: 'é'.repeat(100) }, ['metadata', 'order_id'], 'é'.repeat(100)],
    ['an order of 101', { order_id: '😀'.repeat(101) }, ['metadata', 'order_id'], '😀'.repeat(100)],
    ['the event’s ID, hashed', { event_id: ' id-1 ' }, ['metadata', 'conversion_id'], sha256('id-1')],
    [
      'the order, where there is no ID',
      { event_id: null, order_id: 'A-1' },
      ['metadata', 'conversion_id'],
      sha256('A-1'),
    ],
    [
      'the same in v2.0, which has no order',
      { event_id: null, order_id: 'A-1' },
      ['event_metadata'],
      { currency: 'USD', value_decimal: 10, conversion_id: sha256('A-1') },
      v2,
    ],
    ['a broken quantity', { items: [{ id: 'a', quantity: 2.5, price: -1 }] }, ['metadata', 'products'], [{ id: 'a' }]],
    [
      'nothing of it, for nothing',
      { items: [{ id: 'a', quantity: 0, price: 0 }] },
      ['metadata', 'products'],
      [{ id: 'a', quantity: 0, item_price: 0 }],
    ],
    [
      'numbers as text',
      { items: [{ id: 7, quantity: '3', price: '1.5' }] },
      ['metadata', 'products'],
      [{ id: '7', quantity: 3, item_price: 1.5 }],
    ],
    [
      'what Reddit knows of a product',
      { items: [{ id: 'a', name: 'Cap', category: 'Hats', brand: 'B', sku: 's' }] },
      ['metadata', 'products'],
      [{ id: 'a', name: 'Cap', category: 'Hats' }],
    ],
    ['a blank ID is none', { items: [{ id: ' ', name: 'b' }, { id: 'c' }] }, ['metadata', 'products'], [{ id: 'c' }]],
    ['no product with an ID', { items: [{ name: 'b' }] }, ['metadata', 'products'], undefined],
  ])('%s', check)
})
