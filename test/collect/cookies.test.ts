import { describe, expect, test } from 'vitest'
import { askOf, cookiesFor, mayKeep, type CookieAsk } from '../../server/collect/cookies.ts'
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
