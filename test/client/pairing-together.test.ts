import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import lifecycle from '../../client/features/lifecycle.ts'
import pairing from '../../client/features/pairing.ts'
import { leavePage, posted, postedEvents, setGlobal, settle } from './page.ts'
import {
  addLibrary,
  addStub,
  call,
  closePixelPage,
  fnOf,
  hits,
  letSnapSend,
  names,
  newPixelPage,
  pair,
  pixels,
  twins,
  wireId,
  type Name,
} from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(closePixelPage)

describe('one event that the page tells several platforms of', () => {
  const toAll = async (calls: readonly (readonly [Name, readonly unknown[], afterMs?: number])[]) => {
    pair()
    for (const name of names) addStub(name)
    for (const [name, args, afterMs = 0] of calls) {
      vi.advanceTimersByTime(afterMs)
      call(name, ...args)
    }
    return (await twins()).map(({ event_id, to }) => [event_id, to] as const)
  }

  test('shares an ID; each platform has its own twin', async () => {
    const told = await toAll(names.map((name) => [name, pixels[name].order()]))
    expect(new Set(told.map(([id]) => id)).size).toBe(1)
    expect(told.map(([, to]) => to)).toEqual(names.map((name) => [name]))
  })

  test('the IDs on the wire are that one', async () => {
    pair()
    for (const name of names) {
      addStub(name)
      call(name, ...pixels[name].init)
      call(name, ...pixels[name].order())
      addLibrary(name)
    }
    const [told] = await twins()
    expect(hits.map(({ name, id }) => [name, id]).sort()).toEqual(
      names.map((name) => [name, wireId(name, told!.event_id)]),
    )
  })

  test('the site’s own ID wins for all that follow', async () => {
    const told = await toAll([
      ['reddit', pixels.reddit.order('own')],
      ['meta', pixels.meta.order()],
      ['snapchat', pixels.snapchat.order()],
    ])
    expect(told.map(([id]) => id)).toEqual(['own', 'own', 'own'])
  })

  test('but is not put in the place of another', async () => {
    const told = await toAll([
      ['meta', pixels.meta.order('mine')],
      ['reddit', pixels.reddit.order('yours')],
    ])
    expect(told.map(([id]) => id)).toEqual(['mine', 'yours'])
  })

  test.each<[string, boolean, object, object, number?]>([
    ['one order number', true, { order_id: 'A1', value: 1 }, { transactionId: 'A1', value: 2 }],
    ['an order number as text and number', true, { order_id: '7' }, { transactionId: 7 }],
    ['two order numbers', false, { order_id: 'A1', value: 1 }, { transactionId: 'A2', value: 1 }],
    // Its number is its ID, for a back end has no other.
    ['an order number after a call without one', false, { value: 1 }, { transactionId: 'A2', value: 1 }],
    ['an order number before a call without one', true, { order_id: 'A2', value: 1 }, { value: 1 }],
    ['an amount as text and number', true, { value: '5.0', currency: 'EUR' }, { value: 5, currency: 'EUR' }],
    ['two amounts', false, { value: 5 }, { value: 6 }],
    ['two currencies', false, { value: 5, currency: 'EUR' }, { value: 5, currency: 'USD' }],
    ['999 ms between', true, { value: 5 }, { value: 5 }, 999],
    ['1000 ms between', false, { value: 5 }, { value: 5 }, 1000],
  ])('%s: shared is %s', async (_what, isShared, meta, reddit, afterMs) => {
    const told = await toAll([
      ['meta', ['track', 'Purchase', meta]],
      ['reddit', ['track', 'Purchase', reddit], afterMs],
    ])
    expect(told).toHaveLength(2)
    expect(told[0]?.[0] === told[1]?.[0]).toBe(isShared)
  })

  test('other events share nothing', async () => {
    const told = await toAll([
      ['meta', ['track', 'Lead']],
      ['reddit', ['track', 'Search']],
    ])
    expect(told[0]?.[0]).not.toBe(told[1]?.[0])
  })

  test('two events of equal worth stay two at every platform', async () => {
    const told = await toAll([
      ['meta', pixels.meta.order()],
      ['meta', pixels.meta.order()],
      ['reddit', pixels.reddit.order()],
      ['reddit', pixels.reddit.order()],
    ])
    const idsOf = (name: Name) => told.filter(([, to]) => to?.includes(name)).map(([id]) => id)
    expect(new Set(idsOf('meta')).size).toBe(2)
    expect(idsOf('reddit').sort()).toEqual(idsOf('meta').sort())
  })
})

