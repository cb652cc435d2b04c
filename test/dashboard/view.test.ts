import { expect, test } from 'vitest'
import { countFor, readConversions } from '../../server/dashboard/counted.ts'
import { sentFields } from '../../server/dashboard/sent-fields.ts'
import { viewRow } from '../../server/dashboard/view.ts'
import { aDelivery, aRow, instances } from './make-rows.ts'

test.each([
  ['delivered and hit asked for', 'meta', 'requested', 'delivered', 'paired'],
  ['delivered, pixel blocked', 'meta', 'blocked', 'delivered', 'capi-only'],
  ['delivered, Snapchat’s live pixel called', 'snapchat', 'called', 'delivered', 'paired'],
  ['refused, hit asked for', 'reddit', 'requested', 'dead', 'pixel-only'],
  ['not settled', 'meta', 'requested', 'pending', 'waiting'],
  ['expired, no pixel heard of', 'meta', undefined, 'expired', 'neither'],
] as const)('%s', (_sentence, platform, pixel, state, expected) => {
  const row = aRow({
    fired: pixel ? { [platform]: pixel } : {},
    deliveries: [aDelivery({ instance: platform, state })],
  })
  expect(viewRow(row, instances).deliveries[0]?.pair.state).toBe(expected)
})

test('an instance takes the pixel of its platform, and of its own site first', () => {
  const two = [
    { name: 'main', platform: 'meta', site: 'other', dryRun: true },
    { name: 'main', platform: 'reddit', site: 'default', dryRun: false },
  ] as const
  const row = aRow({ fired: { reddit: 'requested' }, deliveries: [aDelivery({ instance: 'main' })] })
  expect(viewRow(row, two).deliveries[0]).toMatchObject({ platform: 'reddit', dryRun: false, pixel: 'requested' })
})

test('a destination that was removed is still shown', () => {
  const row = aRow({
    deliveries: [aDelivery({ instance: 'gone', state: 'suppressed', reason: 'destination_removed' })],
  })
  expect(viewRow(row, instances).deliveries[0]).toMatchObject({
    instance: 'gone',
    reasonText: 'The destination was taken out of the settings.',
  })
})

test.each([
  ['a field of the event', { custom_data: { value: 5 } }, [['custom_data.value', '5', 'backend']]],
  [
    'a platform’s own spelling',
    { user_data: { client_ip_address: '203.0.113.…' } },
    [['user_data.client_ip_address', '203.0.113.…', 'browser']],
  ],
  ['a list of plain values', { em: ['a', 'b'] }, [['em', 'a, b', 'backend']]],
  ['Snapchat’s price is the value', { custom_data: { price: 5 } }, [['custom_data.price', '5', 'backend']]],
  [
    'an item’s price is its items’',
    { contents: [{ price: 5 }, { price: 6 }] },
    [
      ['contents.0.price', '5', 'browser'],
      ['contents.1.price', '6', 'browser'],
    ],
  ],
  ['an only entry needs no number', { data: [{ fbc: 'x' }] }, [['data.fbc', 'x', 'browser']]],
  ['a constant has no origin', { action_source: 'website' }, [['action_source', 'website', undefined]]],
  [
    'false and zero are values',
    { a: false, b: 0 },
    [
      ['a', 'false', undefined],
      ['b', '0', undefined],
    ],
  ],
  ['nothing is nothing', { a: null, b: [], c: {} }, []],
  [
    'inherited names are no origin',
    { constructor: 'x', toString: 'y' },
    [
      ['constructor', 'x', undefined],
      ['toString', 'y', undefined],
    ],
  ],
  ['no body', undefined, []],
])('sent fields: %s', (_sentence, sent, expected) => {
  const origins = { value: 'backend', ip: 'browser', em: 'backend', fbclid: 'browser', items: 'browser' } as const
  expect(sentFields(sent, origins).map(({ path, value, from }) => [path, value, from])).toEqual(expected)
})

/** SHA-256 of T-1. */
const digest = 'cd4a8a25abc253aa3ce196fd7f16cac5b3645e18cde9fde3b944cda591ea88d1'
const one = { event: 'Purchase', id: 'T-1', hits: 1, server_copies: 1, paired: true }
test.each([
  ['the same name and ID', [one], 'purchase', 1],
  ['a platform’s other spelling', [{ ...one, event: 'PURCHASE' }], 'purchase', 1],
  ['another event of that ID', [{ ...one, event: 'AddToCart' }], 'purchase', undefined],
  ['another ID', [{ ...one, id: 'T-2' }], 'purchase', undefined],
  ['the digest of the ID', [{ ...one, id: digest }], 'purchase', 1],
  ['counted twice', [one, { ...one, server_copies: 0, paired: false }], 'purchase', 2],
  ['sent under a custom name', [{ ...one, event: 'wheel_spin' }], 'Wheel Spin', 1],
  ['nothing arrived', [], 'purchase', undefined],
])('counted: %s', (_sentence, conversions, name, counted) => {
  expect(countFor(conversions, { name, eventId: 'T-1' }, 'meta', undefined)?.counted).toBe(counted)
})

test.each([
  ['a list', [one], 1],
  ['a state with it', { counted: [one], hits: [] }, 1],
  ['a conversion without an ID', [{ ...one, id: undefined }], 0],
  ['another shape', { total: 1 }, 0],
  ['nothing', undefined, 0],
])('conversions in %s', (_sentence, view, found) => {
  expect(readConversions(view)).toHaveLength(found)
})
