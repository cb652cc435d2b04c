import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepClicks, type Clicks } from '../../client/memory/clicks.ts'
import type { ClickIdName } from '../../shared/click-ids.ts'
import { findCookieDomain, readCookie, writeCookie } from '../../client/memory/cookie.ts'
import { closePage, openPage } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

const day = 86_400_000
const now = 1_800_000_000_000

const encodeClicks = (clicks: Clicks): string => encodeURIComponent(JSON.stringify(clicks))
type FoundClicks = Partial<Record<ClickIdName, string>>
const rememberClicks = (found: FoundClicks, at: number, domain: string): Clicks =>
  keepClicks(Object.fromEntries(Object.entries(found).map(([name, value]) => [name, [value, at]])), at, () => domain)
/** What is known after a page that found these, in the shape of the cookie. */
const mergeClicks = (stored: Clicks, found: FoundClicks): Clicks => {
  document.cookie = `_pp=${encodeClicks(stored)};path=/`
  return rememberClicks(found, now, '')
}

test.each<[string, unknown, FoundClicks, Clicks]>([
  ['a new click', {}, { fbclid: 'A' }, { fbclid: ['A', now] }],
  [
    'another value replaces the old one and its time',
    { fbclid: ['A', now - day] },
    { fbclid: 'B' },
    { fbclid: ['B', now] },
  ],
  ['the same value keeps its time', { fbclid: ['A', now - day] }, { fbclid: 'A' }, { fbclid: ['A', now - day] }],
  [
    'absence clears nothing',
    { rdt_cid: ['A', now - day] },
    { fbclid: 'B' },
    { rdt_cid: ['A', now - day], fbclid: ['B', now] },
  ],
  ['a millisecond short of its end', { fbclid: ['A', now - 90 * day + 1] }, {}, { fbclid: ['A', now - 90 * day + 1] }],
  ['90 days old', { fbclid: ['A', now - 90 * day] }, {}, {}],
  ['unknown names go', { other: ['A', now], gclid: ['G', now] }, {}, {}],
  ['entries without a time go', { fbclid: ['A'], rdt_cid: 'B', ScCid: 7 }, {}, {}],
  [
    'entries with a time that is none go',
    { fbclid: ['A', 'soon'], rdt_cid: ['B', null, now] },
    { ScCid: 'C' },
    { ScCid: ['C', now] },
  ],
  [
    'a stored time to come keeps no new click out',
    { fbclid: ['A', now + day] },
    { fbclid: 'B' },
    { fbclid: ['B', now] },
  ],
  ['a value that no click ID can be is left to the collector', { fbclid: ['a;b', now] }, {}, { fbclid: ['a;b', now] }],
  ['a list instead of an object', ['fbclid'], { fbclid: 'A' }, { fbclid: ['A', now] }],
  ['text instead of an object', 'fbclid', {}, {}],
])('merge: %s', (_name, stored, found, clicks) => {
  expect(mergeClicks(stored as Clicks, found)).toEqual(clicks)
  expect(JSON.parse(decodeURIComponent(readCookie('_pp') ?? '%7B%7D'))).toEqual(clicks)
})

/** How long a value alone fills the cookie with its name. */
const full = 1800 - `_pp=${encodeClicks({ fbclid: ['', now] })}`.length
test.each<[string, FoundClicks, string[]]>([
  ['a character short of full', { fbclid: 'f'.repeat(full - 1) }, ['fbclid']],
  ['full', { fbclid: 'f'.repeat(full) }, ['fbclid']],
  ['a character too long', { fbclid: 'f'.repeat(full + 1) }, []],
  [
    'all that fit',
    { fbclid: 'f'.repeat(500), rdt_cid: 'r'.repeat(500), ScCid: 's'.repeat(500) },
    ['fbclid', 'rdt_cid', 'ScCid'],
  ],
  [
    'what fits no more stays out, alone',
    { fbclid: 'f'.repeat(900), rdt_cid: 'r'.repeat(900), ScCid: 's' },
    ['fbclid', 'ScCid'],
  ],
])('cookie size: %s', (_name, found, kept) => {
  const clicks = mergeClicks({}, found)
  expect(Object.keys(clicks)).toEqual(kept)
  expect(`_pp=${encodeClicks(clicks)}`.length).toBeLessThanOrEqual(1800)
})

test('clicks rest in the cookie and come back on the next page', () => {
  expect(rememberClicks({ fbclid: 'A' }, now, 'shop.com')).toEqual({ fbclid: ['A', now] })
  expect(JSON.parse(decodeURIComponent(readCookie('_pp') ?? ''))).toEqual({ fbclid: ['A', now] })
  expect(rememberClicks({ rdt_cid: 'B' }, now + day, 'shop.com')).toEqual({
    fbclid: ['A', now],
    rdt_cid: ['B', now + day],
  })
})

test('another tab’s newer click goes before what this page knew', () => {
  document.cookie = `_pp=${encodeClicks({ fbclid: ['B', now] })};path=/`
  expect(keepClicks({ fbclid: ['A', now - day] }, now, () => '')).toEqual({ fbclid: ['B', now] })
})

