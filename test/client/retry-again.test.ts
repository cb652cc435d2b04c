import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closePage, leavePage, newPage, posted, settle } from './page.ts'
import {
  arrived,
  begin,
  comesBack,
  failed,
  keptIds,
  network,
  nextPage,
  taken,
  useNetwork,
  waits,
  type Answer,
} from './retry-page.ts'

beforeEach(newPage)
afterEach(closePage)
useNetwork()

describe('when it is sent again', () => {
  test('by the next page', async () => {
    await failed()
    await nextPage()
    network.answer = taken
    begin()
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['l1'], []])
  })

  test('when the network is back', async () => {
    await failed()
    await comesBack()
    expect([arrived(), keptIds()]).toEqual([['l1'], []])
  })

  test('after any success', async () => {
    const pixel = await failed()
    network.answer = taken
    pixel.track('Search', {}, { id: 's1' })
    await settle()
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['l1', 's1', 'l1'], []])
  })

  test('in requests of at most 16 KiB', async () => {
    const pixel = begin()
    for (let n = 0; n < 10; n++) pixel.track('Lead', { text: 'x'.repeat(5000) }, { id: `l${n}` })
    await settle()
    await comesBack()
    expect(network.requests.map(({ ids }) => ids.length)).toEqual([2, 2, 2, 2, 2])
  })

  test('a failure ends it: what was taken is gone, the rest stays', async () => {
    const pixel = begin()
    for (let n = 0; n < 30; n++) pixel.track('Lead', {}, { id: `l${n}` })
    await settle()
    let calls = 0
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, calls++ ? { status: 503 } : taken)))
    window.dispatchEvent(new Event('online'))
    await waits(0)
    expect([calls, keptIds()]).toEqual([2, Array.from({ length: 10 }, (_, n) => `l${9 - n}`)])
  })

  test.each([
    [0, [4, 8, 16, 32, 64, 128, 240, 240]],
    [0.5, [5, 10, 20, 40, 80, 160, 300, 300]],
    [1, [6, 12, 24, 48, 96, 192, 360, 360]],
  ])('less and less often (chance %f)', async (chance, seconds) => {
    vi.mocked(Math.random).mockReturnValue(chance)
    await failed()
    for (const pause of seconds) {
      network.requests = []
      await waits(pause * 1000 - 1)
      expect(arrived()).toEqual([])
      await waits(1)
      expect(arrived()).toEqual(['l1'])
    }
  })

  test('many failures of one time count once', async () => {
    const pixel = begin()
    await waits(0)
    for (let n = 0; n < 5; n++) {
      pixel.track('Lead', {}, { id: `l${n}` })
      await settle()
    }
    network.requests = []
    await waits(5000)
    expect(arrived()).toHaveLength(5)
  })

  test('after a success the pauses start anew', async () => {
    const pixel = await failed()
    await waits(5000)
    network.answer = taken
    await waits(10_000)
    network.answer = undefined
    pixel.track('Lead', {}, { id: 'l2' })
    await settle()
    network.requests = []
    await waits(5000)
    expect(arrived()).toEqual(['l2'])
  })

  test.each([
    ['seconds', '30', 30_000],
    ['more than the pauses', '3600', 3_600_000],
    ['what is no number', 'soon', 5000],
    ['a date', 'Sat, 21 Nov 2026 10:00:20 GMT', 20_000],
    ['a date that is over', 'Sat, 21 Nov 2026 09:59:00 GMT', 5000],
    ['more than a timer can wait: a day', '99999999', 86_400_000],
  ])('Retry-After: %s', async (_name, said, ms) => {
    network.answer = { status: 429, headers: { 'retry-after': said } }
    await failed()
    network.requests = []
    // What is a day old is not sent any more.
    await waits(ms - 1)
    expect(arrived()).toEqual([])
    await waits(1)
    expect(arrived()).toEqual(ms < 86_400_000 ? ['l1'] : [])
  })
})

