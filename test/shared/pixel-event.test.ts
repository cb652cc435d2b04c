import { expect, test } from 'vitest'
import { parseEvent } from '../../shared/parse-event.ts'
import { spellOut } from '../../shared/pixel-event.ts'

const context = { now: 1000, newId: () => 'fresh' }
/** What the collector makes of an event of the pixel's, warnings included. */
const read = (event: object) => {
  const parsed = parseEvent(spellOut({ event: 'purchase', event_id: 'o1', screen: [1, 2], ...event }), context)
  return parsed.ok ? { ...parsed.event, warnings: parsed.warnings.map(({ path }) => path) } : parsed.issues
}

test.each<[string, object, object]>([
  ['the screen', {}, { context: { screen_width: 1, screen_height: 2 } }],
  ['no screen', { screen: [] }, {}],
  [
    'the screen with its pixel ratio',
    { screen: [1440, 900, 2.5] },
    { context: { screen_width: 1440, screen_height: 900, pixel_ratio: 2.5 } },
  ],
  [
    'a browser that a program drives',
    { screen: [1440, 900, 1, true] },
    { context: { screen_width: 1440, screen_height: 900, pixel_ratio: 1, automation: true } },
  ],
  [
    'a person’s',
    { screen: [1440, 900, 1, false] },
    { context: { screen_width: 1440, screen_height: 900, pixel_ratio: 1 } },
  ],
  [
    'click IDs with their times',
    { click_ids: { fbclid: ['A', 1795255200007], rdt_cid: { value: 'B', at: 1795255200008 }, ScCid: 'C' } },
    {
      context: {
        click_ids: {
          fbclid: { value: 'A', at: 1795255200007 },
          rdt_cid: { value: 'B', at: 1795255200008 },
          ScCid: { value: 'C' },
        },
      },
    },
  ],
  [
    'cookies, the first of a name, whatever is in them',
    { cookies: ['_fbp=fb.1.2.3', '_fbp=later', '_scid=a=b', 'plain', 7] },
    { context: { cookies: { _fbp: 'fb.1.2.3', _scid: 'a=b' } } },
  ],
  ['cookies in the long form', { cookies: { _fbp: 'x' } }, { context: { cookies: { _fbp: 'x' } } }],
  [
    'our own fields among the properties',
    { props: { value: '5', currency: 'EUR', order_id: 7, search_string: 'cap', items: [{ id: 'S' }], plan: 'pro' } },
    {
      value: 5,
      currency: 'EUR',
      order_id: '7',
      search_string: 'cap',
      items: [{ id: 'S' }],
      props: { plan: 'pro' },
    },
  ],
  ['a property of the name of a field', { props: { url: 'x', to: 'meta' } }, { props: { url: 'x', to: 'meta' } }],
  [
    'Meta’s items',
    { origin: 'fbq', props: { value: 1, items: [{ id: 'S', quantity: 2, item_price: 4 }, null] } },
    { origin: 'fbq', value: 1, items: [{ id: 'S', quantity: 2, price: 4 }] },
  ],
  [
    'Reddit’s items',
    { origin: 'rdt', props: { items: [{ id: 'S', itemPrice: 4 }] } },
    { items: [{ id: 'S', price: 4 }] },
  ],
  ['a list of IDs', { origin: 'snaptr', props: { items: ['S', 7] } }, { items: [{ id: 'S' }, { id: '7' }] }],
  ['one ID alone', { origin: 'fbq', props: { items: 'S' } }, { items: [{ id: 'S' }] }],
  [
    'a spelling that the pixel does not know: it told Meta and Reddit of a custom event',
    { event: 'view_category' },
    { event: 'view_item_list', names: { meta: 'view_category', reddit: 'view_category' } },
  ],
  [
    'the same where a rule of the site named it for one destination',
    { event: 'Tutorial Complete', names: { 'shop-meta': 'Lead', reddit: 'Done' } },
    { event: 'complete_tutorial', names: { meta: 'Tutorial Complete', 'shop-meta': 'Lead', reddit: 'Done' } },
  ],
  [
    'the same in a call of the page to one platform',
    { event: 'view_category', origin: 'fbq', names: { meta: 'view_category' } },
    { event: 'view_item_list', names: { meta: 'view_category' } },
  ],
  [
    'GA4’s names, as the page has them for Google',
    {
      props: {
        transaction_id: 'T1',
        search_term: 'cap',
        items: [
          {
            item_id: 'a',
            item_name: 'A',
            item_brand: 'B',
            item_category: 'c',
            item_category2: 'd',
            quantity: 2,
            price: 3,
          },
        ],
      },
    },
    {
      order_id: 'T1',
      search_string: 'cap',
      items: [{ id: 'a', name: 'A', brand: 'B', category: 'c > d', quantity: 2, price: 3 }],
    },
  ],
  [
    'Segment’s',
    { props: { query: 'cap', products: [{ product_id: 'a' }, { sku: 'b' }] } },
    { search_string: 'cap', items: [{ id: 'a' }, { id: 'b' }] },
  ],
  [
    'ours go before others’',
    { props: { order_id: 'O', transaction_id: 'T', items: [{ id: 'a', item_id: 'b', name: 'N', item_name: 'M' }] } },
    { order_id: 'O', items: [{ id: 'a', name: 'N' }] },
  ],
  ['one item alone', { props: { items: { item_id: 'a' } } }, { items: [{ id: 'a' }] }],
])('the short form: %s', (_name, event, facts) => {
  const { warnings, ...told } = read(event) as Record<string, unknown>
  expect(warnings).toEqual([])
  expect(told).toMatchObject(facts)
})

test.each<[string, object]>([
  ['the screen of a pixel before it', {}],
  ['no pixel ratio', { screen: [1, 2, null] }],
  ['no word on automation', { automation: null }],
])('nothing is made up: %s', (_name, event) => {
  const { context: told, warnings } = read(event) as Record<string, unknown>
  expect(warnings).toEqual([])
  expect(told).toEqual({ screen_width: 1, screen_height: 2 })
})

test.each<[string, unknown]>([
  ['the long form', { event: 'purchase', value: 1, props: { value: 2 }, context: { screen_width: 1 } }],
  ['no object', 'purchase'],
  ['a list', [{ screen: [1, 2] }]],
  ['nothing', null],
])('%s comes back as it is', (_name, event) => {
  expect(spellOut(event)).toBe(event)
})

test.each<[string, object]>([
  ['props', { props: 'text' }],
  ['click_ids', { click_ids: [['A', 1]] }],
  ['cookies', { cookies: 7 }],
  ['screen', { screen: [{}, 'wide'] }],
])('what is no %s never refuses the event', (_name, event) => {
  expect(read(event)).toMatchObject({ event: 'purchase', event_id: 'o1' })
})

test('a name that the pixel knows needs no names', () => {
  expect(read({ event: 'view_item_list' })).not.toHaveProperty('names')
})