test.each([
  ['no address encoding', '%E0%A4%A'],
  ['no JSON', '%7Bfbclid'],
  ['null', 'null'],
  ['a number', '7'],
  ['text', '%22fbclid%22'],
  ['a list', encodeURIComponent('["fbclid"]')],
  ['entries of all kinds', encodeURIComponent(`{"fbclid":7,"rdt_cid":null,"ScCid":{"1":${now}}}`)],
])('a cookie of %s does not lose the click of this page', (_name, cookie) => {
  document.cookie = `_pp=${cookie};path=/`
  expect(rememberClicks({ fbclid: 'A' }, now, '')).toMatchObject({ fbclid: ['A', now] })
})

test('the cookie bears its life and its attributes, and is written only when something changed', () => {
  const written = vi.spyOn(document, 'cookie', 'set')
  rememberClicks({}, now, 'shop.com')
  expect(written).not.toHaveBeenCalled()
  rememberClicks({ fbclid: 'A' }, now, 'shop.com')
  expect(written.mock.lastCall?.[0]).toBe(
    `_pp=${encodeClicks({ fbclid: ['A', now] })};path=/;max-age=7776000;samesite=lax;domain=shop.com;secure`,
  )
  rememberClicks({ fbclid: 'A' }, now + day, 'shop.com')
  rememberClicks({}, now + day, 'shop.com')
  expect(written).toHaveBeenCalledOnce()
})

test.each([
  ['a secure page', 'https://www.shop.com/', 'shop.com', ';domain=shop.com;secure'],
  ['a plain one', 'http://www.shop.com/', 'shop.com', ';domain=shop.com'],
  ['no domain', 'https://www.shop.com/', '', ';secure'],
])('cookie attributes: %s', (_name, url, domain, attributes) => {
  openPage(url)
  const written = vi.spyOn(document, 'cookie', 'set')
  writeCookie('a', 'b', 5, domain)
  expect(written.mock.calls).toEqual([[`a=b;path=/;max-age=5;samesite=lax${attributes}`]])
})

test.each([
  ['the only one', 'a=1', '1'],
  ['between others', 'b=2; a=1; c=3', '1'],
  ['with an equals sign inside', 'a=x=y', 'x=y'],
  ['not one that ends alike', 'ba=1', undefined],
  ['not one inside another’s value', 'b=a=1', undefined],
])('reading a cookie: %s', (_name, cookies, value) => {
  vi.spyOn(document, 'cookie', 'get').mockReturnValue(cookies)
  expect(readCookie('a')).toBe(value)
})

test.each([
  ['a host below its domain', 'https://www.shop.com/', 'shop.com'],
  ['the domain itself', 'https://shop.com/', 'shop.com'],
  ['a public suffix of two labels', 'https://www.shop.co.uk/', 'shop.co.uk'],
])('cookie domain: %s', (_name, url, domain) => {
  openPage(url)
  expect(findCookieDomain()).toBe(domain)
  // A page opened right after sees the probe of this one.
  expect(findCookieDomain()).toBe(domain)
})

test.each([
  ['a domain', 'https://www.shop.com/'],
  ['a single name', 'http://localhost/'],
  ['an address', 'http://127.0.0.1:8080/'],
])('a click is kept at %s', (_name, url) => {
  openPage(url)
  rememberClicks({ fbclid: 'A' }, now, findCookieDomain())
  expect(rememberClicks({}, now, findCookieDomain())).toEqual({ fbclid: ['A', now] })
})

/** The list of fired orders as a page that has just been loaded sees it. */
const loadOrders = async () => {
  vi.resetModules()
  return (await import('../../client/memory/fired-orders.ts')).wasFired
}

test.each([
  ['the first time', [], 'o1', false],
  ['again', ['o1'], 'o1', true],
  ['after others', ['o1', 'o2'], 'o1', true],
  ['another order', ['o1'], 'o2', false],
  ['the beginning of another', ['o12'], 'o1', false],
  ['the end of another', ['o12'], '2', false],
])('fired orders: %s', async (_name, before, id, known) => {
  const wasFired = await loadOrders()
  for (const order of before) wasFired(order)
  expect((await loadOrders())(id)).toBe(known)
})

test('fired orders: an answer of no notes the order', async () => {
  const wasFired = await loadOrders()
  expect([wasFired('o1'), wasFired('o1')]).toEqual([false, true])
})

test('fired orders: twenty of the longest kind are kept', async () => {
  const ids = Array.from({ length: 21 }, (_, n) => `${n}-`.padEnd(128, 'x'))
  const wasFired = await loadOrders()
  for (const id of ids) wasFired(id)
  // Asked from the newest, since asking for one that is not known notes it.
  expect(ids.reverse().map(await loadOrders())).toEqual([...Array<boolean>(20).fill(true), false])
})

test.each([
  [
    'refused',
    () => {
      const refuse = () => {
        throw new Error('refused')
      }
      vi.stubGlobal('localStorage', new Proxy({}, { get: refuse, set: refuse }))
    },
  ],
  ['full', () => vi.stubGlobal('localStorage', Object.freeze({}))],
  ['absent', () => vi.stubGlobal('localStorage', null)],
])('fired orders: where storage is %s, the page still knows its own', async (_name, break_) => {
  break_()
  const wasFired = await loadOrders()
  expect([wasFired('o1'), wasFired('o1'), wasFired('o2')]).toEqual([false, true, false])
})
