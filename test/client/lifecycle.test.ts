import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import lifecycle from '../../client/features/lifecycle.ts'
import type { Feature } from '../../client/kit.ts'
import {
  addPlatforms,
  closePage,
  leavePage,
  newPage,
  openPage,
  posted,
  postedEvents,
  setDocument,
  settle,
  start,
} from './page.ts'

const calls = history as unknown as Record<string, (...args: unknown[]) => unknown>
const natural = { pushState: calls.pushState!, replaceState: calls.replaceState! }
beforeEach(newPage)
afterEach(() => {
  Object.assign(history, natural)
  Reflect.deleteProperty(document, 'prerendering')
  closePage()
})

const begin = (config: PixelConfig = {}) => start({ auto: '1', features: [lifecycle], ...config })
/** What has been told of by now: path and query, and where the view came from. */
const views = (): [string, string | undefined][] => {
  vi.advanceTimersByTime(1000)
  leavePage()
  return postedEvents().map(({ url, referrer }) => [url.replace('https://www.shop.com', ''), referrer])
}
const paths = () => views().map(([path]) => path)
const show = (hidden: boolean) => {
  setDocument('hidden', hidden)
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
}
const restore = (persisted: boolean) => void window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))

type Change = (kind: 'push' | 'replace' | 'traverse' | null, url?: string) => void
/** A browser that has the Navigation API, or has not; either changes the address the same way. */
const browsers: [string, () => Change][] = [
  [
    'with the Navigation API',
    () => {
      const navigation = Object.assign(new EventTarget(), { oncurrententrychange: null })
      vi.stubGlobal('navigation', navigation)
      return (kind, url) => {
        const name = kind === 'push' ? 'pushState' : 'replaceState'
        natural[name].call(history, null, '', url)
        navigation.dispatchEvent(Object.assign(new Event('currententrychange'), { navigationType: kind }))
      }
    },
  ],
  [
    'without it',
    () => (kind, url) => {
      if (kind === 'push') history.pushState(null, '', url)
      else if (kind === 'replace' || !kind) history.replaceState(null, '', url)
      else {
        natural.replaceState.call(history, null, '', url)
        window.dispatchEvent(new Event('popstate'))
        window.dispatchEvent(new Event('hashchange'))
      }
    },
  ],
]