describe('Snapchat’s own page view', () => {
  const view = pixels.snapchat.view
  const live = () => {
    pair()
    addStub('snapchat')
    call('snapchat', ...pixels.snapchat.init)
    addLibrary('snapchat')
  }

  test.each([
    [3000, 1],
    [3001, 0],
    [60_000, 0],
  ])('the site’s first one %i ms after the library is live: twins %i', async (afterMs, count) => {
    live()
    vi.advanceTimersByTime(afterMs)
    const given = {}
    call('snapchat', ...view, given)
    const told = await twins()
    expect(told).toHaveLength(count)
    // Those that the library told of itself have its ID, with which the late one counts as the same.
    const ids = new Set(hits.map(({ id }) => id))
    expect(ids.size).toBe(1)
    expect([...ids][0]).toMatch(count ? /^[0-9a-f]/ : /^@-/)
  })

  test.each([
    ['one was there before', () => call('snapchat', ...view), 2],
    ['another event was there before', () => call('snapchat', 'track', 'SEARCH'), 1],
  ])('late, where %s', async (_what, before, count) => {
    live()
    before()
    vi.advanceTimersByTime(5000)
    call('snapchat', ...view)
    expect(await twins()).toHaveLength(count)
  })

  test.each([
    ['late on the same address, it has sent its own and gives the late one the same ID', 5000, '', 0],
    ['at once, it has sent none', 100, '', 1],
    ['late on another address, that is a view of its own', 5000, '/b', 1],
  ])('of a library that was live before us: %s', async (_what, afterMs, to, count) => {
    addStub('snapchat')
    call('snapchat', ...pixels.snapchat.init)
    addLibrary('snapchat')
    pair()
    vi.advanceTimersByTime(afterMs)
    if (to) history.pushState(null, '', to)
    call('snapchat', ...view)
    expect(await twins()).toHaveLength(count)
    expect(hits.map(({ id }) => id.startsWith('@-'))).toEqual(
      [afterMs > 4000 && true, count === 0].filter((one, at) => at || one),
    )
  })

  test.each(['meta', 'reddit'] as const)('%s has none: a late one is told', async (name) => {
    pair()
    addStub(name)
    addLibrary(name)
    vi.advanceTimersByTime(60_000)
    call(name, ...pixels[name].view)
    expect(await twins()).toHaveLength(1)
  })

  test('other late events are told', async () => {
    live()
    vi.advanceTimersByTime(5000)
    call('snapchat', ...pixels.snapchat.order())
    expect(await twins()).toHaveLength(1)
  })
})

