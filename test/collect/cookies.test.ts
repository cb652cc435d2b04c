import { describe, expect, test } from 'vitest'
import { askOf, cookiesFor, mayKeep, visitorIdOf, type CookieAsk } from '../../server/collect/cookies.ts'
import { dayMs } from '../../shared/limits.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const visitor = '01999999-0000-7000-8000-000000000001'
const encode = (value: unknown) => encodeURIComponent(JSON.stringify(value))
const clicks = { fbclid: ['C', now - 1000] as [string, number] }
const ask = (change: Partial<CookieAsk> = {}): CookieAsk => ({
  cookie: `_pp=${encode(clicks)}`,
  host: 'www.shop.example',
  page: 'www.shop.example',
  isSecure: true,
  domain: 'shop.example',
  now,
  newVisitor: () => visitor,
  ...change,
})
const tail = '; Path=/; Domain=shop.example; Max-Age=7776000; SameSite=Lax; Secure'
const pps = (at: number, kept: object = clicks) => `_pps=${visitor}.${at}.${encode(kept)}`

test('a first answer: click IDs that scripts may read, a visitor whom none may', () => {
  expect(cookiesFor(ask())).toEqual([`_pp=${encode(clicks)}${tail}`, `${pps(now)}${tail}; HttpOnly`])
})

/** `_pp` without click IDs: how a page's script knows of `_pps`, which it cannot read. */
const noClicks = [`_pp=%7B%7D${tail}`, `${pps(now, {})}${tail}; HttpOnly`]

test('a visitor without click IDs has an ID, and a sign of it that scripts may read', () => {
  expect(cookiesFor(ask({ cookie: undefined }))).toEqual(noClicks)
})

describe('only on change', () => {
  test.each<[string, string, number]>([
    ['the same within a day', `_pp=${encode(clicks)}; ${pps(now - dayMs + 1)}`, 0],
    ['the same after a day: all slide', `_pp=${encode(clicks)}; ${pps(now - dayMs)}`, 2],
    ['a new click', `_pp=${encode({ fbclid: ['D', now] })}; ${pps(now - 5)}`, 2],
    ['no clicks and a fresh visitor', `_pp=%7B%7D; ${pps(now - 5, {})}`, 0],
    ['a fresh visitor of whom no script could know', pps(now - 5, {}), 2],
    ['a script’s cookie that is gone comes back', pps(now - 5), 2],
  ])('%s', (_what, cookie, count) => {
    expect(cookiesFor(ask({ cookie }))).toHaveLength(count)
  })

  test('what a browser threw away is restored with its first time', () => {
    expect(cookiesFor(ask({ cookie: pps(now - 5) }))[0]).toBe(`_pp=${encode(clicks)}${tail}`)
  })

  test('of two values the newer one stands, whoever has it', () => {
    const older = { fbclid: ['A', now - 9000], rdt_cid: ['r', now - 9000] }
    expect(cookiesFor(ask({ cookie: `_pp=${encode(clicks)}; ${pps(now - 5, older)}` }))[0]).toBe(
      `_pp=${encode({ ...clicks, rdt_cid: ['r', now - 9000] })}${tail}`,
    )
  })

  test('what is older than 90 days is forgotten', () => {
    const old = { fbclid: ['A', now - 90 * dayMs] }
    expect(cookiesFor(ask({ cookie: `_pp=${encode(old)}` }))).toEqual(noClicks)
  })
})

/** A browser's cookies after an answer. */
const after = (cookie: string, lines: readonly string[]) => {
  const jar = new Map(
    cookie
      .split('; ')
      .filter(Boolean)
      .map((pair) => pair.split('=', 2) as [string, string]),
  )
  for (const line of lines) jar.set(...(line.split(';', 1)[0]!.split('=', 2) as [string, string]))
  return [...jar].map((pair) => pair.join('=')).join('; ')
}

