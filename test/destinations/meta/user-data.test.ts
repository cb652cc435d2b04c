import { describe, expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import { protect } from '../../../server/match-keys/protect.ts'
import type { StoredEvent } from '../../../shared/event.ts'
import { parseEvent } from '../../../shared/parse-event.ts'
import { time } from '../send.ts'
import { at, instance, type Json } from '../vectors.ts'
import { anInput, send, userData, warned } from './send.ts'

describe('Meta 5: user_data', () => {
  test('every hashed field goes as a list, every value of it once', () => {
    const user = {
      email: ['a@x.example', 'B@x.example', ' A@X.EXAMPLE '],
      phone: '+1 202 555 0100',
      first_name: 'Jane',
      last_name: 'Doe',
      gender: 'f',
      date_of_birth: '1990-01-02',
      city: 'Rome',
      state: 'RM',
      zip: '00100',
      country: 'IT',
      external_id: ['7', '8'],
    }
    const { client_ip_address, client_user_agent, ...hashed } = userData({ user })!
    expect([client_ip_address, client_user_agent]).toEqual(['203.0.113.7', 'UA/1'])
    expect(Object.fromEntries(Object.entries(hashed).map(([key, list]) => [key, (list as string[]).length]))).toEqual({
      ...{ em: 2, ph: 1, fn: 1, ln: 1, ge: 1, db: 1, ct: 1, st: 1, zp: 1, country: 1, external_id: 2 },
    })
    for (const list of Object.values(hashed)) for (const hash of list as string[]) expect(hash).toMatch(/^[\da-f]{64}$/)
  })

  test('Meta 5.1: digests go as they are, a library’s suffix included', () => {
    const digest = 'AB'.repeat(32)
    const suffixed = `${'cd'.repeat(32)}.AQQCAQIB`
    expect(userData({ user: { email: [digest, suffixed] } })?.em).toEqual([digest.toLowerCase(), suffixed])
  })

  test.each<[string, Json, string | undefined]>([
    ['the first public one of a list', { ip: '10.0.0.1, 8.8.8.8, 9.9.9.9' }, '8.8.8.8'],
    ['IPv6', { ip: '2001:db8::1' }, '2001:db8::1'],
    ['IPv4 inside IPv6', { ip: '::ffff:8.8.8.8' }, '8.8.8.8'],
    ['with a port', { ip: '8.8.8.8:4711' }, '8.8.8.8'],
    ['with a library’s suffix', { ip: '2001:4860:4860::8888.AQQCAQIB' }, '2001:4860:4860::8888'],
    ['IPv4 with a library’s suffix', { ip: '8.8.8.8.Bg' }, '8.8.8.8'],
    ['a private one', { ip: '192.168.0.1' }, undefined],
    ['a private one in IPv6', { ip: 'fe80::1' }, undefined],
    ['none', { ip: 'unknown' }, undefined],
  ])('Meta 5.2: address %s', (_what, context, sent) => {
    expect(userData({ context })?.client_ip_address).toBe(sent)
    expect(warned({ context: { ...context, user_agent: 'UA' } })).toEqual(sent ? [] : ['context.ip'])
  })

  test('the user agent is never hashed and never changed', () => {
    expect(userData({ context: { user_agent: 'Mozilla/5.0 (X; Y)  Z' } })?.client_user_agent).toBe(
      'Mozilla/5.0 (X; Y)  Z',
    )
  })

  const keysOf = (change: Json): StoredEvent => {
    const parsed = parseEvent(anInput(change), { now: time, newId: () => 'id' })
    if (!parsed.ok) throw new Error('the event is bad')
    return protect(parsed.event).event
  }
  test.each<[string, string | undefined, readonly string[] | undefined]>([
    ['without a calling code the phone as it came', undefined, ['plain']],
    ['under the code its own digests', '44', ['with 44']],
    ['under a code the event has none for', '49', ['plain']],
  ])('phones: %s', (_what, default_calling_code, ph) => {
    const event = keysOf({})
    const keys = { ...event.keys, meta: { ph: ['plain'], 'ph+44': ['with 44'] } }
    const mapped = meta.map({ ...event, keys }, instance('meta', { default_calling_code }), time)
    expect(at(mapped, ['payload', 'user_data', 'ph'])).toEqual(ph)
    expect(at(mapped, ['payload', 'user_data', 'ph+44'])).toBeUndefined()
  })

  const adId = 'AEBE52E7-03EE-455A-B3C4-E57283966239'
  test.each<[string, Json, string | undefined]>([
    [
      'of an app event, in clear',
      { action_source: 'app', context: { advertising_id: adId, os: 'ios' } },
      adId.toLowerCase(),
    ],
    ['without a system', { action_source: 'app', context: { advertising_id: adId } }, adId.toLowerCase()],
    ['of a website event', { context: { advertising_id: adId, os: 'ios', ip: '8.8.8.8' } }, undefined],
    [
      'refused by the person',
      { action_source: 'app', context: { advertising_id: '00000000-0000-0000-0000-000000000000' } },
      undefined,
    ],
    ['hashed', { action_source: 'app', context: { advertising_id: 'ab'.repeat(32) } }, undefined],
    ['of no known form', { action_source: 'app', context: { advertising_id: 'my-phone' } }, undefined],
    [
      'that the event brings for Meta',
      { context: { advertising_id: adId }, action_source: 'app', platform: { meta: { madid: 'own' } } },
      'own',
    ],
  ])('an advertising ID %s', (_what, change, madid) => {
    expect(userData(change)?.madid).toBe(madid)
  })
})

describe('Meta 6: combinations Meta takes', () => {
  const noKeys = { user: {}, context: {} }
  test.each<[string, Json, string | undefined]>([
    ['nothing about the visitor', noKeys, 'no_match_key'],
    ['a user agent alone', { user: {}, context: { user_agent: 'UA' } }, 'no_match_key'],
    ['an address alone', { user: {}, context: { ip: '8.8.8.8' } }, undefined],
    [
      'where the visitor lives',
      { user: { city: 'Rome', country: 'IT', zip: '00100', state: 'RM', gender: 'f' }, context: { user_agent: 'UA' } },
      'no_match_key',
    ],
    ['a birthday', { user: { date_of_birth: '1990-01-02' }, context: { user_agent: 'UA' } }, 'no_match_key'],
    ['a birthday and a city', { user: { date_of_birth: '1990-01-02', city: 'Rome' }, context: {} }, undefined],
    ['first name and gender', { user: { first_name: 'Jane', gender: 'f' }, context: {} }, 'no_match_key'],
    ['last name and gender', { user: { last_name: 'Doe', gender: 'f' }, context: {} }, 'no_match_key'],
    ['a first name and a user agent', { user: { first_name: 'Jane' }, context: { user_agent: 'UA' } }, undefined],
    ['a full name', { user: { first_name: 'Jane', last_name: 'Doe' }, context: {} }, undefined],
    ['first name and city', { user: { first_name: 'Jane', city: 'Rome' }, context: {} }, undefined],
    ['address and user agent', { user: {} }, undefined],
    ['a private address and user agent', { user: {}, context: { ip: '10.0.0.1', user_agent: 'UA' } }, 'no_match_key'],
    ['an e-mail that is none', { user: { email: 'jane' }, context: {} }, 'no_match_key'],
    ['a click ID', { user: {}, context: { click_ids: { fbclid: 'x' } } }, undefined],
    ['the pixel’s cookie', { user: {}, context: { cookies: { _fbp: 'fb.1.2.3' } } }, undefined],
    ['a customer number', { user: { external_id: '7' }, context: {} }, undefined],
    ['a phone', { user: { phone: '+12025550100' }, context: {} }, undefined],
    ['the ID of a lead', { ...noKeys, platform: { meta: { lead_id: 1234567890 } } }, undefined],
    ['an advertising ID on the web', { user: {}, context: { advertising_id: 'AB' } }, 'no_match_key'],
  ])('%s → %s', (_what, change, reason) => {
    const result = send(change)
    expect(result.reason).toBe(reason)
    expect(result.event === undefined).toBe(reason !== undefined)
  })
})

describe('Meta 9: fbc and fbp', () => {
  const click = (value: string, at?: number) => ({ fbclid: at === undefined ? value : { value, at } })
  const day = 1_795_000_000_000
  test.each<[string, Json, Json, string | undefined]>([
    ['a click with its capture time', { click_ids: click('New', day) }, {}, `fb.1.${day}.New`],
    ['a click without one: the event’s', { click_ids: click('New') }, {}, `fb.1.${time}.New`],
    [
      'the same click keeps the cookie, its suffix too',
      { click_ids: click('Same'), cookies: { _fbc: 'fb.2.123.Same.AQQCAQIB' } },
      {},
      'fb.2.123.Same.AQQCAQIB',
    ],
    [
      'the case of a click counts',
      { click_ids: click('same'), cookies: { _fbc: 'fb.2.123.Same' } },
      {},
      `fb.1.${time}.same`,
    ],
    [
      'a click after the cookie',
      { click_ids: click('New', day), cookies: { _fbc: `fb.1.${day - 1}.Old` } },
      {},
      `fb.1.${day}.New`,
    ],
    [
      'a click remembered from before the cookie',
      { click_ids: click('Old', day - 1), cookies: { _fbc: `fb.1.${day}.New` } },
      {},
      `fb.1.${day}.New`,
    ],
    [
      'the address after both',
      { click_ids: click('Old', day - 1), cookies: { _fbc: `fb.1.${day}.New` } },
      { url: 'https://shop.example/?fbclid=Newest' },
      `fb.1.${time}.Newest`,
    ],
    [
      'a click that was first seen after its event, by a clock that is ahead',
      { click_ids: click('New', time + 86_400_000) },
      {},
      `fb.1.${time}.New`,
    ],
    ['the cookie alone', { cookies: { _fbc: 'fb.1.123.Old' } }, {}, 'fb.1.123.Old'],
    ['a malformed cookie', { cookies: { _fbc: 'fb.1.123' } }, {}, undefined],
    [
      'a malformed cookie and a click',
      { cookies: { _fbc: 'fb.1.x.A' }, click_ids: click('New', day) },
      {},
      `fb.1.${day}.New`,
    ],
    ['the page’s address', {}, { url: 'https://shop.example/?fbclid=FromUrl' }, `fb.1.${time}.FromUrl`],
    ['percent-decoded once', {}, { url: 'https://shop.example/?fbclid=Iw%5Fa-b' }, `fb.1.${time}.Iw_a-b`],
    ['the referrer’s address', {}, { referrer: 'https://l.example/?fbclid=FromRef' }, `fb.1.${time}.FromRef`],
    [
      'the page before the referrer',
      {},
      { url: 'https://s.example/?fbclid=A', referrer: 'https://l.example/?fbclid=B' },
      `fb.1.${time}.A`,
    ],
    [
      '500 characters',
      {},
      { url: `https://shop.example/?fbclid=${'a'.repeat(500)}` },
      `fb.1.${time}.${'a'.repeat(500)}`,
    ],
    ['501 characters', {}, { url: `https://shop.example/?fbclid=${'a'.repeat(501)}` }, undefined],
    ['never invented', {}, {}, undefined],
  ])('Meta 9.2: %s', (_what, context, change, fbc) => {
    expect(userData({ ...change, context })?.fbc).toBe(fbc)
  })

  test.each<[string, string, string[]]>([
    ['digits', 'fb.1.1596403881668.1116446470', []],
    ['with a suffix', 'fb.1.1596403881668.1116446470.AQYCAQMA', []],
    ['letters', 'fb.1.1596403881668.x', ['context.cookies._fbp']],
    ['no time', 'fb.1.1116446470', ['context.cookies._fbp']],
  ])('Meta 9.1: fbp, %s', (_what, _fbp, fields) => {
    const context = { ip: '8.8.8.8', user_agent: 'UA', cookies: { _fbp } }
    expect(userData({ context })?.fbp).toBe(fields.length ? undefined : _fbp)
    expect(warned({ context })).toEqual(fields)
  })

  test('a bad click cookie is told of', () => {
    expect(warned({ context: { ip: '8.8.8.8', user_agent: 'UA', cookies: { _fbc: 'x' } } })).toEqual([
      'context.cookies._fbc',
    ])
  })
})
