import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Props, User } from '../../client/api.ts'
import {
  addPlatforms,
  closePage,
  firedOf,
  leavePage,
  newPage,
  openPage,
  posted,
  postedEvents,
  postedProofs,
  record,
  resourceLoaded,
  setGlobal,
  settle,
  start,
} from './page.ts'

const loud = vi.fn()
beforeEach(async () => {
  await newPage()
  process.on('unhandledRejection', loud)
})
afterEach(() => {
  process.off('unhandledRejection', loud)
  loud.mockReset()
  closePage()
})

const refuse = (): never => {
  throw new Error('refused')
}
const circle: Record<string, unknown> = {}
circle.self = circle

describe('a hostile page', () => {
  test.each<[string, () => void]>([
    [
      'cookies throw',
      () => Object.defineProperty(document, 'cookie', { configurable: true, get: refuse, set: refuse }),
    ],
    [
      'cookies are refused',
      () => Object.defineProperty(document, 'cookie', { configurable: true, get: () => '', set: () => undefined }),
    ],
    ['storage throws', () => vi.stubGlobal('localStorage', new Proxy({}, { get: refuse, set: refuse }))],
    ['no storage', () => vi.stubGlobal('localStorage', null)],
    [
      'storage holds junk',
      () => {
        for (const key of ['_pp', '_ppo']) localStorage.setItem(key, '{"fbclid":7,')
      },
    ],
    [
      'the cookie is no text of ours',
      () => {
        document.cookie = '_pp=%E0%A4%A;path=/'
      },
    ],
    [
      'the cookie holds other shapes',
      () => {
        document.cookie = `_pp=${encodeURIComponent(`{"fbclid":{"1":${Date.now()}},"ScCid":7}`)};path=/`
      },
    ],
    ['no crypto.subtle', () => vi.stubGlobal('crypto', { getRandomValues: <T>(bytes: T) => bytes })],
    ['no PerformanceObserver', () => vi.stubGlobal('PerformanceObserver', undefined)],
    [
      'an observer that takes no such type',
      () =>
        vi.stubGlobal(
          'PerformanceObserver',
          class {
            observe = refuse
          },
        ),
    ],
    [
      'fetch rejects',
      () =>
        vi.stubGlobal('fetch', (url: URL, init: RequestInit) => {
          record('fetch', String(url), init.body as string)
          return Promise.reject(new TypeError('blocked'))
        }),
    ],
    ['another pixel throws', () => setGlobal('fbq', refuse)],
    ['a platform’s function is none', () => setGlobal('snaptr', { queue: [] })],
    ['the global is an element', () => setGlobal('pairpixel', document.createElement('a'))],
  ])('%s: the click and the event are posted all the same', async (_name, break_) => {
    openPage('https://www.shop.com/?rdt_cid=A')
    break_()
    setGlobal('rdt', vi.fn())
    const pixel = start()
    expect(pixel.track('purchase', { value: 1 }, { id: 'o1' })).toBe('o1')
    resourceLoaded(`https://alb.reddit.com/rp.gif?event=Purchase&m.conversionId=${'0'.repeat(64)}`)
    await settle()
    expect(postedEvents()[0]).toMatchObject({
      event_id: 'o1',
      value: 1,
      context: { click_ids: { rdt_cid: { value: 'A' } } },
      fired: { reddit: 'called' },
    })
    expect(loud).not.toHaveBeenCalled()
  })

  test.each<[string, Props]>([
    ['a circle', circle],
    ['a big integer', { value: 1n }],
    [
      'a getter that throws',
      {
        get value() {
          return refuse()
        },
      },
    ],
    ['a toJSON that throws', { value: { toJSON: refuse } }],
  ])('props with %s: the event leaves and fires without them', async (_name, props) => {
    const { fbq } = addPlatforms()
    expect(start({ pixels: { meta: [] } }).track('purchase', props, { id: 'o1' })).toBe('o1')
    await settle()
    expect(postedEvents()).toHaveLength(1)
    expect(postedEvents()[0]).toMatchObject({ event: 'purchase', event_id: 'o1', fired: { meta: 'called' } })
    expect(Object.keys(postedEvents()[0] ?? {}).sort()).toEqual(
      ['event', 'event_id', 'event_time', 'url', 'context', 'fired'].sort(),
    )
    expect(fbq.mock.calls).toEqual([['track', 'Purchase', {}, { eventID: 'o1' }]])
  })

  test('props with a circle beside others: an order keeps its amount and its number', async () => {
    const { fbq } = addPlatforms()
    const element = { value: 12.5, currency: 'EUR', order_id: 'o1', clicked: circle, items: [{ id: 'A' }] }
    expect(start({ pixels: { meta: [] } }).track('purchase', element)).toBe('o1')
    await settle()
    expect(postedEvents()[0]).toMatchObject({ event_id: 'o1', order_id: 'o1', value: 12.5, items: [{ id: 'A' }] })
    expect(fbq.mock.lastCall?.[2]).toMatchObject({ value: 12.5, currency: 'EUR', content_ids: ['A'] })
  })

  test.each<[string, unknown]>([
    ['a circle', circle],
    ['a big integer', { external_id: 5n }],
    ['a toJSON that throws', { email: { toJSON: refuse } }],
    [
      'a getter that throws',
      {
        get email() {
          return refuse()
        },
      },
    ],
  ])('match keys with %s: no event is lost, nor a neighbour’s', async (_name, user) => {
    const pixel = start()
    pixel.track('Lead', {}, { id: 'l1' })
    expect(() => pixel.identify(user as User)).not.toThrow()
    pixel.track('Lead', { value: 2 }, { id: 'l2' })
    await settle()
    expect(postedEvents().map(({ event_id, value, user }) => [event_id, value, user])).toEqual([
      ['l1', undefined, undefined],
      ['l2', 2, undefined],
    ])
  })

  test.each<[string, object[]]>([
    ['lists', [Array.prototype]],
    ['objects', [Object.prototype]],
    ['both', [Array.prototype, Object.prototype]],
  ])('a page that gives all %s a `toJSON`: what is posted and kept is as ever', async (_name, prototypes) => {
    const toJSON = { configurable: true, value: () => 'theirs' }
    openPage('https://www.shop.com/?fbclid=C')
    for (const one of prototypes) Object.defineProperty(one, 'toJSON', toJSON)
    try {
      const { fbq } = addPlatforms()
      const pixel = start({ pixels: { meta: [] } })
      pixel.identify({ email: ['a@b.example'] })
      const at = new Date(0)
      pixel.track('purchase', { value: 1, items: [{ id: 'S1' }], plan: { list: [1, 2], at } }, { id: 'o1' })
      await settle()
      expect(postedEvents()[0]).toMatchObject({
        event_id: 'o1',
        items: [{ id: 'S1' }],
        user: { email: ['a@b.example'] },
        props: { plan: { list: [1, 2], at: '1970-01-01T00:00:00.000Z' } },
        context: { click_ids: { fbclid: { value: 'C' } } },
        fired: { meta: 'called' },
      })
      expect(fbq.mock.calls[0]?.[2]).toMatchObject({ value: 1, content_ids: ['S1'] })
      expect(decodeURIComponent(document.cookie)).toContain(`_pp={"fbclid":["C",${Date.now()}]}`)
    } finally {
      for (const one of prototypes) Reflect.deleteProperty(one, 'toJSON')
    }
  })

  test('without crypto.subtle Meta’s hits still prove', async () => {
    vi.stubGlobal('crypto', { getRandomValues: <T>(bytes: T) => bytes })
    addPlatforms()
    start({ pixels: { meta: [], reddit: [] } }).track('Lead', {}, { id: 'l1' })
    await settle()
    resourceLoaded(
      'https://www.facebook.com/tr/?ev=Lead&eid=l1',
      `https://alb.reddit.com/rp.gif?event=Lead&m.conversionId=${'0'.repeat(64)}`,
    )
    await settle()
    leavePage()
    expect(postedProofs().map(({ fired }) => fired)).toEqual([{ meta: 'requested', reddit: 'called' }])
  })

  test('a fetch that throws stays inside, and what waits leaves with the page', async () => {
    const fetch = vi.fn(refuse)
    vi.stubGlobal('fetch', fetch)
    const pixel = start({ pixels: {} })
    pixel.track('Lead')
    await settle()
    expect(fetch).toHaveBeenCalledOnce()
    expect(loud).not.toHaveBeenCalled()
    pixel.page({}, { id: 'v1' })
    leavePage()
    expect(posted.map(({ by, body }) => [by, body.events?.map((one) => one.event_id)])).toEqual([['beacon', ['v1']]])
  })

  test('a platform’s function may tell of an event itself', async () => {
    const pixel = start({ pixels: { meta: [] } })
    setGlobal('fbq', () => pixel.page({}, { id: 'v1' }))
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1', 'v1'])
    expect([firedOf('l1'), firedOf('v1')]).toEqual([{ meta: 'called' }, { meta: 'unmatched' }])
  })
})
