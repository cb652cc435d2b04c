import { describe, expect, test } from 'vitest'
import { readBatch } from '../../server/collect/batch.ts'
import { isAllowedOrigin } from '../../server/collect/cors.ts'
import { parseJson, readJson } from '../../server/collect/read-json.ts'
import { createVisitorReader, type TrustProxy } from '../../server/enrich/visitor.ts'
import { enrich, type EnrichContext } from '../../server/enrich/enrich.ts'

const codeOf = (result: object) => ('refusal' in result ? (result.refusal as { code: string }).code : 'taken')

describe('JSON at the door', () => {
  test.each([
    ['an object', '{"a":1}', 'taken'],
    ['broken', '{"a":', 'BODY_NOT_JSON'],
    ['empty', '', 'BODY_NOT_JSON'],
    ['twelve deep', `${'['.repeat(12)}${']'.repeat(12)}`, 'taken'],
    ['thirteen deep', `${'['.repeat(13)}${']'.repeat(13)}`, 'BODY_TOO_DEEP'],
    ['30,000 deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'BODY_TOO_DEEP'],
    ['30,000 deep and broken', '['.repeat(30_000), 'BODY_NOT_JSON'],
    ['brackets inside text do not count', JSON.stringify({ a: '['.repeat(99), b: '\\"[[[[[[[[[[[[[' }), 'taken'],
    ['a __proto__ key', '{"a":{"__proto__":{}}}', 'KEY_FORBIDDEN'],
    ['an escaped __proto__ key', '{"\\u005f_proto__":{}}', 'KEY_FORBIDDEN'],
    ['the word as a value', '{"url":"/__proto__"}', 'taken'],
  ])('%s', (_, text, code) => expect(codeOf(readJson(text))).toBe(code))
})

describe('what is not to be read costs its own event alone', () => {
  const list = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  const events = (...texts: string[]) => `{"events":[{"event":"a"},${texts.join()}]}`
  test.each<[string, string, string | [number, string][]]>([
    ['nothing wrong', events('{"event":"b"}'), []],
    ['an event twelve deep', events(`{"event":"b","props":${list(11)}}`), []],
    ['an event thirteen deep', events(`{"event":"b","props":${list(12)}}`), [[1, 'too_deep']]],
    ['the deepest there can be', events(`{"event":"b","props":${list(120_000)}}`), [[1, 'too_deep']]],
    ['a forbidden key', events('{"__proto__":1}', '{"event":"c"}'), [[1, 'key_forbidden']]],
    ['one deep inside', events('{"event":"b","items":[{"\\u005f_proto__":1}]}'), [[1, 'key_forbidden']]],
    ['two of three', events(list(13), '{"__proto__":1}'), [[1, 'too_deep'], [2, 'key_forbidden']]], // prettier-ignore
    ['the word and an escape as values', events('{"event":"__proto__","title":"\\u00e9"}'), []],
    ['one event by itself', `{"event":"b","props":${list(12)}}`, [[0, 'too_deep']]],
    ['a bare list', `[{"event":"b"},{"event":"b","__proto__":{}}]`, [[1, 'key_forbidden']]],
    ['too deep beside the events', `{"events":[{"event":"b"}],"pixels":${list(12)}}`, 'BODY_TOO_DEEP'],
    ['a forbidden key beside the events', '{"events":[{"event":"b"}],"__proto__":1}', 'KEY_FORBIDDEN'],
    ['a proof with a forbidden key', '{"proofs":[{"event":"b","__proto__":1}]}', 'KEY_FORBIDDEN'],
  ])('%s', (_, text, fate) => {
    const json = parseJson(text)
    const read = 'refusal' in json ? json : readBatch(json.value, 3, json.isSuspect)
    expect(
      'refusal' in read ? read.refusal.code : [...(read.batch.unread ?? [])].map(([at, { code }]) => [at, code]),
    ).toEqual(fate)
  })
})

describe('batches', () => {
  test.each([
    ['a batch', { site: 's', events: [{}] }, 'taken'],
    ['one event', { event: 'purchase' }, 'taken'],
    ['a bare list', [{}], 'taken'],
    ['proofs alone', { proofs: [{}] }, 'taken'],
    ['nothing in it', { events: [] }, 'BODY_WRONG_SHAPE'],
    ['text', 'x', 'BODY_WRONG_SHAPE'],
    ['events of another type', { events: 5 }, 'BODY_WRONG_SHAPE'],
    ['site of another type', { site: 5, events: [{}] }, 'BODY_WRONG_SHAPE'],
    ['three events', [{}, {}, {}], 'taken'],
    ['four events', [{}, {}, {}, {}], 'TOO_MANY_EVENTS'],
  ])('%s', (_, value, code) => expect(codeOf(readBatch(value, 3))).toBe(code))
})

describe('origins', () => {
  test.each([
    ['none sent', undefined, ['https://a.example'], 'c.example', true],
    ['listed', 'https://a.example', ['https://a.example'], 'c.example', true],
    ['not listed', 'https://b.example', ['https://a.example'], 'b.example', false],
    ['a sub-domain is another origin', 'https://x.a.example', ['https://a.example'], 'c.example', false],
    ['null is no origin', 'null', [], 'c.example', false],
    ['null, listed', 'null', ['null'], 'c.example', true],
    ['no list: the asked host itself', 'https://c.example', [], 'c.example', true],
    ['no list: another host', 'https://d.example', [], 'c.example', false],
  ])('%s', (_, origin, list, host, allowed) => expect(isAllowedOrigin(origin, list, host)).toBe(allowed))
})

const request = (remoteAddress: string, headers: Record<string, string> = {}) => ({
  headers,
  socket: { remoteAddress },
})

describe('the visitor’s address', () => {
  const forwarded = { 'x-forwarded-for': '198.51.100.9, 203.0.113.7, 10.0.0.2' }
  test.each([
    ['the peer', [], '203.0.113.7', {}, '203.0.113.7'],
    ['a forwarded one is not believed from a stranger', [], '203.0.113.7', forwarded, '203.0.113.7'],
    ['an untrusted peer with a list set', ['10.0.0.0/8'], '203.0.113.1', forwarded, '203.0.113.1'],
    ['the first hop that is no proxy', ['10.0.0.0/8'], '10.0.0.1', forwarded, '203.0.113.7'],
    ['one trusted hop', 1, '10.0.0.1', forwarded, '10.0.0.2'],
    ['two trusted hops', 2, '10.0.0.1', forwarded, '203.0.113.7'],
    ['IPv4 inside IPv6', ['127.0.0.1'], '::ffff:127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    ['a port is cut off', ['127.0.0.1'], '127.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:443' }, '2001:db8::1'],
    ['a word of hexadecimal letters is no address', 1, '10.0.0.1', { 'x-forwarded-for': 'abc' }, '10.0.0.1'],
    ['nor are numbers too large', ['10.0.0.1'], '10.0.0.1', { 'x-forwarded-for': '999.1.1.1' }, '10.0.0.1'],
    [
      'what stands before rubbish is nobody’s word',
      1,
      '10.0.0.1',
      { 'x-forwarded-for': '198.51.100.9, unknown' },
      '10.0.0.1',
    ],
    [
      'nor is it with a list of proxies',
      ['10.0.0.0/8'],
      '10.0.0.1',
      { 'x-forwarded-for': '198.51.100.9, unknown, 10.0.0.2' },
      '10.0.0.1',
    ],
    [
      'all of them proxies: the farthest',
      ['10.0.0.0/8'],
      '10.0.0.1',
      { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' },
      '10.0.0.3',
    ],
    ['fewer hops than proxies: the farthest', 3, '10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    ['rubbish is no address', ['127.0.0.1'], '127.0.0.1', { 'x-forwarded-for': 'unknown' }, '127.0.0.1'],
  ] as [string, TrustProxy, string, Record<string, string>, string][])('%s', (_, trust, peer, headers, ip) =>
    expect(createVisitorReader(trust)(request(peer, headers)).ip).toBe(ip),
  )

  test('cookies: the platforms’ own, the first of a name, decoded', () =>
    expect(
      createVisitorReader([])(request('1.1.1.1', { cookie: 'a=1; _fbp=fb.1.2.3; _fbp=x; _scid=%41; _rdt_em=no' }))
        .cookies,
    ).toEqual({ _fbp: 'fb.1.2.3', _scid: 'A' }))

  test('cookies in their second places, beside the first', () => {
    const cookie = 'rdt_cid=old; _rdt_cid=new; _scid=first-12; _scid_r=second-1'
    expect(createVisitorReader([])(request('1.1.1.1', { cookie })).cookies).toEqual({
      ...{ rdt_cid: 'old', _rdt_cid: 'new' },
      ...{ _scid: 'first-12', _scid_r: 'second-1' },
    })
  })
})

describe('enriching', () => {
  const now = 1_800_000_000_000
  const event = { event: 'x', event_id: 'x', event_time: now, context: { ip: '9.9.9.9', cookies: { _fbp: 'own' } } }
  const visitor = { ip: '203.0.113.7', userAgent: 'ua', cookies: { _fbp: 'header', _scid: 's' }, optOut: false }
  test('a browser copy takes address and agent from the request, and cookies it did not read itself', () =>
    expect(enrich(event, { kind: 'browser', now, visitor }).event.context).toEqual({
      ip: '203.0.113.7',
      user_agent: 'ua',
      cookies: { _fbp: 'own', _scid: 's' },
    }))
  test.each<[string, EnrichContext['keptCookies'], Record<string, string>]>([
    ['without a word of the site, none', undefined, { _scid: 's' }],
    ['those that it names', ['_ttp', '_epik'], { _scid: 's', _ttp: 'own', _epik: 'header' }],
  ])('cookies of other platforms: %s', (_, keptCookies, cookies) => {
    const browser = { ...visitor, cookies: { _scid: 's', _ttp: 'header', _epik: 'header', li_fat_id: 'header' } }
    const told = { ...event, context: { cookies: { _ttp: 'own', _gcl_aw: 'own' } } }
    const { context } = enrich(told, { kind: 'browser', now, visitor: browser, keptCookies }).event
    expect(context?.cookies).toEqual(cookies)
  })

  test('nor is its word on the agent taken where the request has none', () => {
    const claimed = { ...event, context: { user_agent: 'claimed' } }
    const silent = { ip: '203.0.113.7', cookies: {}, optOut: false }
    expect(enrich(claimed, { kind: 'browser', now, visitor: silent }).event.context).toEqual({ ip: '203.0.113.7' })
  })
  test('a back-end copy keeps what it brings', () =>
    expect(enrich(event, { kind: 'backend', now, visitor }).event.context).toEqual(event.context))
  test('a back-end copy without an address gets the site’s', () =>
    expect(enrich(event, { kind: 'backend', now, visitor, siteUrl: 'https://a.example' }).event.url).toBe(
      'https://a.example',
    ))
  test('Global Privacy Control asks for limits', () =>
    expect(enrich(event, { kind: 'browser', now, visitor: { ...visitor, optOut: true } }).event.consent).toEqual({
      source: 'gpc',
      limited: true,
    }))
  test.each([
    ['a clock that is right', now - 1000, now - 100, now - 1000],
    ['a clock an hour behind', now - 3_601_000, now - 3_600_000, now - 1000],
    ['no time of its own, from a clock an hour ahead', now, now + 3_600_000, now],
    ['no time of its own, from a clock an hour behind', now, now - 3_600_000, now],
    ['a little ahead', now + 60_000, undefined, now],
    ['a day ahead without a word on the clock', now + 86_400_000, undefined, now],
  ])('%s', (_, said, sentAt, time) =>
    expect(enrich({ ...event, event_time: said }, { kind: 'browser', now, visitor, sentAt }).event.event_time).toBe(
      time,
    ),
  )
})
