import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import inApp from '../../client/features/in-app.ts'
import metaCookies from '../../client/features/meta-cookies.ts'
import { closePage, newPage, postedEvents, setGlobal, settle, start } from './page.ts'

const facebook = (version: number): string =>
  `Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/${version}.0.0.0.145;]`
const instagram = (version: number): string =>
  `Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 Instagram ${version}.0.0.22.106 Android (34/14; 480dpi)`
const onPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/450.0;]'

/** What the page asked, and what an app on Android answers. */
const asked: string[] = []
let answer: { readonly status: number; readonly text: string } | 'error'

beforeEach(async () => {
  await newPage()
  asked.length = 0
  answer = { status: 200, text: 'APP-1' }
  vi.stubGlobal(
    'XMLHttpRequest',
    class {
      status = 0
      responseText = ''
      onload?: () => void
      open(method: string, address: string) {
        asked.push(`${method} ${address}`)
      }
      send() {
        setTimeout(() => {
          if (answer === 'error') return
          this.status = answer.status
          this.responseText = answer.text
          this.onload?.()
        })
      }
    },
  )
})
afterEach(() => {
  for (const name of ['userAgent', 'globalPrivacyControl']) Reflect.deleteProperty(navigator, name)
  history.replaceState(null, '', '/')
  closePage()
  setGlobal('webkit', undefined)
})

const setAgent = (value: string): void =>
  void Object.defineProperty(navigator, 'userAgent', { configurable: true, value })
const setHandler = (postMessage: (name: string) => unknown): void =>
  setGlobal('webkit', { messageHandlers: { browserProperties: { postMessage } } })
const land = (query = '', options: PixelConfig = {}) => {
  history.replaceState(null, '', `/${query}`)
  const pixel = start({ features: [inApp], ...options })
  vi.advanceTimersByTime(0)
  return pixel
}
/** What an event of this moment knows. */
async function clickOf(pixel: ReturnType<typeof land>) {
  await settle()
  vi.advanceTimersByTime(1)
  pixel.track('Lead')
  await settle()
  return postedEvents().at(-1)?.context?.click_ids?.fbclid
}
const question = 'GET properties://browser/clickID'

describe('who is asked on Android', () => {
  test.each<[string, string, string[]]>([
    ['Facebook 397', facebook(397), [question]],
    ['Facebook 396', facebook(396), []],
    ['Facebook 1000', facebook(1000), [question]],
    ['Instagram 264', instagram(264), [question]],
    ['Instagram 263', instagram(263), []],
    ['Facebook on a phone of Apple’s, which has another way', onPhone, []],
    ['Chrome', 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36', []],
    ['an app that only bears a version', 'Mozilla/5.0 (Linux; Android 14; wv) FBAV/500.0', []],
    ['nothing to go by', '', []],
  ])('%s', async (_name, agent, questions) => {
    setAgent(agent)
    const pixel = land()
    expect(asked).toEqual(questions)
    expect((await clickOf(pixel))?.value).toBe(questions[0] && 'APP-1')
  })
})

describe('the answer', () => {
  test('is a click of now, kept for the next page', async () => {
    setAgent(facebook(450))
    const at = Date.now() + 1
    expect(await clickOf(land())).toEqual({ value: 'APP-1', at })
    expect(decodeURIComponent(document.cookie)).toContain('"fbclid":["APP-1"')
  })

  test.each<[string, typeof answer, string | undefined]>([
    ['500 characters', { status: 200, text: 'a'.repeat(500) }, 'a'.repeat(500)],
    ['501 characters', { status: 200, text: 'a'.repeat(501) }, undefined],
    ['nothing', { status: 200, text: '' }, undefined],
    ['a semicolon', { status: 200, text: 'a;b' }, undefined],
    ['a space', { status: 200, text: 'a b' }, undefined],
    ['a refusal', { status: 404, text: 'gone' }, undefined],
    ['no status', { status: 0, text: 'APP-1' }, undefined],
    ['none at all', 'error', undefined],
  ])('%s', async (_name, said, value) => {
    answer = said
    setAgent(facebook(450))
    expect((await clickOf(land()))?.value).toBe(value)
  })

  test.each<[string, (name: string) => unknown, string | undefined]>([
    ['of iOS', () => Promise.resolve('IOS-1'), 'IOS-1'],
    ['of iOS, nothing', () => Promise.resolve(null), undefined],
    ['of iOS, an object', () => Promise.resolve({ clickID: 'x' }), undefined],
    ['of iOS, a refusal', () => Promise.reject(new Error('no')), undefined],
    ['of an older iOS, which answers nothing', () => undefined, undefined],
    [
      'of a handler that throws',
      () => {
        throw new Error('no')
      },
      undefined,
    ],
  ])('%s', async (_name, reply, value) => {
    const handler = vi.fn(reply)
    setHandler(handler)
    expect((await clickOf(land()))?.value).toBe(value)
    expect(handler.mock.calls).toEqual([['clickID']])
    expect(asked).toEqual([])
  })

  test('makes Meta’s cookie, where that is ours to make', async () => {
    setAgent(facebook(450))
    land('', { features: [metaCookies, inApp] })
    await settle()
    vi.advanceTimersByTime(1)
    expect(document.cookie).toMatch(/_fbc=fb\.1\.\d{13}\.APP-1/)
  })

  test('comes too late where the address has brought another', async () => {
    setAgent(facebook(450))
    const pixel = land()
    history.replaceState(null, '', '/?fbclid=C')
    pixel.kit?.readClicks()
    expect((await clickOf(pixel))?.value).toBe('C')
  })
})

describe('nobody is asked', () => {
  test.each<[string, string, () => void, PixelConfig]>([
    ['where the address has a click ID', '?fbclid=C', () => undefined, {}],
    [
      'where one is kept',
      '',
      () => {
        document.cookie = `_pp=${encodeURIComponent(JSON.stringify({ fbclid: ['K', Date.now()] }))};path=/`
      },
      {},
    ],
    [
      'where Meta’s cookie is there',
      '',
      () => {
        document.cookie = '_fbc=fb.1.1700000000000.K;path=/'
      },
      {},
    ],
    ['where the tag says so', '', () => undefined, { inApp: '0' }],
  ])('%s', (_name, query, prepare, options) => {
    setAgent(facebook(450))
    const handler = vi.fn()
    setHandler(handler)
    prepare()
    land(query, options)
    expect([asked, handler.mock.calls]).toEqual([[], []])
  })

  test('twice on a page', async () => {
    setAgent(facebook(450))
    answer = 'error'
    const pixel = land()
    for (let view = 0; view < 3; view++) {
      pixel.kit?.readClicks()
      await settle()
      vi.advanceTimersByTime(1)
    }
    expect(asked).toEqual([question])
  })

  test('before a yes, or after a no', async () => {
    setAgent(facebook(450))
    const features = [consent, inApp]
    const pixel = land('', { features })
    expect(asked).toEqual([])
    pixel.consent('granted')
    vi.advanceTimersByTime(0)
    expect(asked).toEqual([question])
    await settle()
    pixel.consent('denied')
    pixel.kit?.readClicks()
    vi.advanceTimersByTime(1)
    expect([asked, document.cookie]).toEqual([[question], ''])
  })

  test('an answer that comes after a no is forgotten', () => {
    setAgent(facebook(450))
    const pixel = start({ features: [consent, inApp] })
    pixel.consent('granted')
    expect(asked).toEqual([question])
    pixel.consent('denied')
    vi.advanceTimersByTime(1000)
    expect([pixel.kit?.knownClicks, document.cookie]).toEqual([{}, ''])
  })
})