describe('a page that goes', () => {
  test('a conversion is kept while nobody knows what became of it, and taken off when its answer comes', async () => {
    let answer = (_status: number): void => undefined
    vi.stubGlobal(
      'fetch',
      () => new Promise<Response>((done) => (answer = (status) => done(new Response(null, { status })))),
    )
    const pixel = begin()
    pixel.track('purchase', {}, { id: 'o1' })
    pixel.page({}, { id: 'v1' })
    await settle()
    expect(keptIds()).toEqual(['o1'])
    answer(204)
    await settle()
    expect(keptIds()).toEqual([])
  })

  test('what is under way is not sent beside itself', async () => {
    let answer = (): void => undefined
    const usual = globalThis.fetch
    const pixel = begin()
    vi.stubGlobal('fetch', (to: URL, init: RequestInit) => {
      network.answer = taken
      void usual(to, init)
      return new Promise<Response>((done) => (answer = () => done(new Response(null, { status: 204 }))))
    })
    pixel.track('purchase', {}, { id: 'o1' })
    await settle()
    window.dispatchEvent(new Event('online'))
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['o1'], ['o1']])
    answer()
    await settle()
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['o1'], []])
  })

  test('a request that never ends holds nothing else back', async () => {
    const usual = globalThis.fetch
    const pixel = begin()
    vi.stubGlobal('fetch', () => new Promise(() => undefined))
    pixel.track('Lead', {}, { id: 'hung' })
    await settle()
    vi.stubGlobal('fetch', usual)
    pixel.track('Lead', {}, { id: 'failed' })
    await settle()
    await comesBack()
    expect([arrived(), keptIds()]).toEqual([['failed'], ['hung']])
  })

  test('what was under way when the page went is sent by the next one', async () => {
    const usual = globalThis.fetch
    vi.stubGlobal('fetch', () => new Promise(() => undefined))
    begin().track('purchase', {}, { id: 'o1' })
    await settle()
    await nextPage()
    vi.stubGlobal('fetch', usual)
    network.answer = taken
    begin()
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['o1'], []])
  })

  test('its conversions are kept before the beacon, and sent again by the next page', async () => {
    let before: string[] = []
    const sendBeacon = navigator.sendBeacon.bind(navigator)
    navigator.sendBeacon = (to, text) => {
      before = keptIds()
      return sendBeacon(to, text)
    }
    const pixel = begin()
    pixel.page({}, { id: 'v1' })
    pixel.track('purchase', {}, { id: 'o1' })
    leavePage()
    await settle()
    expect(posted.map(({ by, body }) => [by, body.events?.map((one) => one.event_id)])).toEqual([
      ['beacon', ['v1', 'o1']],
    ])
    expect([before, keptIds(), network.requests]).toEqual([['o1'], ['o1'], []])
    await nextPage()
    network.answer = taken
    begin()
    await waits(0)
    expect([arrived(), keptIds()]).toEqual([['o1'], []])
  })

  test.each<[string, Answer, string[]]>([
    ['takes it', taken, []],
    ['fails', undefined, ['l1', 'v1']],
    ['is told to wait', { status: 503 }, ['l1', 'v1']],
  ])('where the beacon is refused, and the request %s', async (_name, said, expected) => {
    navigator.sendBeacon = () => false
    network.answer = said
    const pixel = begin()
    pixel.page({}, { id: 'v1' })
    pixel.track('Lead', {}, { id: 'l1' })
    leavePage()
    await settle()
    expect([arrived(), keptIds()]).toEqual([['v1', 'l1'], expected])
  })

  test('a browser that has beacons only keeps conversions, and asks for an answer at the next page', async () => {
    vi.stubGlobal('Request', { prototype: {} })
    await failed()
    await waits(400_000)
    expect([posted.map(({ by }) => by), network.requests, keptIds()]).toEqual([['beacon'], [], ['l1']])
    await nextPage()
    network.answer = taken
    begin()
    await waits(0)
    expect([posted.length, arrived(), keptIds()]).toEqual([1, ['l1'], []])
  })
})

describe('one tab sends', () => {
  const withLocks = (request: (...args: unknown[]) => Promise<unknown>) => {
    Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } })
  }
  afterEach(() => void Reflect.deleteProperty(navigator, 'locks'))

  test('under a lock', async () => {
    const request = vi.fn((...args: unknown[]) => Promise.resolve((args[2] as (lock: unknown) => unknown)({})))
    withLocks(request)
    begin()
    await waits(0)
    // A page that holds or awaits a lock cannot go to the browser's memory: nothing to send, no lock.
    expect(request).not.toHaveBeenCalled()
    await failed()
    await comesBack()
    expect(request.mock.calls.map((call) => call.slice(0, 2))).toEqual([['_ppqshop', { ifAvailable: true }]])
    expect([arrived(), keptIds()]).toEqual([['l1'], []])
  })

  test.each<[string, string[], string[], (...args: unknown[]) => Promise<unknown>]>([
    [
      'not with one that another tab has',
      [],
      ['l1'],
      (...args) => Promise.resolve((args[2] as (lock: unknown) => unknown)(null)),
    ],
    [
      'without one where the browser denies locks',
      ['l1'],
      [],
      () => Promise.reject(new DOMException('no', 'SecurityError')),
    ],
  ])('%s', async (_name, sent, stays, request) => {
    withLocks(request)
    await failed()
    await comesBack()
    expect([arrived(), keptIds()]).toEqual([sent, stays])
  })

  test.each([
    ['taken just now', 0, 0],
    ['still valid', -29_999, 0],
    ['over', -30_000, 1],
    ['of a clock that was set back', 30_000, 1],
    ['no number', NaN, 1],
  ])('without locks, a note of another tab: %s', async (_name, age, count) => {
    await failed()
    localStorage._ppl = Date.now() + age
    await comesBack()
    expect(arrived()).toHaveLength(count)
    expect(localStorage._ppl === undefined).toBe(Boolean(count))
    await waits(30_000)
    expect(arrived()).toEqual(['l1'])
  })

  test('a tab that is at it does not start twice', async () => {
    await failed()
    await comesBack()
    await failed()
    network.requests = []
    let take = (_: Response): void => undefined
    vi.stubGlobal('fetch', (_to: URL, init: RequestInit) => {
      network.requests.push({ ids: [init.body as string], users: [] })
      return new Promise<Response>((done) => (take = done))
    })
    localStorage._ppq = JSON.stringify([
      { event: 'search', event_id: 's1', event_time: Date.now(), url: 'https://www.shop.com/', site: 'shop' },
    ])
    window.dispatchEvent(new Event('online'))
    await waits(0)
    window.dispatchEvent(new Event('online'))
    await waits(0)
    expect(network.requests).toHaveLength(1)
    take(new Response(null, taken))
    await settle()
    expect([keptIds(), localStorage._ppl]).toEqual([[], undefined])
  })
})
