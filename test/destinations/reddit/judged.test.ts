import { describe, expect, test } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { findRedditProblem } from '../../../server/simulator/reddit-rules.ts'
import { redditWarnings } from '../../../server/simulator/reddit-warnings.ts'
import { canonicalNames } from '../../../shared/names.ts'
import { time } from '../send.ts'
import type { Json } from '../vectors.ts'
import { send, v2 } from './send.ts'

const cookie = '1684189007728.7c73f2ae-a433-4d7b-9838-f467da98f48e'
const everything: Json = {
  order_id: 'A-1',
  title: 'Thanks',
  search_string: 'hats',
  items: [{ id: 'a', name: 'Cap', category: 'Hats', brand: 'B', quantity: 2, price: 71.26 }, { name: 'no ID' }],
  user: { email: 'a@shop.example', phone: '+15554441234', external_id: 'c1', first_name: 'Ada', country: 'gb' },
  context: {
    ip: '203.0.113.7',
    user_agent: 'UA/1',
    screen_width: 1440.4,
    screen_height: 900,
    advertising_id: 'EA7583CD-A667-48BC-B806-42ECB2B48606',
    os: 'ios',
    click_ids: { rdt_cid: '3184742045291813272' },
    cookies: { _rdt_uuid: cookie, _rdt_cid: '3' },
  },
  consent: { state: 'granted', limited: true },
  platform: { reddit: { item_count: 3, opt_out: true, data_processing_options: { country: 'us', region: 'ca' } } },
}

/** Inputs that a careless map would turn into something Reddit refuses, and with it the whole batch. */
const rough: readonly [what: string, change: Json][] = [
  ['everything there is', everything],
  ['as little as possible', { value: null, currency: null, url: null, referrer: null }],
  ...canonicalNames.map((event): [string, Json] => [event, { ...everything, event }]),
  ['a custom name of 300 bytes', { ...everything, event: '日本'.repeat(50) }],
  ['numbers that are none', { value: 'NaN', items: [{ id: 'a', quantity: 'two', price: '1,50' }] }],
  ['numbers out of range', { value: -1, items: [{ id: 'a', quantity: 1e21, price: -0.01 }] }],
  ['numbers in text', { value: '12', items: [{ id: 1, quantity: '2', price: '0.5' }] }],
  ['addresses that are none', { url: '/thanks', referrer: 'about' }],
  ['words for options', { platform: { reddit: { data_processing_options: { modes: 'LDU', country: 'USA' } } } }],
  ['fields of other platforms', { platform: { reddit: { value: 1, contents: [] }, meta: { opt_out: true } } }],
]

const channels: readonly Partial<InstanceSettings>[] = [
  {},
  { action_source: 'app' },
  { action_source: 'physical_store' },
  { action_source: 'phone_call' },
]

describe.each<['v3' | 'v2', Partial<InstanceSettings>]>([
  ['v3', {}],
  ['v2', v2],
])('Reddit 5: what Reddit itself would say to %s', (version, settings) => {
  test.each(rough)('%s', (_what, change) => {
    for (const channel of channels) {
      const { event } = send(change, { ...settings, ...channel })
      expect(event).toBeDefined()
      expect(findRedditProblem(event, version, time, 'event')).toBeUndefined()
      expect(redditWarnings(event, version)).toEqual([])
    }
  })
})
