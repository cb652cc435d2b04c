import { expect, test } from 'vitest'
import { started, useSimulators } from './arrivals.ts'
import { extinfo, snap as event, snapPage as page } from './samples.ts'
import { accounts, change, hash, now, nowS, post } from './start.ts'

useSimulators()
const live = `/v3/${accounts.snapchat.pixelId}/events?access_token=${accounts.snapchat.token}`
const day = 86_400_000

type Row = [sentence: string, event: unknown, problem?: string, code?: string]

/** What becomes of a time, in ms from now. */
const times: [ms: number, problem?: string][] = [
  [-7 * day - 1, 'too old'],
  [-7 * day],
  [-7 * day + 1],
  [599_999],
  [600_000],
  [600_001, 'future'],
]
const names =
  'PURCHASE SAVE START_CHECKOUT ADD_CART VIEW_CONTENT ADD_BILLING SIGN_UP SEARCH PAGE_VIEW SUBSCRIBE AD_CLICK AD_VIEW ' +
  'COMPLETE_TUTORIAL LEVEL_COMPLETE INVITE LOGIN SHARE RESERVE ACHIEVEMENT_UNLOCKED ADD_TO_WISHLIST SPENT_CREDITS RATE ' +
  'START_TRIAL LIST_VIEW APP_INSTALL APP_OPEN CUSTOM_EVENT_1 CUSTOM_EVENT_2 CUSTOM_EVENT_3 CUSTOM_EVENT_4 CUSTOM_EVENT_5'
const currencies =
  'AED ALL AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK DZD EGP EUR GBP GHS GIP HKD HRK HUF IDR ILS INR IQD ISK JOD JPY ' +
  'KES KRW KWD KZT LBP MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TRY TWD TZS UAH USD VND XOF ZAR'
const withUser = (user: object) => change(page, { user_data: user })
const inApp = change(page, { action_source: 'MOBILE_APP' })
const withApp = (slots: readonly unknown[]) => change(inApp, { app_data: { app_id: '1', extinfo: slots } })