describe('Meta’s cookies, which its script writes after the first answer', () => {
  const first = after('', cookiesFor(ask({ cookie: undefined })))
  const fbp = '_fbp=fb.1.1.2'
  const both = `${fbp}; _fbc=fb.1.1.C`
  const namesOf = (lines: readonly string[]) =>
    lines.map((line) => line.split('=', 1)[0]).filter((name) => name !== '_pp')
  /** What a later request is answered, after an answer to one with the cookies of `before`. */
  const then = (before: string, next: string, ms = 1000) => {
    const kept = after(first, cookiesFor(ask({ cookie: `${first}; ${before}` })))
    const others = kept.split('; ').filter((pair) => !pair.startsWith('_fb'))
    return namesOf(cookiesFor(ask({ cookie: [...others, next].join('; '), now: now + ms })))
  }
  test.each<[string, readonly (string | undefined)[], string[]]>([
    [
      'are renewed with the next answer',
      namesOf(cookiesFor(ask({ cookie: `${first}; ${both}` }))),
      ['_pps', '_fbc', '_fbp'],
    ],
    ['and not again', then(both, both), []],
    ['but once a day', then(both, both, dayMs), ['_pps', '_fbc', '_fbp']],
    ['when a second one comes', then(fbp, both), ['_pps', '_fbc', '_fbp']],
    ['when a value changes', then(both, `${fbp}; _fbc=fb.1.1.D`), ['_pps', '_fbc', '_fbp']],
    ['other cookies are nobody’s matter', then(both, `${both}; _scid=x`), []],
  ])('%s', (_what, lines, names) => expect(lines).toEqual(names))

  test('the visitor, and what is known of clicks, stay', () => {
    const [line = ''] = cookiesFor(ask({ cookie: `${first}; ${both}` })).filter((one) => one.startsWith('_pps='))
    expect(visitorIdOf(line.split(';', 1)[0])).toBe(visitor)
    const kept = after(`_pp=${encode(clicks)}; ${both}`, cookiesFor(ask({ cookie: `_pp=${encode(clicks)}; ${both}` })))
    const lost = kept.split('; ').filter((pair) => !pair.startsWith('_pp='))
    expect(cookiesFor(ask({ cookie: lost.join('; ') }))[0]).toBe(`_pp=${encode(clicks)}${tail}`)
  })
})

describe('clocks that are ahead', () => {
  const minute = 60_000
  const old = now + 200 * dayMs
  type Pair = [string, number]
  test.each<[string, { pp?: Pair; pps?: Pair; sentAt?: number }, Pair]>([
    ['once, and a new click', { pp: ['new', now - 1], pps: ['old', old] }, ['new', now - 1]],
    ['once, and no other click', { pp: ['old', old], pps: ['old', old] }, ['old', now]],
    ['once, and by less since', { pp: ['old', old], pps: ['new', now - 1], sentAt: now + minute }, ['new', now - 1]],
    [
      'still: the new click is new',
      { pp: ['new', now + 9 * minute], pps: ['old', now - dayMs], sentAt: now + 9 * minute },
      ['new', now],
    ],
    ['by five minutes', { pp: ['new', now + 5 * minute], pps: ['old', now - 1] }, ['new', now + 5 * minute]],
    [
      'by a little more, and nobody says so',
      { pp: ['new', now + 5 * minute + 1], pps: ['old', now - 1] },
      ['old', now - 1],
    ],
    [
      'and a page that is behind',
      { pp: ['new', now - 1], pps: ['old', now - dayMs], sentAt: now - dayMs },
      ['new', now - 1],
    ],
  ])('%s', (_what, { pp, pps: kept, sentAt }, fbclid) => {
    const cookie = [pp && `_pp=${encode({ fbclid: pp })}`, kept && pps(now - 5, { fbclid: kept })]
      .filter(Boolean)
      .join('; ')
    const text = after(cookie, cookiesFor(ask({ cookie, sentAt })))
    expect(text.split('; ')[0]).toBe(`_pp=${encode({ fbclid })}`)
    expect(decodeURIComponent(text.split('; ')[1]!)).toContain(JSON.stringify({ fbclid }))
  })
})

test('Meta’s cookies are prolonged with the rest, for its script reads them', () => {
  const lines = cookiesFor(ask({ cookie: '_fbp=fb.1.1.2; _fbc=fb.1.1.C; _scid=x' }))
  expect(lines.slice(2)).toEqual([`_fbc=fb.1.1.C${tail}`, `_fbp=fb.1.1.2${tail}`])
})

