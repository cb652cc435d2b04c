import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findEmpty } from '../../../server/simulator/check.ts'
import { findSnapProblem } from '../../../server/simulator/snapchat-rules.ts'
import { actionSources } from '../../../shared/event.ts'
import { dayMs, minuteMs } from '../../../shared/limits.ts'
import { canonicalNames } from '../../../shared/names.ts'
import { time } from '../send.ts'
import { send } from './send.ts'

const odd = fc.oneof(
  fc.constantFrom(null, '', ' ', 0, -1, 1.5, 1e308, -0, '0', ' 12.5 ', '1,299.00', true, NaN),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 1 }),
)
const or = <Value>(...usual: readonly Value[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: odd })
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(fields, { requiredKeys: [] })
const item = some({
  id: or<unknown>('a', 9),
  name: or('N'),
  category: or('C'),
  brand: or('B'),
  quantity: or<unknown>(1, '2', 0.5),
  price: or<unknown>(0, 9.99, '3'),
})
const input = some({
  event: fc.constantFrom(...canonicalNames, 'INVITE', 'custom_event_5', 'promotion_view', 'own'),
  event_time: fc.integer({ min: time - 30 * dayMs, max: time + 20 * minuteMs }),
  url: fc.constantFrom('https://shop.example/', 'http://shop.example/?ScCid=x', undefined),
  referrer: or('https://x.example/'),
  action_source: or(...actionSources),
  value: or<unknown>(0, 10, '5.5'),
  currency: or('EUR', 'usd', ' ZAR '),
  order_id: or<unknown>('A1', 7),
  search_string: or('shoes'),
  items: fc.array(fc.oneof({ weight: 5, arbitrary: item }, { weight: 1, arbitrary: odd }), { maxLength: 4 }),
  user: some({
    email: or<unknown>('jane@shop.example', ['a@x.example', 'b@x.example']),
    phone: or('+44 844 412 4653'),
    first_name: or('Jane'),
    gender: or('Female'),
    country: or('US'),
    zip: or<unknown>(94107),
    external_id: or<unknown>(42),
  }),
  context: some({
    ip: or('203.0.113.7', '203.0.113.7:80, 10.0.0.1', '[2001:db8::1]:443', '2001:db8::1'),
    user_agent: or('Mozilla/5.0'),
    click_ids: some({ ScCid: or('click') }),
    cookies: some({ _scid: or('abcdefgh'), _scclid: or('kept') }),
    advertising_id: fc.constantFrom('6FA459EA-EE8A-4CA4-894E-DB77E160355E', undefined),
  }),
  consent: some({ limited: or<unknown>(true, false) }),
  platform: fc.record({
    snapchat: some({
      data_processing_options: or<unknown>(['LMU'], 'LMU', ['DELETE'], []),
      custom_fields: some({ plan: or('pro'), seats: or<unknown>(3) }),
      content_type: or('product_group'),
      predicted_ltv: or<unknown>(5),
      anon_id: or<unknown>(['a'], 'b'),
      idfv: or('v'),
      nonsense: odd,
    }),
  }),
})

test('Snapchat 10, 15: whatever comes in, what goes out is an event the platform takes, with nothing empty in it', () => {
  let sent = 0
  fc.assert(
    fc.property(input, (change) => {
      const { event, reason } = send(change)
      if (reason) return
      sent++
      expect(findSnapProblem(event, time, false)).toBeUndefined()
      expect(findEmpty(event, '')).toBeUndefined()
    }),
    { numRuns: 500 },
  )
  expect(sent).toBeGreaterThan(50)
}, 120_000)
