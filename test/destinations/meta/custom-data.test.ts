import { describe, expect, test } from 'vitest'
import { mapFor } from '../../../server/destinations/mapping.ts'
import { meta } from '../../../server/destinations/meta/index.ts'
import type { MappableEvent } from '../../../server/destinations/destination.ts'
import { anEvent } from '../../make.ts'
import { at, instance, type Json } from '../vectors.ts'
import { customData, send, warned } from './send.ts'

const plain = { event: 'lead', value: null, currency: null }

describe('Meta 8: money', () => {
  test.each<[string, Json, Json | undefined]>([
    ['value and currency', {}, { value: 10, currency: 'USD' }],
    ['zero', { value: 0 }, { value: 0, currency: 'USD' }],
    ['numeric text becomes a number', { value: '14.50', currency: ' eur ' }, { value: 14.5, currency: 'EUR' }],
    ['decimals stay', { value: 1.2345, currency: 'KWD' }, { value: 1.2345, currency: 'KWD' }],
    ['a value below zero, whatever the event is', { event: 'refund', value: -5 }, undefined],
    ['a value without currency', { event: 'lead', currency: null }, undefined],
    ['a currency without value', { event: 'lead', value: null }, undefined],
    ['a value in no known currency', { event: 'lead', currency: 'XYZ' }, undefined],
    ['nothing', plain, undefined],
  ])('%s', (_what, change, want) => {
    expect(customData(change)).toEqual(want)
    if (!want) expect(send(change).event).not.toHaveProperty('custom_data')
  })
})

test('Meta 8: a value below zero is told of', () => {
  expect(warned({ event: 'lead', value: -5 })).toEqual(['value'])
  expect(warned({ event: 'lead', value: 0 })).toEqual([])
})

describe('Meta 8.1: items and the rest', () => {
  const items = (list: readonly Json[], event = 'add_to_cart') => customData({ ...plain, event, items: list })

  test('items without an ID are left out, all are counted', () => {
    const change = { event: 'begin_checkout', items: [{ id: 'a', quantity: 2, price: 3 }, { name: 'no ID' }] }
    expect(customData(change)).toEqual({
      value: 10,
      currency: 'USD',
      content_ids: ['a'],
      contents: [{ id: 'a', quantity: 2, item_price: 3 }],
      content_type: 'product',
      num_items: 3,
    })
    expect(warned(change)).toEqual(['items'])
  })

  test.each<[string, readonly Json[], Json | undefined]>([
    [
      'a missing quantity is one',
      [{ id: 'a' }],
      { content_ids: ['a'], contents: [{ id: 'a', quantity: 1 }], content_type: 'product' },
    ],
    [
      'numbers as text',
      [{ id: 7, quantity: '2', price: '1.5' }],
      { content_ids: ['7'], contents: [{ id: '7', quantity: 2, item_price: 1.5 }], content_type: 'product' },
    ],
    [
      'a price of zero',
      [{ id: 'a', price: 0 }],
      { content_ids: ['a'], contents: [{ id: 'a', quantity: 1, item_price: 0 }], content_type: 'product' },
    ],
    [
      'the single item’s name and category',
      [{ id: 'a', name: 'Cap', category: 'Hats', brand: 'B' }],
      {
        content_ids: ['a'],
        contents: [{ id: 'a', quantity: 1 }],
        content_type: 'product',
        content_name: 'Cap',
        content_category: 'Hats',
      },
    ],
    [
      'of two items neither name',
      [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
      ],
      {
        content_ids: ['a', 'b'],
        contents: [
          { id: 'a', quantity: 1 },
          { id: 'b', quantity: 1 },
        ],
        content_type: 'product',
      },
    ],
    ['no ID at all', [{ name: 'Cap' }], { content_name: 'Cap' }],
  ])('%s', (_what, list, want) => {
    expect(items(list)).toEqual(want)
  })

  test.each<[string, Json, Json, string]>([
    ['half a piece', { quantity: 0.5 }, {}, 'items.quantity'],
    ['no piece', { quantity: 0 }, {}, 'items.quantity'],
    ['a price below zero', { price: -1 }, { quantity: 1 }, 'items.price'],
  ])('%s is left out with a warning, the event goes', (_what, item, left, field) => {
    const change = { ...plain, items: [{ id: 'a', ...item }] }
    expect(customData(change)?.contents).toEqual([{ id: 'a', ...left }])
    expect(warned(change)).toEqual([field])
  })

  test.each<[string, string, readonly Json[], number | undefined]>([
    [
      'checkout: the sum of quantities',
      'begin_checkout',
      [
        { id: 'a', quantity: 1 },
        { id: 'b', quantity: 3 },
      ],
      4,
    ],
    ['purchase too', 'purchase', [{ id: 'a', quantity: 2 }], 2],
    ['not elsewhere', 'add_to_cart', [{ id: 'a', quantity: 2 }], undefined],
    ['halves that make one', 'begin_checkout', [{ quantity: 0.5 }, { quantity: 0.5 }], 1],
    ['no whole number', 'begin_checkout', [{ id: 'a', quantity: 1.5 }], undefined],
    ['no items', 'begin_checkout', [], undefined],
  ])('num_items, %s', (_what, event, list, want) => {
    expect(customData({ event, items: list })?.num_items).toBe(want)
  })

  test.each<[string, Json, string[], unknown]>([
    ['a search', { ...plain, event: 'search', search_string: 'hats' }, ['search_string'], 'hats'],
    [
      'an event sent as a search',
      { ...plain, event: 'find', names: { meta: 'Search' }, search_string: 'hats' },
      ['search_string'],
      'hats',
    ],
    ['a search text outside a search', { search_string: 'hats' }, ['search_string'], undefined],
    ['the order number', { order_id: 1001 }, ['order_id'], '1001'],
    ['free properties', { props: { plan: 'pro' } }, ['plan'], undefined],
    ['the screen', { context: { ip: '8.8.8.8', screen_width: 1 } }, ['screen_width'], undefined],
  ])('%s', (_what, change, path, want) => {
    expect(at(customData(change) ?? {}, path)).toBe(want)
  })
})

