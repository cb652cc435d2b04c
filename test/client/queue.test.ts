import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { post } from '../../client/send.ts'
import {
  addPlatforms,
  closePage,
  leavePage,
  newPage,
  posted,
  postedEvents,
  resourceLoaded,
  setDocument,
  settle,
  start,
} from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const sizes = () => posted.map(({ body }) => body.events?.length)
const setHidden = (hidden: boolean) => {
  setDocument('hidden', hidden)
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
}

describe('requests', () => {
  test('calls of one task share one, page views wait a second', async () => {
    const pixel = start()
    pixel.page()
    await settle()
    vi.advanceTimersByTime(999)
    expect(posted).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(postedEvents().map(({ event }) => event)).toEqual(['page_view'])
    pixel.track('Lead')
    pixel.track('Search')
    await settle()
    expect(posted.map(({ body }) => body.events?.map(({ event }) => event))).toEqual([
      ['page_view'],
      ['generate_lead', 'search'],
    ])
  })

  test('a conversion takes the waiting page view along, and nothing is sent twice', async () => {
    const pixel = start({ pixels: {} })
    pixel.page()
    pixel.track('Lead')
    await settle()
    vi.advanceTimersByTime(5000)
    pixel.page()
    vi.advanceTimersByTime(5000)
    leavePage()
    expect(sizes()).toEqual([2, 1])
  })

  test.each([
    [1, [1]],
    [19, [19]],
    [20, [20]],
    [21, [20, 1]],
    [41, [20, 20, 1]],
  ])('%i events at once', async (count, expected) => {
    const pixel = start()
    for (let n = 0; n < count; n++) pixel.track('Lead', {}, { id: `l${n}` })
    await settle()
    expect(sizes()).toEqual(expected)
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(Array.from({ length: count }, (_, n) => `l${n}`))
  })

  test.each([
    ['together below 12,000 bytes', [5000, 5000], [2]],
    ['one more that fits no more', [5000, 5000, 5000], [2, 1]],
    ['a large one alone', [100, 30_000, 100], [1, 1, 1]],
    ['bytes, not characters', ['€'.repeat(2000), '€'.repeat(2000)], [1, 1]],
  ])('large events: %s', async (_name, texts, expected) => {
    const pixel = start({ pixels: {} })
    for (const text of texts) pixel.track('Lead', { text: typeof text === 'number' ? 'x'.repeat(text) : text })
    await settle()
    expect(sizes()).toEqual(expected)
    for (const { text, body } of posted) if (body.events?.[1]) expect(new Blob([text]).size).toBeLessThanOrEqual(16_384)
  })

  test('twenty-one proofs make two requests', async () => {
    const pixel = start({ pixels: { meta: [] }, wait: 100 })
    for (let n = 0; n < 21; n++) pixel.track('Lead', {}, { id: `l${n}` })
    await settle()
    posted.length = 0
    vi.advanceTimersByTime(2000)
    expect(posted.map(({ body }) => body.proofs?.length)).toEqual([20, 1])
  })

  test('events and proofs share one, and neither is posted empty', async () => {
    addPlatforms()
    const pixel = start({ pixels: { meta: [] } })
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    resourceLoaded('https://www.facebook.com/tr/?ev=Lead&eid=l1')
    await settle()
    pixel.track('Lead', {}, { id: 'l2' })
    await settle()
    expect(
      posted.map(({ body }) => [body.events?.map((one) => one.event_id), body.proofs?.map((one) => one.event_id)]),
    ).toEqual([
      [['l1'], undefined],
      [['l2'], ['l1']],
    ])
    resourceLoaded('https://www.facebook.com/tr/?ev=Lead&eid=l2')
    await settle()
    leavePage()
    expect(posted[2]?.by).toBe('beacon')
    expect(posted[2]?.body).toMatchObject({ v: 1, site: 'shop', proofs: [{ event_id: 'l2' }] })
    expect(posted[2]?.body).not.toHaveProperty('events')
  })
})

describe('a page that goes', () => {
  test.each([
    ['hidden', () => setHidden(true)],
    ['left', leavePage],
  ])('%s: a beacon takes what waits, once', (_name, leave) => {
    start({ pixels: {} }).page()
    leave()
    expect(posted.map(({ by, url, body }) => [by, url, body.events?.length])).toEqual([
      ['beacon', 'https://www.shop.com/_p/e', 1],
    ])
    setHidden(false)
    leavePage()
    vi.advanceTimersByTime(5000)
    expect(posted).toHaveLength(1)
  })

  test('a page that is shown again sends nothing early, and goes without words on other occasions', () => {
    start({ pixels: {} }).page()
    for (const type of ['blur', 'beforeunload', 'unload', 'freeze']) window.dispatchEvent(new Event(type))
    setHidden(false)
    expect(posted).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(posted.map(({ by }) => by)).toEqual(['fetch'])
  })

  test('hidden: a listener of the page that stops the event stops nobody else’s', () => {
    start().page()
    const stop = (event: Event) => event.stopImmediatePropagation()
    document.addEventListener('visibilitychange', stop, true)
    setHidden(true)
    document.removeEventListener('visibilitychange', stop, true)
    expect(sizes()).toEqual([1])
  })

  test('a conversion on a link that leaves at once is in the beacon', async () => {
    start().track('Lead')
    leavePage()
    await settle()
    expect(posted.map(({ by }) => by)).toEqual(['beacon'])
  })

  test.each<[string, typeof navigator.sendBeacon | undefined]>([
    ['refused', () => false],
    [
      'broken',
      () => {
        throw new Error('no')
      },
    ],
    ['absent', undefined],
  ])('where the beacon is %s, fetch takes it, to outlive the page', (_name, sendBeacon) => {
    navigator.sendBeacon = sendBeacon!
    start().page()
    leavePage()
    expect(posted.map(({ by, init }) => [by, init?.keepalive])).toEqual([['fetch', true]])
  })
})

