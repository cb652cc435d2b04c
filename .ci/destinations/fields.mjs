// Every field an event may have, with two values each: what changes in a request between them is what the field is for.
import { createHash } from 'node:crypto'
import { clickIdParams } from '../../shared/click-ids.ts'
import { actionSources, userFields } from '../../shared/event.ts'
import { canonicalNames } from '../../shared/names.ts'
import { eventTime, withField } from './send.mjs'

const digest = (text) => createHash('sha256').update(text).digest('hex')
const at = (ms) => new Date(ms).toISOString()

/** Values of each field; the first one stands in the full event and in the table. */
const person = {
  email: ['Jane.Doe@shop.example', 'joe@shop.example'],
  phone: ['+1 202 555 0100', '+1 202 555 0101'],
  first_name: ['Jane', 'Joe'],
  last_name: ['Doe', 'Roe'],
  city: ['San Francisco', 'Los Angeles'],
  state: ['CA', 'NV'], // a name in full would be read by the country
  zip: ['94105', '94107'],
  country: ['US', 'CA'],
  date_of_birth: ['1990-01-02', '1991-02-03'],
  gender: ['female', 'male'],
  external_id: ['cust-7', 'cust-8'],
  email_reddit: [digest('jane@shop.example'), digest('joe@shop.example')],
}
const unknown = userFields.filter((field) => !person[field])
if (unknown.length) throw new Error(`.ci/destinations/fields.mjs has no values for user.${unknown.join(', user.')}`)

const cookies = {
  _fbp: ['fb.1.1795255000000.1234567890', 'fb.1.1795255000001.2345678901'],
  _fbc: ['fb.1.1795255000000.stored', 'fb.1.1795255000000.kept'],
  _rdt_uuid: [
    '1795255000000.7c73f2ae-a433-4d7b-9838-f467da98f48e',
    '1795255000000.1c73f2ae-a433-4d7b-9838-f467da98f48e',
  ],
  _rdt_cid: ['cookie-click', 'cookie-click-2'],
  rdt_cid: ['old-click', 'old-click-2'],
  _scid: ['1c73f2ae-0001', '1c73f2ae-0002'],
  _scid_r: ['1c73f2ae-0003', '1c73f2ae-0004'],
  _scclid: ['cookie-click', 'cookie-click-2'],
}
const click = (name) => ({ value: `${name}-click`, at: eventTime - 1000 })

/**
 * Rows of the table, in its order. `pairs`: values that are told apart; `apart`: it is not in the full event; `toggles`:
 * the field may only decide whether something is there; `less`: another row that already says the rest.
 */