describe('Meta 8: delivery', () => {
  const inStore = { id: 'a', delivery_category: 'in_store' }
  test.each<[string, unknown, unknown, string[]]>([
    [
      'by item',
      [inStore],
      [
        { ...inStore, quantity: 1 },
        { id: 'b', quantity: 1 },
      ],
      [],
    ],
    [
      'of an item nobody bought',
      [{ id: 'c', delivery_category: 'curbside' }],
      [
        { id: 'a', quantity: 1 },
        { id: 'b', quantity: 1 },
      ],
      [],
    ],
    [
      'in a word Meta does not know',
      [{ id: 'a', delivery_category: 'drone' }],
      [
        { id: 'a', quantity: 1 },
        { id: 'b', quantity: 1 },
      ],
      ['platform.meta.contents'],
    ],
    [
      'in no list',
      'in_store',
      [
        { id: 'a', quantity: 1 },
        { id: 'b', quantity: 1 },
      ],
      ['platform.meta.contents'],
    ],
  ])('%s', (_what, contents, want, fields) => {
    const change = { ...plain, items: [{ id: 'a' }, { id: 'b' }], platform: { meta: { contents } } }
    expect(customData(change)?.contents).toEqual(want)
    expect(warned(change)).toEqual(fields)
  })
})

describe('Meta 8: free keys', () => {
  const mapped = (custom: MappableEvent['custom'], change: Partial<MappableEvent> = {}) => {
    const result = meta.map({ ...anEvent(change), custom }, instance('meta'), anEvent().event_time)
    if ('skip' in result) throw new Error(result.detail)
    return { data: at(result.payload, ['custom_data']), warned: result.warnings.map(({ field }) => field) }
  }
  const filled = { value: 10, currency: 'USD', order_id: 'order-1' }

  test.each<[string, Record<string, string | number | boolean>, Json, string[]]>([
    [
      'texts, numbers and flags',
      { plan: 'pro', seats: 3, trial: false },
      { ...filled, plan: 'pro', seats: 3, trial: false },
      [],
    ],
    ['never over what the event says', { order_id: 'other', value: 1 }, filled, ['custom.order_id', 'custom.value']],
    [
      'a documented key the event leaves open',
      { content_name: 'Cap', predicted_ltv: '99' },
      { ...filled, content_name: 'Cap', predicted_ltv: 99 },
      [],
    ],
    [
      'a documented key of the wrong kind',
      { predicted_ltv: 'much', num_items: 1.5 },
      filled,
      ['custom.predicted_ltv', 'custom.num_items'],
    ],
    [
      'what hangs together with other keys',
      { contents: 'x', content_ids: 'a' },
      filled,
      ['custom.contents', 'custom.content_ids'],
    ],
  ])('%s', (_what, custom, data, fields) => {
    expect(mapped(custom)).toEqual({ data, warned: fields })
  })

  test('a currency alone never goes', () => {
    expect(
      mapped({ currency: 'USD' }, { event: 'lead', value: undefined, currency: undefined, order_id: undefined }),
    ).toEqual({
      data: undefined,
      warned: ['custom.currency'],
    })
  })

  test('an operator’s rule brings one from the event’s own properties', () => {
    const rules = [{ when: [], set: { 'custom.plan': { from: 'props.plan' } } }]
    const result = mapFor(meta, anEvent({ props: { plan: 'pro' } }), instance('meta', { rules }), anEvent().event_time)
    expect(at(result, ['payload', 'custom_data', 'plan'])).toBe('pro')
  })
})