describe('whose pages', () => {
  test.each<[string, Partial<CookieAsk>, boolean]>([
    ['a host of the same domain', { host: 'tr.shop.example' }, true],
    ['the domain itself', { host: 'shop.example', page: 'shop.example' }, true],
    ['a collector of another site', { host: 'collect.example' }, false],
    ['a page of another site', { page: 'www.shop.example.evil' }, false],
    ['a domain that is no end of a label', { domain: 'op.example' }, false],
    ['a domain with more in it', { domain: 'shop.example; Path=/x' }, false],
    ['no domain: an address or a single name', { domain: '', host: 'localhost', page: 'localhost' }, true],
    ['no domain, and another host', { domain: '', host: 'localhost', page: '127.0.0.1' }, false],
  ])('%s', (_what, change, gets) => {
    expect(cookiesFor(ask(change)).length > 0).toBe(gets)
  })
  test('without a domain or https, the line says neither', () => {
    const [line] = cookiesFor(ask({ domain: '', host: 'localhost', page: 'localhost', isSecure: false }))
    expect(line).toBe(`_pp=${encode(clicks)}; Path=/; Max-Age=7776000; SameSite=Lax`)
  })
})

test.each([
  ['no JSON', '_pp=%7B'],
  ['no object', '_pp=5'],
  ['a click ID that is none', `_pp=${encode({ fbclid: ['a b', now] })}`],
  ['a time that is none', `_pp=${encode({ fbclid: ['a', 'now'] })}`],
  ['another name', `_pp=${encode({ __proto__x: ['a', now] })}`],
  ['a visitor that is none', `_pps=me.${now}.%7B%7D`],
  ['a line break', '_fbp=a\r\nSet-Cookie: x'],
  ['a header without end', `_pp=${'x'.repeat(20_000)}`],
])('%s in the cookies is nobody’s, and harms nothing', (_what, cookie) => {
  expect(cookiesFor(ask({ cookie }))).toEqual(noClicks)
})

describe('who is asked', () => {
  const request = (headers: Record<string, string>) => ({ headers }) as unknown as Parameters<typeof askOf>[0]
  const rest = { now, newVisitor: () => visitor }
  test('host and page without their ports', () => {
    const headers = { host: 'tr.Shop.example:8443', origin: 'https://www.shop.example:8443', cookie: 'a=b' }
    expect(askOf(request(headers), { events: [], proofs: [], domain: 'shop.example' }, rest)).toEqual({
      ...rest,
      cookie: 'a=b',
      host: 'tr.shop.example',
      page: 'www.shop.example',
      isSecure: true,
      domain: 'shop.example',
    })
  })
  test.each([
    ['a single name', 'localhost:8080', 'http://localhost:3000', ''],
    ['an address', '192.0.2.7', 'http://192.0.2.7', ''],
    ['an address of the sixth version', '[::1]:8080', 'http://[::1]:8080', ''],
    ['a name of two labels', 'shop.example', 'http://shop.example', undefined],
    ['another name', 'tr.shop.example', 'http://localhost', ''],
  ])('no domain said, for there is none: %s', (_what, host, origin, domain) => {
    expect(askOf(request({ host, origin }), { events: [], proofs: [] }, rest)?.domain).toBe(domain)
  })
  test.each([
    ['its own', 'localhost:8080', 1],
    ['another host’s', 'tr.shop.example', 0],
  ])('a page of a single name gets cookies of a collector at %s host', (_what, host, count) => {
    const asked = askOf(request({ host, origin: 'http://localhost:3000' }), { events: [], proofs: [] }, rest)
    expect(cookiesFor(asked!).filter((line) => line.startsWith('_pps='))).toHaveLength(count)
  })
  test('the page’s clock is handed on', () =>
    expect(
      askOf(request({ host: 'localhost', origin: 'http://localhost' }), { events: [], proofs: [], sentAt: 7 }, rest),
    ).toMatchObject({ sentAt: 7 }))

  test.each<[string, Record<string, string>, string | undefined]>([
    ['a page that says no domain', { host: 'a.example', origin: 'https://a.example' }, undefined],
    ['a request without origin', { host: 'a.example' }, 'a.example'],
    ['an opaque origin', { host: 'a.example', origin: 'null' }, 'a.example'],
  ])('%s: nobody', (_what, headers, domain) => {
    expect(askOf(request(headers), { events: [], proofs: [], domain }, rest)).toBeUndefined()
  })
})

describe('consent', () => {
  const batch = (...states: unknown[]) => ({ events: states.map((state) => ({ consent: { state } })), proofs: [] })
  test.each([
    ['silence where nobody is asked', [undefined], false, true],
    ['silence where the site asks', [undefined], true, false],
    ['a yes', ['granted'], true, true],
    ['a no', ['denied'], false, false],
    ['a no among others', ['granted', 'denied'], true, false],
    ['what is no word', [5], true, false],
  ])('%s', (_what, states, mustAsk, keeps) => expect(mayKeep(batch(...states), mustAsk)).toBe(keeps))
})
