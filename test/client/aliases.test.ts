import { describe, expect, test } from 'vitest'
import { withOurNames } from '../../client/capture/aliases.ts'

describe('properties by other names', () => {
  test.each<[string, object, object]>([
    ['nothing', {}, {}],
    [
      'our names stay',
      { value: 1, order_id: 'A', search_string: 's' },
      { value: 1, order_id: 'A', search_string: 's' },
    ],
    ['zero is a value', { value: 0, revenue: 5 }, { value: 0 }],
    ['GA4’s order', { transaction_id: 'T1', value: 3, currency: 'EUR' }, { order_id: 'T1', value: 3, currency: 'EUR' }],
    ['our name before another', { order_id: 'A', transaction_id: 'T1' }, { order_id: 'A' }],
    ['Segment’s revenue before its total', { revenue: 5, total: 7 }, { value: 5 }],
    ['Segment’s total', { total: 7 }, { value: 7 }],
    ['a text stays a text', { revenue: '1,299.00' }, { value: '1,299.00' }],
    ['GA4’s search', { search_term: 'tea' }, { search_string: 'tea' }],
    ['Segment’s search', { query: 'tea' }, { search_string: 'tea' }],
    ['what is unknown stays', { coupon: 'X', plan: { a: 1 } }, { coupon: 'X', plan: { a: 1 } }],
    [
      'what steers other tags goes',
      {
        event: 'x',
        event_id: '1',
        send_to: 'G-1',
        event_timeout: 5,
        eventModel: { a: 1 },
        'gtm.uniqueEventId': 4,
        events: 2,
      },
      { events: 2 },
    ],
    [
      'GA4’s items, with all levels of their category',
      {
        items: [
          {
            item_id: 'a',
            item_name: 'A',
            item_brand: 'B',
            item_category: 'c',
            item_category2: 'd',
            price: 2,
            quantity: 3,
          },
        ],
      },
      { items: [{ id: 'a', name: 'A', brand: 'B', category: 'c > d', price: 2, quantity: 3 }] },
    ],
    [
      'Segment’s products',
      { products: [{ product_id: 'p', sku: 's', category: 'k' }, { sku: 's2' }] },
      { items: [{ id: 'p', category: 'k' }, { id: 's2' }] },
    ],
    ['IDs alone', { items: ['a', 7] }, { items: [{ id: 'a' }, { id: 7 }] }],
    [
      'Segment’s single product',
      { product_id: 'p', name: 'P', price: 4, quantity: 2, coupon: 'X' },
      { value: 4, coupon: 'X', items: [{ id: 'p', name: 'P', price: 4, quantity: 2 }] },
    ],
    ['a name beside no product is a property', { name: 'Jane', category: 'c' }, { name: 'Jane', category: 'c' }],
    [
      'a name beside a list is a property',
      { name: 'Sale', items: [{ id: 'a' }] },
      { name: 'Sale', items: [{ id: 'a' }] },
    ],
    [
      'Google’s user data',
      {
        user_data: {
          email: 'a@b.example',
          phone_number: '+1',
          address: {
            first_name: 'F',
            last_name: 'L',
            city: 'C',
            region: 'R',
            postal_code: 'Z',
            country: 'US',
            street: 'S',
          },
        },
      },
      {
        user: {
          ...{ email: 'a@b.example', phone: '+1', first_name: 'F', last_name: 'L', city: 'C', state: 'R', zip: 'Z' },
          country: 'US',
        },
      },
    ],
    [
      'its hashed fields, and several addresses',
      { user_data: { sha256_email_address: 'e'.repeat(64), address: [{ sha256_last_name: 'f'.repeat(64) }, {}] } },
      { user: { email: 'e'.repeat(64), last_name: 'f'.repeat(64) } },
    ],
    ['our user before Google’s', { user: { email: 'a' }, user_data: { email: 'b' } }, { user: { email: 'a' } }],
  ])('%s', (_name, given, expected) => {
    expect(withOurNames(given as Record<string, unknown>)).toEqual(expected)
  })

  test('what is no list of items is no reason to lose the rest', () => {
    expect(withOurNames({ items: 'x', value: 1 })).toEqual({ value: 1, items: [{ id: 'x' }] })
    expect(withOurNames(undefined)).toEqual({})
    expect(withOurNames({ items: [null, { id: 'a' }], user_data: 7, value: 1 })).toMatchObject({ value: 1 })
  })

  test('the given object is left as it is', () => {
    const given = Object.freeze({ transaction_id: 'T', items: Object.freeze([Object.freeze({ item_id: 'a' })]) })
    expect(withOurNames(given)).toEqual({ order_id: 'T', items: [{ id: 'a' }] })
    expect(given).toEqual({ transaction_id: 'T', items: [{ item_id: 'a' }] })
  })
})
