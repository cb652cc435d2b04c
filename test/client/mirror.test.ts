import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import mirror from '../../client/features/mirror.ts'
import type { Clicks } from '../../client/memory/clicks.ts'
import { closePage, newPage, postedEvents, reloadPage, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  history.replaceState(null, '', '/')
  closePage()
})

const day = 86_400_000
const cookie = (): string | undefined => /(?:^|; )_pp=([^;]*)/.exec(document.cookie)?.[1]
const setCookie = (value: string, more = ''): void => {
  document.cookie = `_pp=${value};path=/;domain=shop.com${more}`
}
const loseCookie = (): void => setCookie('', ';max-age=0')
const encode = (clicks: Clicks): string => encodeURIComponent(JSON.stringify(clicks))
const decode = (text: string | undefined): unknown => JSON.parse(decodeURIComponent(text ?? 'null'))
/** The copy, without the time it was made. */
const copy = (): string | undefined => (localStorage._pp as string | undefined)?.split(' ')[0]
const land = (query = '', options: PixelConfig = {}) => {
  history.replaceState(null, '', `/${query}`)
  const pixel = start({ features: [mirror], ...options })
  // Otherwise storage is looked at a task later.
  pixel.flush()
  return pixel
}
/** Writes of our cookie that are no removal, from now on. */
function countWrites(): () => number {
  const own = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')!
  let count = 0
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get: () => own.get!.call(document) as unknown,
    set(line: string) {
      if (/^_pp=/.test(line)) count++
      own.set!.call(document, line)
    },
  })
  return () => count
}

describe('the copy', () => {
  test('is made of the cookie, and follows it', async () => {
    land('?fbclid=C')
    expect(decode(copy())).toEqual({ fbclid: ['C', Date.now()] })
    expect(copy()).toBe(cookie())
    await reloadPage()
    land('?rdt_cid=A')
    expect(decode(copy())).toEqual({ fbclid: ['C', Date.now()], rdt_cid: ['A', Date.now()] })
    expect(copy()).toBe(cookie())
  })

  test('is none without a click ID', () => {
    land()
    setCookie('%7B%7D')
    window.pairpixel?.flush()
    expect(Object.keys(localStorage)).toEqual([])
  })

  test('goes with the last click ID', () => {
    const old = encode({ fbclid: ['C', Date.now() - 90 * day] })
    localStorage._pp = `${old} ${Date.now() - 2 * day}`
    land()
    expect([cookie(), localStorage._pp]).toEqual(['%7B%7D', undefined])
  })
})

describe('without the cookie', () => {
  const at = Date.parse('2026-11-21T10:00:00Z')
  test.each<[string, Clicks, string, Clicks]>([
    ['comes back as it was', { fbclid: ['C', at - day] }, '', { fbclid: ['C', at - day] }],
    [
      'the same value keeps its time',
      { fbclid: ['C', at - day], ScCid: ['b', at - 2 * day] },
      '?fbclid=C',
      { fbclid: ['C', at - day], ScCid: ['b', at - 2 * day] },
    ],
    ['another value is newer', { fbclid: ['C', at - day] }, '?fbclid=D', { fbclid: ['D', at] }],
    ['a millisecond short of its end', { fbclid: ['C', at - 90 * day + 1] }, '', { fbclid: ['C', at - 90 * day + 1] }],
    ['90 days old', { fbclid: ['C', at - 90 * day], rdt_cid: ['A', at - day] }, '', { rdt_cid: ['A', at - day] }],
    ['unknown names stay out', { other: ['C', at], rdt_cid: ['A', at] } as Clicks, '', { rdt_cid: ['A', at] }],
  ])('%s', async (_what, kept, query, clicks) => {
    localStorage._pp = `${encode(kept)} ${at - day}`
    land(query).track('Lead')
    expect(decode(cookie())).toEqual(clicks)
    expect(copy()).toBe(cookie())
    await settle()
    const known = Object.entries(postedEvents()[0]?.context?.click_ids ?? {})
    expect(Object.fromEntries(known.map(([name, one]) => [name, [one?.value, one?.at]]))).toEqual(clicks)
  })

  test('or with an empty one, as the collector writes it', () => {
    setCookie('%7B%7D')
    localStorage._pp = encode({ fbclid: ['C', at] })
    land()
    expect(decode(cookie())).toEqual({ fbclid: ['C', at] })
  })

  test.each(['', ' ', 'null', '%7B%7D 1', 'a;domain=x', '%7B"a";b%7D', '%7Bno json'])(
    'a copy that is none (%s) does no harm',
    (text) => {
      localStorage._pp = text
      land('?fbclid=C')
      expect(decode(cookie())).toEqual({ fbclid: ['C', at] })
      expect(copy()).toBe(cookie())
    },
  )
})

test('a cookie goes before the copy', () => {
  const at = Date.now()
  setCookie(encode({ rdt_cid: ['A', at] }))
  localStorage._pp = `${encode({ fbclid: ['C', at] })} ${at}`
  land()
  expect(decode(cookie())).toEqual({ rdt_cid: ['A', at] })
  expect(copy()).toBe(cookie())
})

test('a cookie that nobody changes is renewed once a day', async () => {
  land('?fbclid=C')
  history.replaceState(null, '', '/')
  const text = cookie()
  const writes = countWrites()
  const hours: number[] = []
  for (let hour = 1; hour <= 72; hour++) {
    vi.setSystemTime(Date.now() + 3_600_000)
    const before = writes()
    await reloadPage()
    const pixel = land()
    pixel.flush()
    pixel.flush()
    if (writes() > before) hours.push(hour)
    expect(writes() - before).toBeLessThanOrEqual(1)
  }
  expect(hours).toEqual([24, 48, 72])
  expect([cookie(), copy()]).toEqual([text, text])
})

describe('consent', () => {
  const features = [consent, mirror]

  test('nothing is copied or brought back before a yes', () => {
    const pixel = land('?fbclid=C', { features })
    expect([cookie(), copy()]).toEqual([undefined, undefined])
    pixel.consent('granted')
    pixel.flush()
    expect(decode(copy())).toEqual({ fbclid: ['C', Date.now()] })
  })

  test('a no takes the copy away, on a later page too', async () => {
    const before = land('?fbclid=C', { features })
    before.consent('granted')
    before.flush()
    expect(copy()).toBeDefined()
    await reloadPage()
    loseCookie()
    const pixel = land('', { features })
    pixel.consent('denied')
    pixel.flush()
    expect([cookie(), Object.keys(localStorage)]).toEqual([undefined, []])
  })
})

test.each([
  ['storage', window, 'localStorage'],
  ['cookies', document, 'cookie'],
])('where %s is refused, nothing throws and events go', async (_what, owner, name) => {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, {
    configurable: true,
    get() {
      throw new Error('refused')
    },
  })
  try {
    expect(land('?fbclid=C').track('Lead', {}, { id: 'l1' })).toBe('l1')
    await settle()
  } finally {
    if (own) Object.defineProperty(owner, name, own)
    else Reflect.deleteProperty(owner, name)
  }
  expect(postedEvents().map(({ event_id, context }) => [event_id, context?.click_ids?.fbclid?.value])).toEqual([
    ['l1', 'C'],
  ])
})