describe('posting', () => {
  const url = 'https://www.shop.com/p.js'
  const batch = (text: string, domain?: string) => ({ v: 1, domain, sent_at: 1, site: text })
  /** What a batch of this text is besides it. */
  const frame = JSON.stringify(batch('', 'shop.com')).length
  const body = (length: number) => batch('x'.repeat(length - frame), 'shop.com')

  test.each([
    ['ASCII', 'x', 59_999, true],
    ['ASCII', 'x', 60_000, true],
    ['ASCII', 'x', 60_001, false],
    ['three bytes each', '€', 19_999, true],
    ['three bytes each', '€', 20_001, false],
  ])('outlives the page up to 60,000 bytes: %s %s, %i times', (_name, char, count, keepalive) => {
    void post(
      'e',
      url,
      batch(char.repeat(count - (char === 'x' ? frame : Math.ceil(frame / 3))), 'shop.com'),
      undefined,
    )
    expect(posted.map(({ by, init }) => [by, init?.keepalive])).toEqual([['fetch', keepalive]])
  })

  test('all that is under way shares this room, and gives it back', async () => {
    const ends: (() => void)[] = []
    const keepalives: unknown[] = []
    vi.stubGlobal('fetch', (_to: URL, init: RequestInit) => {
      keepalives.push(init.keepalive)
      return new Promise<Response>((done, fail) =>
        ends.push(ends.length % 2 ? () => done(new Response()) : () => fail(new TypeError('no network'))),
      )
    })
    const send = () => void post('e', url, body(25_000), undefined)
    for (let n = 0; n < 3; n++) send()
    for (const end of ends.splice(0)) end()
    await settle()
    for (let n = 0; n < 3; n++) send()
    expect(keepalives).toEqual([true, true, false, true, true, false])
    for (const end of ends) end()
    await settle()
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('theirs')
      },
    ],
    ['answers nothing', () => undefined],
  ])('a fetch of the page’s own that %s', (_name, fetch) => {
    vi.stubGlobal('fetch', fetch)
    expect(() => post('e', url, body(100), undefined)).not.toThrow()
  })

  test('what must have an answer is no beacon', () => {
    vi.stubGlobal('Request', { prototype: {} })
    void post('e', url, body(100), false)
    expect(posted.map((one) => one.by)).toEqual(['fetch'])
  })

  test.each([
    ['takes it', true, 'beacon'],
    ['refuses', false, 'fetch'],
  ])('a browser whose requests die with the page asks the beacon, which %s', (_name, takes, by) => {
    vi.stubGlobal('Request', { prototype: {} })
    const sendBeacon = navigator.sendBeacon.bind(navigator)
    navigator.sendBeacon = (to, text) => takes && sendBeacon(to, text)
    void post('e', url, body(100), undefined)
    expect(posted.map((one) => one.by)).toEqual([by])
  })

  test('no preflight is asked', () => {
    void post('e', url, body(100), false)
    expect(posted[0]?.init).toMatchObject({ method: 'POST' })
    expect(posted[0]?.init?.headers).toBeUndefined()
    expect(new Request(new URL('e', url), posted[0]?.init).headers.get('content-type')).toBe('text/plain;charset=UTF-8')
  })

  test.each([
    ['same host', 'https://www.shop.com/e', 'shop.com', 'include'],
    ['same site', 'https://px.shop.com/e', 'shop.com', 'include'],
    ['the bare domain', 'https://shop.com/e', 'shop.com', 'include'],
    ['another site', 'https://shop.net/e', 'shop.com', 'omit'],
    ['another site whose name ends alike', 'https://my-shop.com/e', 'shop.com', 'omit'],
    ['same host, no cookie domain', 'https://www.shop.com/e', '', 'include'],
    ['another host, no cookie domain', 'https://px.shop.com/e', '', 'omit'],
  ])('credentials: %s', (_name, to, domain, credentials) => {
    void post(to, to, batch('', domain), false)
    expect(posted[0]?.init).toMatchObject({ credentials })
  })
})
