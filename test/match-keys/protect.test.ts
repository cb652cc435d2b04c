import { describe, expect, test } from 'vitest'
import { sha256 } from '../../server/match-keys/digest.ts'
import { protect } from '../../server/match-keys/protect.ts'
import type { PixelEvent } from '../../shared/event.ts'

const anArrival = (change: Partial<PixelEvent> = {}): PixelEvent => ({
  event: 'purchase',
  event_id: 'order-1',
  event_time: Date.parse('2026-11-21T10:00:00Z'),
  ...change,
})
const keysOf = (change: Partial<PixelEvent>, site = {}) => protect(anArrival(change), site).event.keys
const adId = '8A2E4F6D-0852-4B2A-B9D5-79334DE14B16'

test('no plain match key is left', () => {
  const user = {
    email: ['jane@shop.example'],
    phone: ['+1 555 444 1234'],
    first_name: ['Jane'],
    external_id: ['cust-7'],
  }
  const context = { advertising_id: adId, os: 'android', user_agent: 'UA/1' }
  const { event, warnings } = protect(anArrival({ user, context }))
  const { keys, ...facts } = event
  expect(facts).toEqual({ ...anArrival(), context: { os: 'android', user_agent: 'UA/1' } })
  expect(JSON.stringify(event)).not.toMatch(/jane|5554441234|cust-7/i)
  expect(warnings).toEqual([])
  expect(keys.meta).toEqual({
    em: [sha256('jane@shop.example')],
    ph: [sha256('15554441234')],
    fn: [sha256('jane')],
    external_id: [sha256('cust-7')],
  })
  expect(keys.reddit).toEqual({
    email: [sha256('jane@shop.example')],
    email_dots: [sha256('jane@shop.example')],
    phone_number: [sha256('+15554441234')],
    external_id: [sha256('cust-7')],
    aaid: [sha256(adId.toLowerCase())],
    conversion_id: [sha256('order-1')],
  })
  expect(keys.snapchat).toEqual({ ...keys.meta, madid: [adId.toLowerCase()] })
})

test('an event without a visitor has empty keys, but for the shared ID', () => {
  expect(keysOf({})).toEqual({ meta: {}, reddit: { conversion_id: [sha256('order-1')] }, snapchat: {} })
})

describe('lists', () => {
  test('every value is taken once, in order', () => {
    const { meta } = keysOf({ user: { email: ['b@x.example', 'A@x.example', ' a@X.example', 'c'] } })
    expect(meta.em).toEqual([sha256('b@x.example'), sha256('a@x.example')])
  })

  test('what cannot be used is told of once for each platform, without the value', () => {
    const { warnings } = protect(anArrival({ user: { email: ['nobody'], phone: ['123'] } }))
    expect(warnings.map(({ message }) => message)).toEqual([
      'user.email has a value that Meta could not match; it is left out.',
      'user.phone has a value that Meta could not match; it is left out.',
      'user.email has a value that Reddit could not match; it is left out.',
      'user.phone has a value that Reddit could not match; it is left out.',
      'user.email has a value that Snapchat could not match; it is left out.',
    ])
  })
})

describe('a phone number without its country code', () => {
  const told = (phone: string, site = {}) =>
    protect(anArrival({ user: { phone: [phone] } }), site).warnings.map(({ code, message }) => `${code} ${message}`)
  const lacking =
    'no_country_code user.phone has a number without its country code; Meta and Snapchat match nobody by it.'
  test.each(['0650 555 1212', '(0)650 555 1212'])('%s is told of, and sent as it is', (phone) =>
    expect(told(phone, { platforms: ['meta', 'snapchat'] })).toEqual([lacking]),
  )
  test.each(['+44 7700 900123', '0044 7700 900123', '16505551212', '650 555 1212', sha256('16505551212')])(
    'nobody can tell of %s',
    (phone) => expect(told(phone)).toEqual([]),
  )
  test('with a calling code there is none to tell of, at Reddit neither', () =>
    expect(told('07700 900123', { calling_codes: ['44'] })).toEqual([]))
  test('a number that no code mends is told of', () =>
    expect(told('0', { calling_codes: ['44'], platforms: ['reddit'] })).toEqual([
      'unusable user.phone has a value that Reddit could not match; it is left out.',
    ]))
})

