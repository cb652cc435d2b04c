import { expect, test } from 'vitest'
import { sha256, started, useSimulators } from './arrivals.ts'
import { apis, send, taken, type ApiName } from './calls.ts'
import { extinfo, metaLead, reddit, redditV2, snap, snapPage } from './samples.ts'
import { change, hash, now } from './start.ts'

useSimulators()
const nothing = sha256('')
const user = (more: object) => ({ user_data: change({ em: hash('a'), client_user_agent: 'Mozilla/5.0' }, more) })
const ldu = (country: number, state: number) => ({
  data_processing_options: ['LDU'],
  data_processing_options_country: country,
  data_processing_options_state: state,
})
const search = (metadata: object) => change(reddit, { type: { tracking_type: 'SEARCH' }, metadata })
const person = (more: object) => change(reddit, { user: { email: hash('a'), ...more } })

const cases: [sentence: string, api: ApiName, event: unknown, warnings: string[]][] = [
  ['Meta 4: nothing to say', 'meta', metaLead, []],
  ['Meta 4: no ID', 'meta', change(metaLead, { event_id: undefined }), ['event_id is missing']],
  [
    'Meta 6: a website event without user agent',
    'meta',
    change(metaLead, user({ client_user_agent: undefined })),
    ['user_data.client_user_agent is missing'],
  ],
  [
    'Meta 5: a hashed user agent',
    'meta',
    change(metaLead, user({ client_user_agent: hash('1') })),
    ['user_data.client_user_agent must not be hashed'],
  ],
  [
    'Meta 5: the digest of nothing',
    'meta',
    change(metaLead, user({ ph: [nothing] })),
    ['user_data.ph is the digest of nothing'],
  ],
  ...[
    '10.0.0.1',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.1',
    '127.0.0.1',
    '169.254.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
  ].map((address): (typeof cases)[number] => [
    `Meta 5.2: the address ${address}`,
    'meta',
    change(metaLead, user({ client_ip_address: address })),
    ['user_data.client_ip_address is private'],
  ]),
  ...['11.0.0.1', '172.15.255.255', '172.32.0.0', '192.169.0.1', '2001:db8::1'].map(
    (address): (typeof cases)[number] => [
      `Meta 5.2: the address ${address}`,
      'meta',
      change(metaLead, user({ client_ip_address: address })),
      [],
    ],
  ),
  [
    'Meta 8: a lone currency',
    'meta',
    change(metaLead, { custom_data: { currency: 'USD' } }),
    ['custom_data.currency without value'],
  ],
  [
    'Meta 8: a lone value',
    'meta',
    change(metaLead, { custom_data: { value: 1 } }),
    ['custom_data.value without currency'],
  ],
  [
    'Meta 8: an empty list',
    'meta',
    change(metaLead, { custom_data: { content_ids: [] } }),
    ['custom_data.content_ids is empty'],
  ],
  [
    'Meta 9: cookies',
    'meta',
    change(metaLead, user({ fbp: 'fb.1.1596403881668.1', fbc: 'fb.1.1596403881668.A.AQ' })),
    [],
  ],
  [
    'Meta 9: cookies of another form',
    'meta',
    change(metaLead, user({ fbp: 'fb.1.1596403881668.x', fbc: 'fb.1.1596403881.A' })),
    ['user_data.fbp is not of the form fb.N.MS.DIGITS', 'user_data.fbc is not of the form fb.N.MS.FBCLID'],
  ],
  ['Meta 12: a state of the USA', 'meta', change(metaLead, ldu(1, 1000)), []],
  ['Meta 12: a place to be found', 'meta', change(metaLead, ldu(0, 0)), []],
  [
    'Meta 12: a state of no country',
    'meta',
    change(metaLead, ldu(0, 1000)),
    ['country and state of data_processing_options do not fit'],
  ],

  ['Reddit 5: nothing to say', 'reddit', reddit, []],
  ['Reddit 5: nothing to say in v2', 'reddit_v2', redditV2, []],
  ['Reddit 5: a plain e-mail address', 'reddit', person({ email: 'jo@example.com' }), ['user.email is not hashed']],
  ['Reddit 6: a digest in capitals', 'reddit', person({ idfa: hash('A') }), ['user.idfa is not hashed']],
  ['Reddit 6: the digest of nothing', 'reddit', person({ aaid: nothing }), ['user.aaid is the digest of nothing']],
  [
    'Reddit 6: a hashed user agent',
    'reddit',
    person({ user_agent: hash('1') }),
    ['user.user_agent must not be hashed'],
  ],
  [
    'Reddit 5: the cookie whole and the UUID alone',
    'reddit',
    person({ uuid: '1684189007728.7c73f2ae-a433-4d7b-9838-f467da98f48e' }),
    [],
  ],
  ['Reddit 5: another cookie', 'reddit', person({ uuid: 'x' }), ['user.uuid is not the value of _rdt_uuid']],
  [
    'Reddit 8: no match key',
    'reddit',
    { event_at: now, action_source: 'OTHER', type: { tracking_type: 'LEAD' }, user: { user_agent: 'x' } },
    ['the event has no match key'],
  ],
  ['Reddit 7: a value in a search', 'reddit', search({ value: 1 }), ['value does not belong to this event']],
  [
    'Reddit 7: a currency in a search',
    'reddit',
    search({ currency: 'USD' }),
    ['currency does not belong to this event'],
  ],
  ['Reddit 7: items in a search', 'reddit', search({ item_count: 1 }), ['item_count does not belong to this event']],
  ['Reddit 7: products in a search', 'reddit', search({ products: [{ id: '1' }], conversion_id: hash('1') }), []],
  [
    'Reddit 7: items in a lead',
    'reddit',
    change(reddit, { type: { tracking_type: 'LEAD' }, metadata: { item_count: 1, value: 1, currency: 'USD' } }),
    ['item_count does not belong to this event'],
  ],
  [
    'Reddit 7: a currency in small letters',
    'reddit',
    change(reddit, { metadata: { currency: 'usd' } }),
    ['currency is not a code of three letters'],
  ],
  [
    'Reddit 7: a custom event with a standard name',
    'reddit',
    change(reddit, { type: { tracking_type: 'CUSTOM', custom_event_name: 'Purchase' } }),
    ['the custom event has the name of a standard one'],
  ],
  [
    'Reddit 5: minor units in v2',
    'reddit_v2',
    change(redditV2, { event_metadata: { value: 100 } }),
    ['value is in minor units, value_decimal is not'],
  ],
  ['Reddit 5: the old opt-out', 'reddit_v2', change(redditV2, { user: { opt_out: true } }), ['opt_out is deprecated']],
  ...[99, 100, 101].map((chars): (typeof cases)[number] => [
    `Reddit 5: an order number of ${chars} characters`,
    'reddit',
    change(reddit, { metadata: { order_id: 'x'.repeat(chars) } }),
    chars > 100 ? ['order_id is cut to 100 characters'] : [],
  ]),
  [
    'Reddit 5: pages of an app',
    'reddit',
    change(reddit, { action_source: 'APP', referrer_url: 'https://a.example' }),
    ['event_source_url is for WEBSITE only', 'referrer_url is for WEBSITE only'],
  ],
  [
    'Reddit 9: a browser in a store',
    'reddit',
    change(reddit, { action_source: 'PHYSICAL_STORE', event_source_url: undefined }),
    [
      ...['user.ip_address is not for a store', 'user.user_agent is not for a store'],
      ...['user.screen_dimensions is not for a store', 'click_id is not for a store'],
    ],
  ],

  ['Snapchat 3: nothing to say', 'snapchat', snap, []],
  ['Snapchat 3: no ID', 'snapchat', change(snapPage, { event_id: undefined }), ['event_id is missing']],
  [
    'Snapchat 4: a hashed user agent',
    'snapchat',
    change(snapPage, user({ client_user_agent: hash('1') })),
    ['user_data.client_user_agent must not be hashed'],
  ],
  [
    'Snapchat 4: the digest of nothing',
    'snapchat',
    change(snapPage, user({ fn: nothing })),
    ['user_data.fn is the digest of nothing'],
  ],
  [
    'Snapchat 11: a click ID that is no UUID',
    'snapchat',
    change(snapPage, user({ sc_click_id: 'x' })),
    ['user_data.sc_click_id is not a UUID'],
  ],
  ...([7, 8, 128, 129] as const).map((chars): (typeof cases)[number] => [
    `Snapchat 11: a cookie of ${chars} characters`,
    'snapchat',
    change(snapPage, user({ sc_cookie1: 'x'.repeat(chars) })),
    chars < 8 || chars > 128 ? ['user_data.sc_cookie1 is not the value of _scid'] : [],
  ]),
  [
    'Snapchat 8: the word of another platform',
    'snapchat',
    change(snapPage, { data_processing_options: ['LDU'] }),
    ['data_processing_options knows LMU, not LDU'],
  ],
  [
    'Snapchat 8: limited use of an offline event',
    'snapchat',
    change(snapPage, { action_source: 'OFFLINE', data_processing_options: ['LMU'] }),
    ['data_processing_options is for the web only'],
  ],
  [
    'Snapchat 7: app data of a page',
    'snapchat',
    change(snapPage, { app_data: { extinfo } }),
    ['app_data is for apps only'],
  ],
  ...['price', 'item_ids', 'number_items', 'item_category', 'transaction_id', 'brand'].map(
    (key): (typeof cases)[number] => [
      `Snapchat 17: the v2 name ${key}`,
      'snapchat',
      change(snapPage, { custom_data: { [key]: '1' } }),
      [`custom_data.${key} is a v2 name and is not read`],
    ],
  ),
]

test.each(cases)('%s is taken, with these words', async (_sentence, api, event, warnings) => {
  expect((await send(api, [event])).status).toBe(200)
  const { accepted } = started.simulators[apis[api].name].state()
  expect(accepted.map((one) => one.warnings)).toEqual([warnings])
})

test('Reddit 12: of a test request Event Testing shows the first event', async () => {
  const { path, headers } = apis.reddit
  const body = JSON.stringify({ data: { events: [reddit, reddit], test_id: 't2_x' } })
  await fetch(started.origin + path, { method: 'POST', headers, body })
  expect(started.simulators.reddit.state().accepted.map(({ warnings }) => warnings)).toEqual([
    [],
    ['Event Testing shows one event of a request, the first'],
  ])
  await send('reddit', [reddit, reddit])
  expect(taken('reddit')).toHaveLength(4)
  expect(
    started.simulators.reddit
      .state()
      .accepted.slice(2)
      .flatMap(({ warnings }) => warnings),
  ).toEqual([])
})
