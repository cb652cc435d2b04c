import { expect, test } from 'vitest'
import { cleanEvent, cleanText } from '../../shared/text-hygiene.ts'

test.each([
  ['an address', 'Thanks, jane@shop.example!', 'Thanks, redacted!'],
  ['an address in brackets', 'Jane <jane@shop.example>', 'Jane <redacted>'],
  ['an encoded address', 'q=jane%40shop.example', 'q=redacted'],
  ['an international number', 'call +1 (555) 123-4567 now', 'call redacted now'],
  ['an international number, unspaced', '+4915112345678', 'redacted'],
  ['too few digits for a number', '+1234567', '+1234567'],
  ['too many digits for a number', '+1234567890123456', '+1234567890123456'],
  ['an order number', 'Order 4915112345678', 'Order 4915112345678'],
  ['a name with an @', '@shop 50 % off', '@shop 50 % off'],
  ['plain text', 'Cap, red – 20 €', 'Cap, red – 20 €'],
])('%s', (_, text, clean) => expect(cleanText(text)).toBe(clean))

test.each(['@', 'a@', '%40', '+', '+1 ', '1 ', '(', '+1('])('a long row of %j ends', (part) =>
  expect(cleanText(part.repeat(8192 / part.length)).length).toBeGreaterThan(0),
)

test('every free text of an event, to any depth; what is no text stays', () => {
  const said = 'jane@shop.example'
  const event = cleanEvent({
    event: 'search',
    event_id: 'jane@shop.example',
    event_time: 1,
    title: said,
    search_string: said,
    items: [{ id: 'SKU-1', name: said, category: said, brand: said, quantity: 2, price: 1.5 }],
    platform: { meta: { note: { by: said }, opt_out: true } },
    props: { deep: [{ a: [said, 1, null] }], Phone: '555-0100', token: 5, plan: 'pro' },
    user: { email: [said] },
  })
  expect(event).toEqual({
    event: 'search',
    event_id: 'jane@shop.example', // an ID is opaque: changed, it would pair with nothing
    event_time: 1,
    title: 'redacted',
    search_string: 'redacted',
    items: [{ id: 'SKU-1', name: 'redacted', category: 'redacted', brand: 'redacted', quantity: 2, price: 1.5 }],
    platform: { meta: { note: { by: 'redacted' }, opt_out: true } },
    props: { deep: [{ a: ['redacted', 1, null] }], Phone: 'redacted', token: 'redacted', plan: 'pro' },
    user: { email: [said] }, // hashed next
  })
})

test('members that a site names lose their value as well, to any depth', () => {
  const said = { event: 'lead', event_id: 'x', event_time: 1 }
  const props = { Customer: 'a', deep: [{ customer: { name: 'b' }, token: 't', plan: 'pro' }] }
  expect(cleanEvent({ ...said, props, platform: { meta: { customer: 'a' } } }, ['customer'])).toMatchObject({
    props: { Customer: 'redacted', deep: [{ customer: 'redacted', token: 'redacted', plan: 'pro' }] },
    platform: { meta: { customer: 'redacted' } },
  })
})