describe('a post code is read in the country of', () => {
  const zip = ['941051234']
  const whole = sha256('941051234')
  const five = sha256('94105')
  test.each([
    ['the copy', { country: ['United States'] }, undefined, five],
    ['the copy, hashed', { country: [sha256('us')] }, undefined, five],
    ['the copy before the site', { country: ['DE'] }, 'US', whole],
    ['the site, where the copy says none', {}, 'US', five],
    ['the site, where the copy’s is unknown', { country: ['Atlantis'] }, 'US', five],
    ['nobody', {}, undefined, whole],
  ])('%s', (_what, user, default_country, digest) => {
    const { meta, snapchat } = keysOf({ user: { zip, ...user } }, { default_country })
    expect([meta.zp, snapchat.zp]).toEqual([[digest], [digest]])
  })

  test('the site’s default is never sent as a country', () => {
    const { meta, snapchat } = keysOf({ user: { zip } }, { default_country: 'US' })
    expect([meta.country, snapchat.country]).toEqual([undefined, undefined])
  })
})

describe('Reddit', () => {
  const inRedditsForm = sha256('alice@example.com')
  test.each<[string, PixelEvent['user'], string[] | undefined, string[] | undefined]>([
    [
      'two rules, two digests',
      { email: ['john_doe@x.example'] },
      [sha256('johndoe@x.example')],
      [sha256('john_doe@x.example')],
    ],
    [
      'a digest in its own form wins for both',
      { email: ['a@x.example'], email_reddit: [inRedditsForm] },
      [inRedditsForm],
      [inRedditsForm],
    ],
    [
      'what is no digest there does not',
      { email: ['a@x.example'], email_reddit: ['b@x.example'] },
      [sha256('a@x.example')],
      [sha256('a@x.example')],
    ],
    ['alone it does too', { email_reddit: [inRedditsForm.toUpperCase()] }, [inRedditsForm], [inRedditsForm]],
  ])('e-mail: %s', (_what, user, email, dots) => {
    const { reddit, meta } = keysOf({ user })
    expect([reddit.email, reddit.email_dots]).toEqual([email, dots])
    expect(meta.em?.[0]).not.toBe(inRedditsForm)
  })

  test.each([
    ['ios', { idfa: [sha256(adId)] }],
    ['iOS', { idfa: [sha256(adId)] }],
    ['android', { aaid: [sha256(adId.toLowerCase())] }],
    ['windows', { aaid: [sha256(adId.toLowerCase())] }],
    [undefined, {}],
  ])('an advertising ID of %s', (os, ids) => {
    const { conversion_id: _shared, ...reddit } = keysOf({ context: { advertising_id: adId, os } }).reddit
    expect(reddit).toEqual(ids)
  })

  test('an address is hashed in one spelling', () => {
    expect(keysOf({ context: { ip: '2001:0DB8::0001, 10.0.0.1' } }).reddit.ip_address).toEqual([sha256('2001:db8::1')])
  })

  test('without an event ID the order number is the shared one', () => {
    expect(keysOf({ event_id: '', order_id: 'A1' }).reddit.conversion_id).toEqual([sha256('A1')])
  })
})

test.each([
  ['an all-zero advertising ID', '00000000-0000-0000-0000-000000000000'],
  ['a hashed advertising ID', sha256('x')],
])('%s names nobody at Snapchat', (_what, advertising_id) => {
  expect(keysOf({ context: { advertising_id, os: 'ios' } }).snapchat).toEqual({})
})

