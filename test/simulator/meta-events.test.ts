import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { extinfo, meta as event, metaLead as lead } from './samples.ts'
import { accounts, change, hash, now, nowS, post } from './start.ts'

useSimulators()
const path = `/v26.0/${accounts.meta.pixelId}/events`
const bearer = { authorization: `Bearer ${accounts.meta.token}` }
const days = (n: number): number => n * 86_400

type Row = [sentence: string, event: unknown, code: number, subcode?: number]

const aged = (source: string, ageS: number, subcode = 0): Row => [
  `Meta 4: ${ageS} seconds old, from ${source}`,
  change(lead, { action_source: source, event_time: nowS - ageS }),
  subcode && 100,
  subcode,
]
const attribution = { ad_id: '1', touchpoint_ts: nowS - 100, attribution_share: 1, attribution_value: 5 }
const inApp = change(lead, { action_source: 'app', event_source_url: undefined })
const app = { advertiser_tracking_enabled: 1, application_tracking_enabled: 0, extinfo }
const limited = (changes: object) => change(lead, { data_processing_options: ['LDU'], ...changes })

/** Sets of keys that say too little about anyone, and parts of them. */
const tooFew = [
  ['client_user_agent'],
  ['ge'],
  ['ct', 'country', 'st', 'zp', 'ge', 'client_user_agent'],
  ['ct', 'zp'],
  ['db'],
  ['db', 'client_user_agent'],
  ['fn', 'ge'],
  ['ln'],
  ['ln', 'ge'],
]
const enough = ['em', 'ph', 'external_id', 'fbc', 'fbp', 'client_ip_address', 'madid', 'lead_id']
const plainValues: Readonly<Record<string, unknown>> = {
  client_user_agent: 'Mozilla/5.0',
  client_ip_address: '203.0.113.7',
  fbc: 'fb.1.1596403881668.AbC',
  fbp: 'fb.1.1596403881668.1116446470',
  madid: '38400000-8cf0-11bd-b23e-10b96e40000d',
  lead_id: 1234567890123456,
}
const userValue = (key: string): unknown => plainValues[key] ?? hash('1')