describe.each(browsers)('%s', (_name, prepare) => {
  let change: Change
  const waits = (ms: number) => void vi.advanceTimersByTime(ms)
  beforeEach(() => (change = prepare()))

  test.each<[string, () => void, string[]]>([
    ['another path', () => change('push', '/a'), ['/', '/a']],
    ['another query', () => change('push', '/?a=1'), ['/', '/?a=1']],
    ['back', () => change('traverse', '/a'), ['/', '/a']],
    ['another hash alone', () => change('push', '/#a'), ['/']],
    ['the same address', () => change('push', '/'), ['/']],
    ['new state alone', () => change('replace'), ['/']],
    ['an entry that was only updated', () => change(null), ['/']],
    [
      'two in one task, where they end',
      () => {
        change('push', '/a')
        change('push', '/b')
      },
      ['/', '/b'],
    ],
    [
      'there and back in one task',
      () => {
        change('push', '/a')
        change('push', '/')
      },
      ['/'],
    ],
    [
      'one after the other, however soon',
      () => {
        change('push', '/a')
        waits(50)
        change('push', '/b')
      },
      ['/', '/a', '/b'],
    ],
  ])('a view: %s', (_case, act, expected) => {
    begin()
    waits(500)
    act()
    expect(paths()).toEqual(expected)
  })

  test.each([
    [99, ['/', '/b']],
    [100, ['/', '/a', '/b']],
    [101, ['/', '/a', '/b']],
  ])('replaced %i ms after a push', (ms, expected) => {
    begin()
    waits(500)
    change('push', '/a')
    waits(ms)
    change('replace', '/b')
    expect(paths()).toEqual(expected)
  })

  test('new state alone, just before, hides no replaced address', () => {
    begin()
    waits(500)
    change('replace')
    waits(50)
    change('replace', '/b')
    expect(paths()).toEqual(['/', '/b'])
  })

  test.each<[string, PixelConfig, string[]]>([
    ['attribute', { hashRoutes: '1' }, ['/', '/#a']],
    ['number', { hashRoutes: 1 }, ['/', '/#a']],
    ['off', { hashRoutes: '0' }, ['/']],
  ])('hash routes: %s', (_case, config, expected) => {
    begin(config)
    waits(500)
    change('push', '/#a')
    expect(paths()).toEqual(expected)
  })

  test('the referrer is the address before, for what follows a view too', async () => {
    setDocument('referrer', 'https://news.example/')
    const pixel = begin()
    waits(500)
    change('push', '/a#part')
    waits(50)
    change('replace', '/b')
    waits(500)
    change('push', '/c')
    waits(1)
    pixel.track('Lead')
    await settle()
    expect(views()).toEqual([
      ['/', 'https://news.example/'],
      ['/b', 'https://www.shop.com/'],
      ['/c', 'https://www.shop.com/b'],
      ['/c', 'https://www.shop.com/b'],
    ])
  })

  test('click IDs are read before the router takes them away', () => {
    begin()
    waits(500)
    change('push', '/a?fbclid=F')
    change('replace', '/a')
    views()
    expect(postedEvents()[1]).toMatchObject({
      url: 'https://www.shop.com/a',
      context: { click_ids: { fbclid: { value: 'F' } } },
    })
  })

  test('no automatic views where they are off; those by hand know where they came from', () => {
    const pixel = begin({ auto: '0' })
    waits(500)
    change('push', '/a')
    waits(500)
    restore(true)
    pixel.page()
    expect(views()).toEqual([['/a', 'https://www.shop.com/']])
  })
})

describe('one way of noticing only', () => {
  test('the history stays as it is beside the Navigation API', () => {
    browsers[0]?.[1]()
    begin()
    expect(calls.pushState).toBe(natural.pushState)
    expect(calls.replaceState).toBe(natural.replaceState)
  })

  test('an element called `navigation` is no such thing', () => {
    vi.stubGlobal('navigation', document.createElement('nav'))
    begin()
    history.pushState(null, '', '/a')
    expect(paths()).toEqual(['/', '/a'])
  })

  test('the wrapped call answers and throws as before, with the history it was called on', () => {
    const pushState = vi.fn(() => 7)
    Object.assign(history, { pushState })
    begin()
    expect(history.pushState(1, '', '/a')).toBe(7)
    expect(pushState.mock.calls).toEqual([[1, '', '/a']])
    expect(pushState.mock.contexts).toEqual([history])
    pushState.mockImplementation(() => {
      throw new Error('theirs')
    })
    expect(() => history.pushState(1, '', '/a')).toThrow('theirs')
  })
})

describe('a page that was opened hidden', () => {
  test('has its first view when it is seen, of the address it has by then', () => {
    setDocument('hidden', true)
    setDocument('referrer', 'https://news.example/')
    begin()
    vi.advanceTimersByTime(60_000)
    history.replaceState(null, '', '/b')
    vi.advanceTimersByTime(60_000)
    const seenAt = Date.now()
    show(false)
    expect(views()).toEqual([['/b', 'https://news.example/']])
    expect(postedEvents()[0]?.event_time).toBe(seenAt)
    show(true)
    show(false)
    expect(paths()).toEqual(['/b'])
  })

  test('that nobody sees tells of nothing', () => {
    setDocument('hidden', true)
    begin()
    expect(paths()).toEqual([])
  })

  test('later it may change its address hidden', () => {
    begin()
    vi.advanceTimersByTime(500)
    show(true)
    history.pushState(null, '', '/a')
    expect(paths()).toEqual(['/', '/a'])
  })
})