describe('our own page view', () => {
  const own = () => postedEvents().filter(({ event, origin }) => event === 'page_view' && !origin)

  test('waits for the page’s own calls after it has loaded', async () => {
    pair({ auto: '1' })
    vi.advanceTimersByTime(299)
    expect(own()).toEqual([])
    vi.advanceTimersByTime(1001)
    await twins()
    expect(own()).toHaveLength(1)
    expect(own()[0]?.to).toBeUndefined()
  })

  test.each<[Name, number, boolean]>([
    ['meta', 2000, true],
    ['reddit', 2000, true],
    ['meta', 30_000, false],
  ])('a call of %s that comes %i ms after it takes its ID: %s', async (name, afterMs, isShared) => {
    pair({ auto: '1' })
    vi.advanceTimersByTime(1300)
    await twins()
    addStub(name)
    vi.advanceTimersByTime(afterMs)
    window.dispatchEvent(new Event('load'))
    call(name, ...pixels[name].view)
    const [late] = (await twins()).slice(-1)
    expect(late?.to).toEqual([name])
    expect(late?.event_id === own()[0]?.event_id).toBe(isShared)
  })

  test('is told at once when the page goes', () => {
    pair({ auto: '1' })
    leavePage()
    expect(posted.map(({ by, body }) => [by, body.events?.[0]?.event])).toEqual([['beacon', 'page_view']])
    vi.advanceTimersByTime(2000)
    expect(own()).toHaveLength(1)
  })

  test('waits until the page has loaded', async () => {
    Object.defineProperty(document, 'readyState', { configurable: true, value: 'interactive' })
    pair({ auto: '1' })
    window.dispatchEvent(new Event('DOMContentLoaded'))
    vi.advanceTimersByTime(60_000)
    expect(own()).toEqual([])
    Reflect.deleteProperty(document, 'readyState')
    window.dispatchEvent(new Event('load'))
    vi.advanceTimersByTime(300)
    await twins()
    expect(own()).toHaveLength(1)
  })

  test.each<[string, object, Name[], string[] | undefined]>([
    ['none', {}, [], undefined],
    ['one', {}, ['meta'], ['reddit', 'snapchat']],
    ['two', {}, ['meta', 'snapchat'], ['reddit']],
    ['one of the site’s two', { pixels: { meta: [], reddit: [] } }, ['meta'], ['reddit']],
  ])('the page told platforms of it, %s: ours is for the others', async (_what, config, told, to) => {
    for (const name of told) addStub(name)
    pair({ auto: '1', ...config })
    for (const name of told) call(name, ...pixels[name].view)
    vi.advanceTimersByTime(300)
    expect((await twins()).map((twin) => twin.to)).toEqual(told.map((name) => [name]))
    expect(own().map((view) => view.to)).toEqual([to])
  })

  test('the page told all of them: ours is not told, and the next one is', async () => {
    for (const name of names) addStub(name)
    const pixel = pair({ auto: '1' })
    for (const name of names) call(name, ...pixels[name].view)
    vi.advanceTimersByTime(300)
    expect(await twins()).toHaveLength(3)
    expect(own()).toEqual([])
    pixel.page()
    await twins()
    expect(own()).toHaveLength(1)
  })

  test('from the browser’s memory the page begins anew: what it told late stands for no later view', async () => {
    addStub('meta')
    pair({ auto: '1', features: [pairing, lifecycle] })
    vi.advanceTimersByTime(1300)
    await twins()
    expect(own()).toHaveLength(1)
    call('meta', ...pixels.meta.view)
    leavePage()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    vi.advanceTimersByTime(1300)
    await twins()
    expect(own().map(({ to }) => to)).toEqual([undefined, undefined])
  })

  test('a platform that was told is not fired either', async () => {
    addStub('meta')
    addStub('reddit')
    pair({ auto: '1', firePageview: '1', pixels: { meta: [], reddit: [] } })
    call('meta', ...pixels.meta.view)
    vi.advanceTimersByTime(300)
    await twins()
    expect([fnOf('meta').queue, fnOf('reddit').callQueue]).toMatchObject([{ length: 1 }, { length: 1 }])
  })

  test('with `ids` the page’s own calls do not stand for it', async () => {
    setGlobal('fbq', undefined)
    addStub('meta')
    pair({ auto: '1', pair: 'ids' })
    call('meta', ...pixels.meta.view)
    vi.advanceTimersByTime(300)
    await twins()
    expect(own().map(({ to }) => to)).toEqual([undefined])
  })

  const change = async (url: string, kind: 'pushState' | 'replaceState' = 'pushState') => {
    history[kind](null, '', url)
    vi.advanceTimersByTime(50)
    await settle()
  }
  const loading = (state: string): void =>
    void Object.defineProperty(document, 'readyState', { configurable: true, value: state })
  const loaded = () => {
    Reflect.deleteProperty(document, 'readyState')
    window.dispatchEvent(new Event('load'))
    vi.advanceTimersByTime(300)
  }
  const addresses = () => own().map(({ url, referrer }) => [url, referrer])

  test('is of the address that was opened, whatever the router does while the page loads', async () => {
    loading('interactive')
    pair({ auto: '1', features: [pairing, lifecycle] })
    vi.advanceTimersByTime(1000)
    await change('/b')
    loaded()
    await twins()
    expect(addresses()).toEqual([
      ['https://www.shop.com/', undefined],
      ['https://www.shop.com/b', 'https://www.shop.com/'],
    ])
  })

  test('a redirect while it waits gives it the new address', async () => {
    loading('interactive')
    pair({ auto: '1', features: [pairing, lifecycle] })
    await change('/b', 'replaceState')
    loaded()
    await twins()
    expect(addresses()).toEqual([['https://www.shop.com/b', undefined]])
  })

  test('a redirect after a view that the page told changes no view before it', async () => {
    addStub('meta')
    pair({ auto: '1', features: [pairing, lifecycle], pixels: { meta: [] } })
    vi.advanceTimersByTime(300)
    history.pushState(null, '', '/b')
    call('meta', ...pixels.meta.view)
    vi.advanceTimersByTime(10)
    await change('/c', 'replaceState')
    await twins()
    expect(addresses()).toEqual([['https://www.shop.com/', undefined]])
  })

  test('where the page told all of them of the first, the second is none', async () => {
    for (const name of names) addStub(name)
    const pixel = pair({ auto: '1', features: [pairing] })
    for (const name of names) call(name, ...pixels[name].view)
    vi.advanceTimersByTime(300)
    pixel.page()
    vi.advanceTimersByTime(1000)
    await twins()
    expect(own().map(({ fired }) => fired)).toEqual([{ meta: 'unmatched' }])
  })

  test('one that fires the platforms’ pixels waits for no picture', () => {
    loading('interactive')
    addStub('snapchat')
    pair({ auto: '1', firePageview: '1' })
    window.dispatchEvent(new Event('DOMContentLoaded'))
    vi.advanceTimersByTime(300)
    expect(fnOf('snapchat').queue).toMatchObject([['track', 'PAGE_VIEW', {}]])
    Reflect.deleteProperty(document, 'readyState')
  })

  test('a library of Snapchat’s that lives longer has sent a view of its own: it is left out of ours, not of the next', async () => {
    loading('loading')
    addStub('meta')
    addStub('snapchat')
    addLibrary('snapchat')
    const pixel = pair({ auto: '1', firePageview: '1' })
    vi.advanceTimersByTime(3001)
    loaded()
    pixel.page()
    await twins()
    expect(own().map(({ to }) => to)).toEqual([['meta', 'reddit'], undefined])
    expect(fnOf('meta').queue).toHaveLength(2)
  })

  test('one that has not come alive hears of it, however late', async () => {
    loading('loading')
    addStub('snapchat')
    pair({ auto: '1', firePageview: '1' })
    vi.advanceTimersByTime(5000)
    loaded()
    await twins()
    expect(fnOf('snapchat').queue).toMatchObject([['track', 'PAGE_VIEW', {}]])
  })

  test('while it waits, what the page tells of the next address stands for the next one', async () => {
    loading('interactive')
    for (const name of names) addStub(name)
    pair({ auto: '1', features: [pairing, lifecycle] })
    for (const name of names) call(name, ...pixels[name].view)
    history.pushState(null, '', '/b')
    for (const name of names) call(name, ...pixels[name].view)
    vi.advanceTimersByTime(10)
    loaded()
    expect((await twins()).map(({ url }) => url)).toEqual([
      ...names.map(() => 'https://www.shop.com/'),
      ...names.map(() => 'https://www.shop.com/b'),
    ])
    expect(own()).toEqual([])
  })

  test('a library of Snapchat’s that was live before us: the next address’s view is paired', async () => {
    addStub('snapchat')
    call('snapchat', ...pixels.snapchat.init)
    call('snapchat', ...pixels.snapchat.view)
    addLibrary('snapchat')
    letSnapSend()
    hits.length = 0
    pair({ auto: '0' })
    vi.advanceTimersByTime(4500)
    history.pushState(null, '', '/b')
    call('snapchat', ...pixels.snapchat.view)
    const told = await twins()
    expect(told.map(({ to, url }) => [to, url])).toEqual([[['snapchat'], 'https://www.shop.com/b']])
    expect(hits.map(({ id }) => id)).toEqual([told[0]?.event_id])
  })
})