const events: Row[] = [
  ['Snapchat 10: a purchase', event],
  ['Snapchat 3: a time in seconds', change(event, { event_time: nowS - 1 })],
  ['Snapchat 3: a time in text', change(event, { event_time: String(nowS) }), 'event_time'],
  ['Snapchat 3: an alias of a name', change(event, { event_name: 'purchase' })],
  ['Snapchat 9: a name that is not in the set', change(page, { event_name: 'LEAD' }), 'not an accepted event'],
  ['Snapchat 9: the fifth custom event', change(page, { event_name: 'CUSTOM_EVENT_5' })],
  ['Snapchat 9: the sixth custom event', change(page, { event_name: 'CUSTOM_EVENT_6' }), 'not an accepted event'],
  [
    'Snapchat 2: older than seven days, offline',
    change(page, { action_source: 'OFFLINE', event_time: now - 20 * day }),
  ],
  ['Snapchat 3: no action source', change(page, { action_source: undefined }), 'action_source is required'],
  ['Snapchat 3: an action source that does not exist', change(page, { action_source: 'WEBSITE' }), 'action_source'],
  ['Snapchat 10: the web without URL', change(page, { event_source_url: undefined }), 'event_source_url is required'],
  ['Snapchat 10: offline without URL', change(page, { action_source: 'OFFLINE', event_source_url: undefined })],
  ['Snapchat 10: a phone number alone', change(page, { user_data: { ph: hash('1') } })],
  [
    'Snapchat 10: address and user agent',
    change(page, { user_data: { client_ip_address: '2001:db8::1', client_user_agent: 'x' } }),
  ],
  [
    'Snapchat 10: an advertising ID on the web',
    change(page, { user_data: { madid: accounts.snapchat.pixelId } }),
    'identifiers',
    '507',
  ],
  [
    'Snapchat 10: an advertising ID in an app',
    change(page, { action_source: 'MOBILE_APP', user_data: { madid: accounts.snapchat.pixelId } }),
  ],
  [
    'Snapchat 4: a hashed advertising ID',
    change(page, { action_source: 'MOBILE_APP', user_data: { madid: hash('1') } }),
    'madid',
  ],
  ['Snapchat 10: empty user data', change(page, { user_data: {} }), 'identifiers', '507'],
  ['Snapchat 5: a plain e-mail address', change(page, { user_data: { em: ['jo@example.com'] } }), 'user_data.em[0]'],
  ['Snapchat 5: a digest in capitals', change(page, { user_data: { em: [hash('A')] } }), 'user_data.em[0]'],
  ['Snapchat 4: a null e-mail address', change(page, { user_data: { em: null, ph: hash('1') } }), 'user_data.em'],
  [
    'Snapchat 4: a hashed address',
    change(page, { user_data: { em: hash('a'), client_ip_address: hash('1') } }),
    'client_ip_address',
  ],
  ['Snapchat 10: a purchase without value', change(event, { custom_data: { currency: 'USD' } }), 'value and currency'],
  ['Snapchat 10: a purchase without currency', change(event, { custom_data: { value: 1 } }), 'value and currency'],
  ['Snapchat 6: a purchase of nothing', change(event, { custom_data: { value: 0, currency: 'USD' } })],
  ['Snapchat 6: a value in text', change(event, { custom_data: { value: '15', currency: 'USD' } })],
  [
    'Snapchat 6: a currency Snap does not support',
    change(event, { custom_data: { value: 1, currency: 'ISL' } }),
    'not a supported currency',
  ],
  [
    'Snapchat 6: a currency in small letters',
    change(event, { custom_data: { value: 1, currency: 'usd' } }),
    'not a supported currency',
  ],
  [
    'Snapchat 8: privacy options as one text',
    change(page, { data_processing_options: "['LMU']" }),
    'data_processing_options',
  ],
  ['Snapchat 8: limited use', change(page, { data_processing_options: ['LMU'] })],
  ...times.map(([ms, problem]): Row => [
    `Snapchat 2: ${ms} ms from now`,
    change(page, { event_time: now + ms }),
    problem,
  ]),
  ['Snapchat 2: older than seven days, in seconds', change(page, { event_time: nowS - 7 * 86_400 - 1 }), 'too old'],
  ['Snapchat 2: older than seven days, in an app', change(inApp, { event_time: now - 7 * day - 1 }), 'too old'],
  ...'website app OFFLINE physical_store phone_call phone email chat system_generated'
    .split(' ')
    .map((source): Row => [`Snapchat 3: from ${source}`, change(page, { action_source: source })]),
  ['Snapchat 3: half a second', change(page, { event_time: now + 0.5 }), 'event_time'],
  ['Snapchat 3: no name', change(page, { event_name: undefined }), 'event_name is required'],
  ['Snapchat 3: no user data', change(page, { user_data: undefined }), 'user_data is required'],
  ['Snapchat 3: no time', change(page, { event_time: undefined }), 'event_time is required'],
  ...['em', 'ph', 'fn', 'ln', 'ge', 'ct', 'st', 'zp', 'country'].flatMap((key): Row[] => [
    [`Snapchat 10: ${key} in clear`, withUser({ em: hash('a'), [key]: 'jo' }), `user_data.${key}`],
    [`Snapchat 4: ${key} as a text`, withUser({ em: hash('a'), [key]: hash('1') })],
    [`Snapchat 4: an empty list of ${key}`, withUser({ em: hash('a'), [key]: [] }), `user_data.${key}`],
  ]),
  ...['client_ip_address', 'client_user_agent', 'sc_click_id', 'sc_cookie1', 'external_id', 'fn', 'idfv'].map(
    (key): Row => [
      `Snapchat 10: ${key} alone`,
      withUser({ [key]: key === 'client_ip_address' ? '203.0.113.7' : hash('1') }),
      'identifiers',
      '507',
    ],
  ),
  ['Snapchat 10: an e-mail address alone', withUser({ em: hash('a') })],
  [
    'Snapchat 4: an advertising ID in capitals',
    change(inApp, { user_data: { madid: 'AAAAAAAA-0000-4000-8000-000000000000' } }),
    'madid',
  ],
  ...currencies
    .split(' ')
    .map((currency): Row => [`Snapchat 6: ${currency}`, change(event, { custom_data: { value: 1, currency } })]),
  ['Snapchat 6: a negative value', change(event, { custom_data: { value: -1, currency: 'USD' } }), 'custom_data.value'],
  ['Snapchat 6: a list of categories', change(page, { custom_data: { content_category: ['a', 'b'] } })],
  [
    'Snapchat 6: a content type that does not exist',
    change(page, { custom_data: { content_type: 'book' } }),
    'content_type',
  ],
  ['Snapchat 7: an app event without app data', inApp],
  ['Snapchat 7: 16 slots', withApp(extinfo)],
  ['Snapchat 7: 15 slots', withApp(extinfo.slice(1)), 'extinfo'],
  ['Snapchat 7: 17 slots', withApp([...extinfo, '']), 'extinfo'],
  ['Snapchat 7: no system', withApp(extinfo.with(0, '')), 'extinfo'],
  ['Snapchat 7: no version', withApp(extinfo.with(4, '')), 'extinfo'],
  ['Snapchat 7: a number in a slot', withApp([...extinfo.slice(0, 15), 8]), 'extinfo[15]'],
  ['Snapchat 8: an option that does not exist', change(page, { data_processing_options: ['lmu'] }), 'data_processing'],
  ...names.split(' ').map((name): Row => [`Snapchat 9: ${name}`, change(event, { event_name: name })]),
  ...['LEAD', 'REFUND', 'ADD_TO_CART', 'SPEND_CREDITS', 'CUSTOM_EVENT_0'].map((name): Row => [
    `Snapchat 9: ${name}, which is not in the set`,
    change(page, { event_name: name }),
    'not an accepted',
  ]),
  ['Snapchat 10: an alias of a purchase without value', change(page, { event_name: 'purchase' }), 'value and currency'],
]

test.each(events)('%s', async (_sentence, given, problem, code) => {
  const answer = await post(started.origin, { path: live, body: { data: [page, given] } })
  const good = { status: 'VALID', reason: 'Events have been processed successfully.' }
  const bad = {
    status: 'INVALID',
    event: 2, // counted from 1
    reason: expect.stringContaining(problem ?? '') as unknown,
    errors: { codes: code ? [code] : [], error_msgs: [expect.stringContaining(problem ?? '')] },
  }
  expect(answer).toMatchObject(problem ? { status: 400, body: bad } : { status: 200, body: good })
  expect(started.simulators.snapchat.state().accepted).toHaveLength(problem ? 0 : 2)
})