describe('a page from the browser’s memory', () => {
  test('is one new view with an ID of its own', () => {
    begin()
    leavePage()
    restore(true)
    expect(paths()).toEqual(['/', '/'])
    expect(new Set(postedEvents().map(({ event_id }) => event_id)).size).toBe(2)
  })

  test('a page that is shown for the first time is none', () => {
    begin()
    restore(false)
    expect(paths()).toEqual(['/'])
  })

  test('may go there: nothing listens to the end of the page', () => {
    begin()
    const types = [window, document].flatMap((target: EventTarget) =>
      (Reflect.get(target, 'addEventListener') as Mock<typeof addEventListener>).mock.calls.map(([type]) => type),
    )
    expect(types).toContain('pageshow')
    expect(types).not.toContain('unload')
    expect(types).not.toContain('beforeunload')
    expect(['onunload', 'onbeforeunload'].map((name): unknown => Reflect.get(window, name))).toEqual([null, null])
  })
})

test('a page that is rendered ahead stores and sends when it is shown, and never if it is not', async () => {
  openPage('https://www.shop.com/?fbclid=F')
  setDocument('hidden', true)
  Object.defineProperty(document, 'prerendering', { configurable: true, value: true })
  begin().track('Lead', {}, { id: 'l1' })
  await settle()
  vi.advanceTimersByTime(60_000)
  leavePage()
  expect([posted, document.cookie, localStorage.length]).toEqual([[], '', 0])
  const shownAt = Date.now()
  Object.defineProperty(document, 'prerendering', { configurable: true, value: false })
  document.dispatchEvent(new Event('prerenderingchange'))
  show(false)
  await settle()
  leavePage()
  expect(postedEvents().map(({ event, event_time }) => [event, event_time])).toEqual([
    ['generate_lead', shownAt - 60_000],
    ['page_view', shownAt],
  ])
  expect(postedEvents()[1]?.context?.click_ids).toMatchObject({ fbclid: { value: 'F' } })
})

describe('a visit that shall not count', () => {
  const quiet = async () => {
    const { fbq } = addPlatforms()
    const pixel = begin({ firePageview: '1', pixels: { meta: [] } })
    pixel.track('Lead')
    vi.advanceTimersByTime(5000)
    leavePage()
    await settle()
    return [posted, fbq.mock.calls, document.cookie]
  }
  test('by the owner’s mark in the browser', async () => {
    localStorage.pairpixel_ignore = '1'
    expect(await quiet()).toEqual([[], [], ''])
  })
  test('of a page that is no site’s', async () => {
    const dom = (globalThis as unknown as { jsdom: { reconfigure(settings: { url: string }): void } }).jsdom
    dom.reconfigure({ url: 'file:///shop.html' })
    expect(await quiet()).toEqual([[], [], ''])
    dom.reconfigure({ url: 'https://www.shop.com/' })
  })
  test('nor for a second site’s script, which has no beginning of its own', async () => {
    localStorage.pairpixel_ignore = '1'
    const second: Feature = (kit) => void (kit.isSecond = true)
    start({ auto: '0', features: [second, lifecycle] }).track('Lead')
    leavePage()
    await settle()
    expect(posted).toEqual([])
  })
  test('any other mark is none', async () => {
    localStorage.pairpixel_ignore = '0'
    expect((await quiet())[0]).not.toEqual([])
  })
})

test('a page rendered ahead holds a second site back too, which hears nothing else of the page', async () => {
  Object.defineProperty(document, 'prerendering', { configurable: true, value: true })
  const second: Feature = (kit) => void (kit.isSecond = true)
  const pixel = start({ auto: '0', features: [second, lifecycle] })
  pixel.track('Lead')
  await settle()
  expect(posted).toEqual([])
  document.dispatchEvent(new Event('prerenderingchange'))
  await settle()
  expect(postedEvents().map(({ event }) => event)).toEqual(['generate_lead'])
})