const events: Row[] = [
  ['Meta 7: a purchase', event, 0],
  ['Meta 7: a custom event with keys of its own', change(lead, { event_name: 'Promotion Event', extra: 1 }), 0],
  ['Meta 8: zero is a value', change(event, { custom_data: { value: 0, currency: 'USD' } }), 0],
  ['Meta 8: a numeric text is a value', change(event, { custom_data: { value: '9.99', currency: 'eur' } }), 0],
  [
    'Meta 6: IP address and user agent are enough',
    change(lead, { user_data: { client_ip_address: '::1', client_user_agent: 'x' } }),
    0,
  ],
  ['Meta 5: a digest with the suffix of the library', change(lead, { user_data: { em: `${hash('a')}.AQQCAQIB` } }), 0],
  ['Meta 4: milliseconds instead of seconds', change(lead, { event_time: now }), 100],
  ['Meta 4: a fraction of a second', change(lead, { event_time: nowS - 0.5 }), 100],
  ['Meta 4: no name', change(lead, { event_name: undefined }), 100],
  ['Meta 4: no action source', change(lead, { action_source: undefined }), 100],
  ['Meta 4: website without URL', change(lead, { event_source_url: undefined }), 100],
  ['Meta 4: a URL without scheme', change(lead, { event_source_url: 'shop.example/thanks' }), 100],
  ['Meta 4: a phone call needs no URL', change(lead, { action_source: 'phone_call', event_source_url: undefined }), 0],
  ['Meta 4: a message without its channel', change(lead, { action_source: 'business_messaging' }), 100],
  ['Meta 5: no user data', change(lead, { user_data: undefined }), 100],
  ['Meta 6: empty user data', change(lead, { user_data: {} }), 100, 2804050],
  ['Meta 6: first and last name', change(lead, { user_data: { fn: hash('1'), ln: hash('2') } }), 0],
  ['Meta 6: an unknown key says nothing about anyone', change(lead, { user_data: { email: 'x' } }), 100, 2804050],
  ['Meta 5: a plain e-mail address', change(lead, { user_data: { em: ['jo@example.com'] } }), 100],
  ['Meta 5: a plain phone number', change(lead, { user_data: { ph: '15551234567' } }), 100],
  ['Meta 5: a digest in capitals', change(lead, { user_data: { em: [hash('A')] } }), 100],
  ['Meta 5: an empty list of digests', change(lead, { user_data: { em: [] } }), 100],
  ['Meta 5: a hashed IP address', change(lead, { user_data: { client_ip_address: hash('1') } }), 100],
  ['Meta 7: a purchase without value', change(event, { custom_data: { currency: 'USD' } }), 100, 2804009],
  ['Meta 7: a purchase without custom data', change(event, { custom_data: undefined }), 100, 2804009],
  [
    'Meta 7: a purchase with a negative value',
    change(event, { custom_data: { value: -1, currency: 'USD' } }),
    100,
    2804009,
  ],
  ['Meta 7: a purchase without currency', change(event, { custom_data: { value: 1 } }), 100, 2804010],
  ['Meta 8: a currency that is none', change(event, { custom_data: { value: 1, currency: 'US' } }), 100, 2804010],
  ['Meta 8: a lead with a value that is no number', change(lead, { custom_data: { value: 'much' } }), 100],
  [
    'Meta 8: contents without ID',
    change(event, { custom_data: { value: 1, currency: 'USD', contents: [{ quantity: 1 }] } }),
    100,
  ],
  ['Meta 4: an event ID that is a number', change(lead, { event_id: 1001 }), 100],
  [
    'Meta 12: limited data use, place to be found',
    change(lead, {
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
    }),
    0,
  ],
  ['Meta 12: an explicit no to limited data use', change(lead, { data_processing_options: [] }), 0],
  ['Meta 3: no object', 'Purchase', 100],

  ...[
    [days(7) - 1, 0],
    [days(7), 0],
    [days(7) + 1, 2804003],
  ].map(([age = 0, subcode]) => aged('website', age, subcode)),
  ...[
    [days(62) - 1, 0],
    [days(62), 0],
    [days(62) + 1, 2804003],
  ].map(([age = 0, subcode]) => aged('physical_store', age, subcode)),
  ['Meta 4: 59 seconds ahead', change(lead, { event_time: nowS + 59 }), 0],
  ['Meta 4: 60 seconds ahead', change(lead, { event_time: nowS + 60 }), 0],
  ['Meta 4: 61 seconds ahead', change(lead, { event_time: nowS + 61 }), 100],
  ...['email', 'phone_call', 'chat', 'physical_store', 'system_generated', 'other'].map((source): Row => [
    `Meta 4: from ${source}`,
    change(lead, { action_source: source }),
    0,
  ]),
  ['Meta 4: an action source in capitals', change(lead, { action_source: 'WEBSITE' }), 100],
  ['Meta 4: an address of a file', change(lead, { event_source_url: 'ftp://shop.example/thanks' }), 100],
  ['Meta 4: an opt-out in text', change(lead, { opt_out: 'true' }), 100],
  ['Meta 4: a segment', change(lead, { customer_segmentation: 'new_customer_to_business_line' }), 0],
  ['Meta 4: a segment that does not exist', change(lead, { customer_segmentation: 'new_customer' }), 100],
  ['Meta 4: an attribution', change(lead, { attribution_data: attribution }), 0],
  [
    'Meta 4: an attribution to no ad',
    change(lead, { attribution_data: change(attribution, { ad_id: undefined }) }),
    100,
  ],
  [
    'Meta 4: a share above 1',
    change(lead, { attribution_data: change(attribution, { attribution_share: 1.01 }) }),
    100,
  ],
  [
    'Meta 4: a message with its channel',
    change(lead, { action_source: 'business_messaging', messaging_channel: 'whatsapp' }),
    0,
  ],

  ['Meta 4.1: an app event', change(inApp, { app_data: app }), 0],
  ['Meta 4.1: an app event without app data', inApp, 100],
  ['Meta 4.1: 15 entries of extinfo', change(inApp, { app_data: change(app, { extinfo: extinfo.slice(1) }) }), 100],
  ['Meta 4.1: 17 entries of extinfo', change(inApp, { app_data: change(app, { extinfo: [...extinfo, ''] }) }), 100],
  [
    'Meta 4.1: a system that is none',
    change(inApp, { app_data: change(app, { extinfo: extinfo.with(0, 'w2') }) }),
    100,
  ],
  ['Meta 4.1: no version', change(inApp, { app_data: change(app, { extinfo: extinfo.with(4, '') }) }), 100],
  [
    'Meta 4.1: numbers in extinfo',
    change(inApp, { app_data: change(app, { extinfo: [...extinfo.slice(1), 4] }) }),
    100,
  ],
  [
    'Meta 4.1: the advertiser’s flag beside the app data',
    change(inApp, {
      app_data: change(app, { advertiser_tracking_enabled: undefined }),
      advertiser_tracking_enabled: 1,
    }),
    0,
  ],
  [
    'Meta 4.1: no flag of the advertiser’s',
    change(inApp, { app_data: change(app, { advertiser_tracking_enabled: undefined }) }),
    100,
  ],
  [
    'Meta 4.1: no flag of the application’s',
    change(inApp, { app_data: change(app, { application_tracking_enabled: undefined }) }),
    100,
  ],

  ['Meta 5: a suffix of the old form', change(lead, { user_data: { em: `${hash('a')}.AQ` } }), 0],
  ['Meta 5: a suffix of seven characters', change(lead, { user_data: { em: `${hash('a')}.AQQCAQI` } }), 100],
  ['Meta 5: an address with the suffix', change(lead, { user_data: { client_ip_address: '203.0.113.7.AQQCAQIB' } }), 0],
  ['Meta 5: one plain address among digests', change(lead, { user_data: { em: [hash('a'), 'jo@example.com'] } }), 100],
  ['Meta 5: a plain external ID', change(lead, { user_data: { external_id: 'customer-1' } }), 0],
  ['Meta 5: a plain initial', change(lead, { user_data: { em: hash('a'), fi: 'j' } }), 100],
  ['Meta 5: a lead ID in text', change(lead, { user_data: { lead_id: '1234567890123456' } }), 0],
  ['Meta 5: a lead ID that is none', change(lead, { user_data: { lead_id: 'x' } }), 100],
  [
    'Meta 5: a WhatsApp click with its account',
    change(lead, { user_data: { ctwa_clid: 'x', whatsapp_business_account_id: '1' } }),
    0,
  ],
  ['Meta 5: a WhatsApp click without its account', change(lead, { user_data: { ctwa_clid: 'x' } }), 100],

  ...tooFew.map((keys): Row => [
    `Meta 6: ${keys.join(' ')} alone`,
    change(lead, { user_data: Object.fromEntries(keys.map((key) => [key, userValue(key)])) }),
    100,
    2804050,
  ]),
  ...enough.flatMap((key) =>
    [[], ...tooFew].map((keys): Row => [
      `Meta 6: ${key} saves ${keys.join(' ') || 'an event'}`,
      change(lead, { user_data: Object.fromEntries([key, ...keys].map((one) => [one, userValue(one)])) }),
      0,
    ]),
  ),

  ['Meta 7: a purchase in small letters is another event', change(lead, { event_name: 'purchase' }), 0],
  ['Meta 8: custom data without anything in it', change(lead, { custom_data: {} }), 100],
  ['Meta 8: free keys', change(lead, { custom_data: { colour: 'red', sizes: [1, { s: true }] } }), 0],
  ['Meta 8: half an item', change(lead, { custom_data: { num_items: 1.5 } }), 100],
  ['Meta 8: a content type that does not exist', change(lead, { custom_data: { content_type: 'book' } }), 100],
  ['Meta 8: an empty product ID', change(lead, { custom_data: { content_ids: ['a', ''] } }), 100],
  ['Meta 8: a delivery that does not exist', change(lead, { custom_data: { delivery_category: 'drone' } }), 100],

  ...[999, 1000, 1013, 1014].map((state): Row => [
    `Meta 12: state ${state}`,
    limited({ data_processing_options_country: 1, data_processing_options_state: state }),
    state < 1000 || state > 1013 ? 100 : 0,
  ]),
  ...[0, 1, 2].map((country): Row => [
    `Meta 12: country ${country}`,
    limited({ data_processing_options_country: country, data_processing_options_state: 0 }),
    country > 1 ? 100 : 0,
  ]),
  ['Meta 12: a country without its state', limited({ data_processing_options_country: 1 }), 100],
  ['Meta 12: a state without its country', limited({ data_processing_options_state: 1000 }), 100],
  ['Meta 12: no place, but an address', limited({}), 0],
  ['Meta 12: neither place nor address', limited({ user_data: { em: hash('a') } }), 100],
  ['Meta 12: an option that does not exist', limited({ data_processing_options: ['LMU'] }), 100],
]

test.each(events)('%s', async (_sentence, given, code, subcode) => {
  const answer = await post(started.origin, { path, headers: bearer, body: { data: [given] } })
  const good = { events_received: 1, messages: [], fbtrace_id: expect.stringMatching(/^A/) as unknown }
  const bad = {
    error: {
      type: 'OAuthException',
      code,
      fbtrace_id: expect.stringMatching(/^A/) as unknown,
      ...(subcode && { error_subcode: subcode }),
    },
  }
  expect(answer).toMatchObject(code ? { status: 400, body: bad } : { status: 200, body: good })
  if (code && !subcode) expect(answer.body).not.toHaveProperty('error.error_subcode')
  expect(started.simulators.meta.state().accepted).toHaveLength(code ? 0 : 1)
})
