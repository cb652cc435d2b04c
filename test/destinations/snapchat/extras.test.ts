import { describe, expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { mapFor } from '../../../server/destinations/mapping.ts'
import type { Rule } from '../../../shared/mapping.ts'
import { anEvent } from '../../make.ts'
import { at, type Json } from '../vectors.ts'
import { rowsOf, send, settings } from './send.ts'

describe('Snapchat 4, 6, 7: extra keys of an event', () => {
  const extra = (snapchat: Json, more: Json = {}): Json => ({ ...more, platform: { snapchat } })
  const app = { action_source: 'app' }
  rowsOf('custom_data', [
    [
      'all that are known',
      extra({
        sign_up_method: 'mail',
        status: ' done ',
        event_tag: 'x',
        delivery_category: 'in_store',
        predicted_ltv: '99.5',
        custom_fields: { plan: 'pro', seats: 3, trial: false },
      }),
      {
        currency: 'USD',
        value: 10,
        sign_up_method: 'mail',
        status: 'done',
        event_tag: 'x',
        delivery_category: 'in_store',
        predicted_ltv: 99.5,
        custom_fields: { plan: 'pro', seats: 3, trial: false },
      },
    ],
    [
      'empty ones',
      extra({ status: '  ', event_tag: '', predicted_ltv: null, custom_fields: { a: '', b: null } }),
      { currency: 'USD', value: 10 },
    ],
    [
      'of the wrong kind',
      extra({ status: {}, predicted_ltv: 'much', custom_fields: [1] }),
      { currency: 'USD', value: 10 },
    ],
    [
      'nothing deeper in free fields',
      extra({ custom_fields: { a: { b: 1 }, c: [1], d: 'x' } }),
      { currency: 'USD', value: 10, custom_fields: { d: 'x' } },
    ],
    [
      'travel fields, v2 names and others',
      extra({ checkin_date: 'x', transaction_id: 'x', price: 1, value: 99, currency: 'EUR' }),
      { currency: 'USD', value: 10 },
    ],
  ])
  rowsOf('user_data.lead_id', [['a number becomes text', extra({ lead_id: 42 }), '42']])
  rowsOf('user_data.subscription_id', [['text', extra({ subscription_id: 's' }), 's']])
  rowsOf('user_data.partner_id', [['text', extra({ partner_id: 'p' }), 'p']])
  rowsOf('user_data.idfv', [
    ['an app’s', extra({ idfv: ' V-1 ' }, app), 'V-1'],
    ['none on the web', extra({ idfv: 'V-1' }), undefined],
  ])
  rowsOf('user_data.download_id', [
    ['an app’s', extra({ download_id: 'd' }, app), 'd'],
    ['none on the web', extra({ download_id: 'd' }), undefined],
  ])
  rowsOf('user_data.anon_id', [
    ['a list', extra({ anon_id: 'a' }, app), ['a']],
    ['a list of several', extra({ anon_id: ['a', '', {}, 'b'] }, app), ['a', 'b']],
    ['none on the web', extra({ anon_id: ['a'] }), undefined],
  ])
  rowsOf('app_data', [['is not sent', extra({ app_data: { advertiser_tracking_enabled: 1 } }, app), undefined]])

  test('fields the operator maps by hand stand among the free ones, before the page’s', () => {
    const rules: readonly Rule[] = [
      {
        when: [],
        set: { 'custom.plan': { value: 'hand' }, 'custom.vip': { value: true }, 'platform.status': { value: 'set' } },
      },
    ]
    const event = anEvent({ platform: { snapchat: { custom_fields: { plan: 'page', seats: 2 } } } })
    const mapped = mapFor(snapchat, event, settings({ rules }), event.event_time)
    expect(at(mapped, ['payload', 'custom_data'])).toMatchObject({
      status: 'set',
      custom_fields: { plan: 'hand', seats: 2, vip: true },
    })
  })
})

describe('Snapchat 8: data processing options', () => {
  const own = (data_processing_options: unknown): Json => ({ platform: { snapchat: { data_processing_options } } })
  const set = (data_processing_options: unknown) => ({ data_processing_options })
  rowsOf('data_processing_options', [
    ['nobody asks', {}, undefined],
    ['the visitor limits', { consent: { limited: true } }, ['LMU']],
    ['the visitor allows', { consent: { limited: false } }, undefined],
    ['the setting', {}, ['LMU'], set(['LMU'])],
    ['the event', own(['LMU']), ['LMU']],
    ['the event’s own list goes before the setting', own([]), undefined, set(['LMU'])],
    ['but not before the visitor’s limit', { ...own([]), consent: { limited: true } }, ['LMU']],
    ['an empty word is no list', own(''), ['LMU'], set(['LMU'])],
    ['what cannot be read lifts no limit', own('nonsense'), ['LMU'], set(['LMU'])],
    ['deletion', own(['DELETE']), ['DELETE']],
    ['both, once each', { ...own(['DELETE', 'LMU', 'LMU']), consent: { limited: true } }, ['LMU', 'DELETE']],
    ['a word alone', {}, ['LMU'], set('lmu')],
    ['the text of a list', {}, ['LMU'], set("['LMU']")],
    ['another platform’s word for the same', {}, ['LMU'], set(['LDU'])],
    ['Reddit’s shape', {}, ['LMU'], set({ modes: ['LDU'], country: 'US' })],
    ['Meta’s shape', {}, ['LMU'], set({ data_processing_options: ['LDU'], data_processing_options_country: 1 })],
    ['no word of Snapchat’s', {}, undefined, set(['NONE'])],
    ['nothing that can be read', {}, undefined, set(5)],
    ['a limit goes along from an app', { action_source: 'app', consent: { limited: true } }, ['LMU']],
  ])
})

test.each<[string, Json, string[], Partial<InstanceSettings>?]>([
  ['nothing is wrong', {}, []],
  ['a value alone', { event: 'search', currency: null }, ['value']],
  ['a value below zero', { event: 'search', value: -1 }, ['value']],
  ['a price below zero', { items: [{ id: 'a', price: -1 }] }, ['items']],
  ['a broken currency', { event: 'search', currency: 'dollars' }, ['currency', 'value']],
  ['words for an address', { context: { ip: 'unknown' } }, ['context.ip']],
  ['a cookie not in form', { context: { cookies: { _scid: 'short' } } }, ['context.cookies._scid']],
  ['its second place not in form', { context: { cookies: { _scid_r: 'short' } } }, ['context.cookies._scid_r']],
  [
    'extra keys',
    { platform: { snapchat: { nonsense: 1, idfv: 'v', predicted_ltv: 'much', status: 'ok', event_tag: null } } },
    ['platform.snapchat.idfv', 'platform.snapchat.predicted_ltv', 'platform.snapchat'],
  ],
  ['options in another shape', {}, ['data_processing_options'], { data_processing_options: 'LMU' }],
  ['a limit outside the web', { action_source: 'chat', consent: { limited: true } }, ['data_processing_options']],
])('Snapchat 10: a bad field is told of: %s', (_what, change, fields, own) => {
  const { warned, warnings } = send(change, own)
  expect(warned).toEqual(fields)
  for (const warning of warnings ?? []) expect(warning).toHaveProperty('message', expect.stringMatching(/^[A-Z].*\.$/))
})
