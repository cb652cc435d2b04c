import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encodeClicks, fitClicks, mergeClicks, rememberClicks } from '../../client/memory/clicks.ts'
import { findCookieDomain, readCookie } from '../../client/memory/cookie.ts'
import { createFiredOrders } from '../../client/memory/fired-orders.ts'
import { closePage, openPage } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

const day = 86_400_000
const now = 1_800_000_000_000

test.each([
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
  ['one day short of its end', { fbclid: ['A', now - 89 * day] }, {}, { fbclid: ['A', now - 89 * day] }],
  ['90 days old', { fbclid: ['A', now - 90 * day] }, {}, {}],
  ['unknown names go', { other: ['A', now] }, {}, {}],
  ['entries without a time go', { fbclid: ['A'], rdt_cid: 'B' }, {}, {}],
  ['entries that no click ID can be go', { fbclid: ['a;b', now], rdt_cid: ['', now], ScCid: [{}, now] }, {}, {}],
  ['a list instead of an object', ['fbclid'], { fbclid: 'A' }, { fbclid: ['A', now] }],
  ['text instead of an object', 'fbclid', {}, {}],
  ['nothing', undefined, {}, {}],
])('merge: %s', (_name, stored, found, clicks) => {
  expect(mergeClicks(stored, found, now)).toEqual(clicks)
})

test.each([
  ['all that fit', { fbclid: ['f'.repeat(500), 1], gclid: ['g'.repeat(500), 2] }, ['fbclid', 'gclid']],
  [
    'the oldest that no platform takes goes first',
    { fbclid: ['f'.repeat(500), 1], gclid: ['g'.repeat(900), 3], ttclid: ['t'.repeat(900), 2] },
    ['fbclid', 'gclid'],
  ],
  [
    'then the oldest of the others',
    { fbclid: ['f'.repeat(500), 1], rdt_cid: ['r'.repeat(900), 2], ScCid: ['s'.repeat(800), 3] },
    ['rdt_cid', 'ScCid'],
  ],
] as const)('cookie size: %s', (_name, clicks, kept) => {
  const fitting = fitClicks(clicks)
  expect(Object.keys(fitting)).toEqual(kept)
  expect(`_pp=${encodeClicks(fitting)}`.length).toBeLessThanOrEqual(1800)
})

test('clicks rest in the cookie and its mirror, and come back from either', () => {
  rememberClicks({ fbclid: 'A' }, now)
  expect(JSON.parse(decodeURIComponent(readCookie('_pp') ?? ''))).toEqual({ fbclid: ['A', now] })
  expect(JSON.parse(localStorage.getItem('_pp') ?? '')).toEqual({ fbclid: ['A', now] })
  localStorage.clear()
  expect(rememberClicks({}, now + day)).toEqual({ fbclid: ['A', now] })
  rememberClicks({ fbclid: 'B' }, now)
  document.cookie = '_pp=;path=/;max-age=0;domain=shop.com'
  expect(rememberClicks({}, now + day)).toEqual({ fbclid: ['B', now] })
})

test('the cookie bears its life and its attributes, and is written only when something changed', () => {
  const written = vi.spyOn(document, 'cookie', 'set')
  rememberClicks({}, now)
  expect(written).not.toHaveBeenCalled()
  rememberClicks({ fbclid: 'A' }, now)
  expect(written.mock.lastCall?.[0]).toBe(
    `_pp=${encodeClicks({ fbclid: ['A', now] })};path=/;max-age=7776000;samesite=lax;domain=shop.com;secure`,
  )
  const writes = written.mock.calls.length
  rememberClicks({ fbclid: 'A' }, now + day)
  expect(written.mock.calls.length).toBe(writes)
})

test.each([
  ['a host below its domain', 'https://www.shop.com/', 'shop.com'],
  ['the domain itself', 'https://shop.com/', 'shop.com'],
  ['a public suffix of two labels', 'https://www.shop.co.uk/', 'shop.co.uk'],
  ['a single name', 'http://localhost/', ''],
  ['an address', 'http://127.0.0.1/', ''],
])('cookie domain: %s', (_name, url, domain) => {
  openPage(url)
  expect(findCookieDomain()).toBe(domain)
  // A page opened right after sees the probe of this one.
  expect(findCookieDomain()).toBe(domain)
})

test.each([
  ['the first time', 'o1', 0, false],
  ['again at once', 'o1', 1, true],
  ['again within a day', 'o1', day - 1, true],
  ['again after a day', 'o1', day, false],
  ['another order', 'o2', 1, false],
])('fired orders: %s', (_name, id, later, known) => {
  if (later) createFiredOrders()('o1', now)
  expect(createFiredOrders()(id, now + later)).toBe(known)
})

test('fired orders: the last 20 are kept', () => {
  const wasFired = createFiredOrders()
  for (let n = 0; n <= 20; n++) wasFired(`o${n}`, now)
  expect(createFiredOrders()('o1', now)).toBe(true)
  expect(createFiredOrders()('o0', now)).toBe(false)
})

test('fired orders: without storage the page still knows its own', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new Error('refused')
  })
  const wasFired = createFiredOrders()
  expect([wasFired('o1', now), wasFired('o1', now)]).toEqual([false, true])
})
