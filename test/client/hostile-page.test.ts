import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closePage, openPage, posted, postedEvents, resourceLoaded, setGlobal, settle, start } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

describe('a hostile page', () => {
  test.each<[string, () => void]>([
    [
      'cookies throw',
      () => {
        const refuse = () => {
          throw new Error('sandboxed')
        }
        Object.defineProperty(document, 'cookie', { configurable: true, get: refuse, set: refuse })
      },
    ],
    [
      'storage throws',
      () =>
        vi.stubGlobal(
          'localStorage',
          new Proxy(
            {},
            {
              get: () => {
                throw new Error('denied')
              },
            },
          ),
        ),
    ],
    [
      'storage holds junk',
      () => {
        for (const key of ['_pp', '_ppo']) localStorage.setItem(key, '{"fbclid":7,')
      },
    ],
    [
      'the cookie holds junk',
      () => {
        document.cookie = '_pp=%E0%A4%A;path=/'
      },
    ],
    ['no crypto.subtle', () => vi.stubGlobal('crypto', { getRandomValues: <T>(bytes: T) => bytes })],
    ['no PerformanceObserver', () => vi.stubGlobal('PerformanceObserver', undefined)],
    [
      'fetch rejects',
      () =>
        vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
          posted.push({ url, by: 'fetch', text: '', body: JSON.parse(init.body as string) as never })
          return Promise.reject(new TypeError('blocked'))
        }),
    ],
  ])('%s: the click and the event are posted all the same', async (_name, break_) => {
    openPage('https://www.shop.com/?rdt_cid=A')
    break_()
    const loud = vi.fn()
    process.on('unhandledRejection', loud)
    setGlobal('rdt', vi.fn())
    const pixel = start({ pixels: { reddit: [] } })
    expect(pixel.track('purchase', { value: 1 }, { id: 'o1' })).toBe('o1')
    resourceLoaded(`https://alb.reddit.com/rp.gif?event=Purchase&m.conversionId=${'0'.repeat(64)}`)
    await settle()
    expect(postedEvents()[0]).toMatchObject({
      event_id: 'o1',
      context: { click_ids: { rdt_cid: { value: 'A' } } },
      fired: { reddit: 'called' },
    })
    expect(loud).not.toHaveBeenCalled()
    process.off('unhandledRejection', loud)
  })
})