export const rows = [
  {
    field: 'event',
    pairs: [
      ['add_to_cart', 'add_to_wishlist'],
      ['quote_asked', 'price_asked'],
    ],
    apart: true,
  },
  { field: 'names.PLATFORM', pairs: [['CUSTOM_EVENT_1', 'CUSTOM_EVENT_2']], apart: true },
  { field: 'event_id', pairs: [['order-1', 'order-2']] },
  { field: 'messageId', pairs: [['message-1', 'message-2']], apart: true },
  { field: 'event_time', pairs: [[at(eventTime), at(eventTime - 60_000)]] },
  {
    field: 'action_source',
    pairs: [
      ['website', 'app'],
      ['email', 'physical_store'],
    ],
    apart: true,
  },
  { field: 'url', pairs: [['https://shop.example/thanks', 'https://shop.example/done']] },
  {
    field: 'url',
    title: 'click ID in `url`',
    pairs: ['rdt_cid', 'ScCid', 'fbclid'].map((name) =>
      [1, 2].map((n) => `https://shop.example/?${name}=url-click-${n}`),
    ),
    less: 'url',
    apart: true,
  },
  { field: 'referrer', pairs: [['https://news.example/', 'https://blog.example/']] },
  {
    field: 'referrer',
    title: 'click ID in `referrer`',
    pairs: ['rdt_cid', 'ScCid', 'fbclid'].map((name) =>
      [1, 2].map((n) => `https://news.example/?${name}=ref-click-${n}`),
    ),
    less: 'referrer',
    apart: true,
  },
  {
    field: 'referrer',
    title: 'click ID in `referrer` of the same site',
    pairs: ['rdt_cid', 'ScCid', 'fbclid'].map((name) =>
      [1, 2].map((n) => `https://shop.example/go?${name}=ref-click-${n}`),
    ),
    less: 'referrer',
    apart: true,
  },
  { field: 'title', pairs: [['Thank you', 'Thanks']] },
  { field: 'value', pairs: [[142.5, 99.5]] },
  { field: 'currency', pairs: [['USD', 'EUR']] },
  { field: 'order_id', pairs: [['1001', '1002']] },
  { field: 'search_string', pairs: [['red hat', 'blue hat']] },
  { field: 'items.0.id', pairs: [['SKU-1', 'SKU-2']] },
  { field: 'items.0.name', pairs: [['Cap', 'Hat']] },
  { field: 'items.0.category', pairs: [['Hats', 'Caps']] },
  { field: 'items.0.brand', pairs: [['Acme', 'Apex']] },
  { field: 'items.0.quantity', pairs: [[2, 3]] },
  { field: 'items.0.price', pairs: [[71.25, 10]] },
  ...Object.entries(person).map(([field, pair]) => ({ field: `user.${field}`, pairs: [pair] })),
  { field: 'context.ip', pairs: [['8.8.8.8', '8.8.4.4']] },
  { field: 'context.user_agent', pairs: [['Mozilla/5.0 (X11)', 'Mozilla/5.0 (iPhone)']] },
  { field: 'context.screen_width', pairs: [[1440, 390]] },
  { field: 'context.screen_height', pairs: [[900, 844]] },
  { field: 'context.pixel_ratio', pairs: [[2, 3]] },
  { field: 'context.language', pairs: [['en-US', 'de-DE']] },
  ...clickIdParams.map((name) => ({
    field: `context.click_ids.${name}`,
    pairs: [[click(name), { ...click(name), value: `${name}-other` }]],
  })),
  ...Object.entries(cookies).map(([name, pair]) => ({ field: `context.cookies.${name}`, pairs: [pair] })),
  {
    field: 'context.advertising_id',
    pairs: [['8a2e4f6d-0852-4b2a-b9d5-79334de14b16', '9a2e4f6d-0852-4b2a-b9d5-79334de14b16']],
  },
  { field: 'context.os', pairs: [['ios', 'android']], toggles: true },
  { field: 'context.automation', pairs: [[false, true]] },
  { field: 'consent.state', pairs: [['granted', 'unknown']] },
  { field: 'consent.limited', pairs: [[true, false]], toggles: true, apart: true },
  {
    field: 'to',
    pairs: [
      [
        ['meta', 'reddit', 'snapchat'],
        ['meta', 'reddit', 'snapchat', 'other'],
      ],
    ],
  },
  { field: 'fired.meta', title: '`fired`', pairs: [['called', 'absent']] },
  { field: 'origin', pairs: [['js', 'api']] },
  { field: 'truncated', pairs: [[true, false]], apart: true },
  { field: 'props.plan', title: '`props`', pairs: [['pro', 'basic']] },
]

const purchase = {
  event: 'purchase',
  items: [{}, { id: 'SKU-9', name: 'Scarf', category: 'Scarves', brand: 'Other', price: 9, quantity: 1 }],
}
/** A purchase on the website with all there is. */
export const full = rows
  .filter(({ apart }) => !apart)
  .reduce((event, { field, pairs: [[value]] }) => withField(event, field, value), purchase)

const noClicks = { ...full, context: { ...full.context, click_ids: undefined, cookies: undefined } }

/** Names of every kind: each row is looked for in all of them, as an event of the website. */
export const events = [...canonicalNames, 'quote_asked']
/** Where an event may come from: each row is looked for in a purchase of all of them. */
export const sources = actionSources
/** Events that lack something, for what takes its place. */
export const lacking = [
  { when: 'with one item', input: { ...full, items: full.items.slice(0, 1) } },
  { when: 'without `value`', input: { ...full, value: undefined } },
  { when: 'without `event_id`', input: { ...full, event_id: undefined } },
  { when: 'without `email_reddit`', input: withField(full, 'user.email_reddit') },
  { when: 'on Android', input: withField(full, 'context.os', 'android') },
  { when: 'without `click_ids`', input: withField(full, 'context.click_ids') },
  { when: 'without `click_ids` and cookies', input: noClicks },
]