test.each([
  ['nothing to clean stays letter for letter', 'https://shop.example/a%20b?fbclid=IwAR_-%5F&x=ä#top', undefined],
  [
    'a click ID stays beside an address',
    'https://shop.example/?email=a@b.example&rdt_cid=31',
    'https://shop.example/?email=redacted&rdt_cid=31',
  ],
  ['a user name goes', 'https://me:pw@shop.example/', 'https://shop.example/'],
])('an address: %s', (_what, url, cleaned) => {
  const { event } = protect(anArrival({ url, referrer: url }))
  expect([event.url, event.referrer]).toEqual([cleaned ?? url, cleaned ?? url])
})

describe('calling codes of the site', () => {
  const phones = (...phone: string[]) => keysOf({ user: { phone } }, { calling_codes: ['44'] })
  test.each<[string, string, string]>([
    ['a national number loses its zero', '07700 900123', '447700900123'],
    ['only one of them', '007700', '7700'],
    ['in brackets too', '(020) 7946 0958', '442079460958'],
    ['without a zero', '7700 900123', '447700900123'],
    ['one with a plus stays', '+1 555 444 1234', '15554441234'],
    ['one with two zeros stays', '001 555 444 1234', '15554441234'],
    ['one with a plus behind a bracket stays', '(+49) 30 1234567', '49301234567'],
    ['nor one behind an invisible mark', '\u202a+49 30 1234567', '49301234567'],
  ])('%s', (_what, phone, digits) => {
    const keys = phones(phone)
    expect(keys.snapchat['ph+44']).toEqual([sha256(digits)])
    if (digits.length < 7) return
    expect(keys.meta['ph+44']).toEqual([sha256(digits)])
    expect(keys.reddit['phone_number+44']).toEqual([sha256(`+${digits}`)])
  })
  test('a digest is what it is', () =>
    expect(phones(sha256('447700900123')).meta['ph+44']).toEqual([sha256('447700900123')]))
  test('all of several', () =>
    expect(phones('07700 900123', '+447700900124').meta['ph+44']).toEqual([
      sha256('447700900123'),
      sha256('447700900124'),
    ]))
  test('the number as it came is kept beside, for destinations without a code', () =>
    expect(phones('07700 900123').meta.ph).toEqual([sha256('7700900123')]))
  test('no code, nothing more', () =>
    expect(Object.keys(keysOf({ user: { phone: ['07700 900123'] } }).meta)).toEqual(['ph']))
})

describe('the platforms of the site', () => {
  const user = { email: ['jane.doe@shop.example'], first_name: ['Jane'], external_id: ['c 7'], phone: ['07700 900123'] }
  const context = { advertising_id: adId, os: 'ios', ip: '203.0.113.7' }
  const of = (...platforms: string[]) => keysOf({ user, context }, { platforms, calling_codes: ['44'] })
  const all = keysOf({ user, context }, { calling_codes: ['44'] })
  const own = { em: all.meta.em, external_id: all.meta.external_id }
  const { madid } = all.snapchat

  test.each([
    ['Meta', ['meta'], { meta: all.meta, reddit: {}, snapchat: { madid } }],
    ['Reddit', ['reddit'], { meta: own, reddit: all.reddit, snapchat: {} }],
    ['Snapchat', ['snapchat'], { meta: own, reddit: {}, snapchat: all.snapchat }],
    ['two of them, one twice', ['reddit', 'meta', 'reddit'], { ...all, snapchat: { madid } }],
    ['none', [], { meta: own, reddit: {}, snapchat: {} }],
    ['one that has no rules here', ['meta', 'example'], all],
  ])('%s: no keys of others, but those by which the collector knows people', (_, platforms, keys) =>
    expect(of(...platforms)).toEqual(keys),
  )

  test('nobody is told of a value that none of them takes', () => {
    const { warnings } = protect(anArrival({ user: { email: ['nobody'] } }), { platforms: ['snapchat'] })
    expect(warnings.map(({ message }) => message)).toContain(
      'user.email has a value that Snapchat could not match; it is left out.',
    )
    expect(warnings.filter(({ message }) => /Meta|Reddit/.test(message))).toEqual([])
  })
})
