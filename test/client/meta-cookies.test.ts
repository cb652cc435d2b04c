import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent, { type ConsentOptions } from '../../client/features/consent.ts'
import metaCookies, { type MetaCookieOptions } from '../../client/features/meta-cookies.ts'
import pairing from '../../client/features/pairing.ts'
import { closePage, newPage, postedEvents, reloadPage, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  history.replaceState(null, '', '/')
  closePage()
})

const cookie = (name: string) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1]
const setCookie = (name: string, value: string) => {
  document.cookie = `${name}=${value};path=/;domain=shop.com`
}
const land = (query: string, options: PixelConfig & MetaCookieOptions & ConsentOptions = {}) => {
  history.replaceState(null, '', `/${query}`)
  return start({ features: [metaCookies], ...options })
}
const now = () => Date.now()

describe('_fbc', () => {
  test('for a click, with the time it was first seen', async () => {
    const at = now()
    land('?fbclid=AbC-1')
    expect(cookie('_fbc')).toBe(`fb.1.${at}.AbC-1`)
    vi.setSystemTime(at + 60_000)
    setCookie('_fbc', '')
    await reloadPage()
    land('?fbclid=AbC-1')
    expect(cookie('_fbc')).toBe(`fb.1.${at}.AbC-1`)
  })

  test('none without a click', () => {
    land('')
    expect(cookie('_fbc')).toBeUndefined()
  })

  test('the same click keeps the stored value, suffix and all', () => {
    setCookie('_fbc', 'fb.2.123.C.AQ')
    land('?fbclid=C')
    expect(cookie('_fbc')).toBe('fb.2.123.C.AQ')
  })

  test('another click replaces it and keeps its first number', () => {
    setCookie('_fbc', 'fb.2.123.old')
    land('?fbclid=new')
    expect(cookie('_fbc')).toBe(`fb.2.${now()}.new`)
  })

  test('an older click never replaces what Meta’s script noted since', async () => {
    land('?fbclid=old')
    setCookie('_fbc', 'fb.1.999.newer')
    await reloadPage()
    land('')
    expect(cookie('_fbc')).toBe('fb.1.999.newer')
  })

  test('a remembered click counts where there is none', async () => {
    const at = now()
    setGlobal('fbq', () => undefined)
    land('?fbclid=C')
    expect(cookie('_fbc')).toBeUndefined()
    vi.advanceTimersByTime(1)
    vi.setSystemTime(at + 1000)
    await reloadPage()
    land('')
    expect(cookie('_fbc')).toBe(`fb.1.${at}.C`)
  })

  test.each([
    ['of 500 characters', 500, true],
    ['of 501', 501, false],
  ])('a click ID %s', (_name, length, made) => {
    land(`?fbclid=${'x'.repeat(length)}`)
    expect(cookie('_fbc') !== undefined).toBe(made)
  })

  test('a click in an address that changes without loading', () => {
    let readAgain: (() => void) | undefined
    land('', { features: [metaCookies, (kit) => void (readAgain = () => kit.readClicks())] })
    expect(cookie('_fbc')).toBeUndefined()
    history.pushState(null, '', '/next?fbclid=spa')
    readAgain?.()
    expect(cookie('_fbc')).toBe(`fb.1.${now()}.spa`)
  })

  test('it leaves with the event of the same page', async () => {
    land('?fbclid=C').track('Lead')
    await settle()
    expect(postedEvents()[0]?.context?.cookies).toMatchObject({ _fbc: `fb.1.${now()}.C`, _fbp: cookie('_fbp') })
  })
})

describe('_fbp', () => {
  test('where there is none, and it stays', async () => {
    land('')
    const made = cookie('_fbp')
    expect(made).toMatch(new RegExp(`^fb\\.1\\.${now()}\\.\\d{1,18}$`))
    await reloadPage()
    land('')
    expect(cookie('_fbp')).toBe(made)
  })

  test('two browsers have two', async () => {
    land('')
    const first = cookie('_fbp')
    document.cookie = '_fbp=;path=/;domain=shop.com;max-age=0'
    await reloadPage()
    land('')
    expect(cookie('_fbp')).not.toBe(first)
  })

  test('Meta’s own stays', () => {
    setCookie('_fbp', 'fb.1.1.2')
    land('')
    expect(cookie('_fbp')).toBe('fb.1.1.2')
  })
})

describe('beside Meta’s pixel', () => {
  test('its cookies are waited for', () => {
    setGlobal('fbq', () => undefined)
    land('?fbclid=C')
    vi.advanceTimersByTime(1000)
    setCookie('_fbp', 'fb.1.1.2')
    setCookie('_fbc', 'fb.1.5.C')
    vi.advanceTimersByTime(5000)
    expect([cookie('_fbp'), cookie('_fbc')]).toEqual(['fb.1.1.2', 'fb.1.5.C'])
  })

  test('three seconds are enough', () => {
    setGlobal('fbq', () => undefined)
    land('?fbclid=C')
    vi.advanceTimersByTime(2999)
    expect([cookie('_fbp'), cookie('_fbc')]).toEqual([undefined, undefined])
    vi.advanceTimersByTime(1)
    expect([cookie('_fbp'), cookie('_fbc')]).toEqual([expect.stringMatching(/^fb\.1\./), expect.stringMatching(/C$/)])
  })
})

test('beside pairing alone, nothing is waited for', () => {
  land('?fbclid=C', { features: [pairing, metaCookies] })
  expect([cookie('_fbp'), cookie('_fbc')]).toEqual([expect.stringMatching(/^fb\.1\./), expect.stringMatching(/C$/)])
})

test('switched off, none is made', () => {
  land('?fbclid=C', { fbc: 'off' })
  expect([cookie('_fbp'), cookie('_fbc')]).toEqual([undefined, undefined])
})

describe('consent', () => {
  const features = [consent, metaCookies]

  test('nothing before it, the click of the landing page after it', () => {
    const pixel = land('?fbclid=C', { features })
    history.replaceState(null, '', '/')
    expect(document.cookie).not.toContain('_fb')
    pixel.consent?.('granted')
    expect([cookie('_fbp'), cookie('_fbc')]).toEqual([expect.stringMatching(/^fb/), expect.stringMatching(/C$/)])
  })

  test('withdrawn on a later page, ours go and Meta’s stay', async () => {
    land('?fbclid=C', { features }).consent?.('granted')
    await reloadPage()
    const pixel = land('', { features })
    pixel.consent?.('granted')
    setCookie('_fbp', 'fb.1.1.2')
    pixel.consent?.('denied')
    expect([cookie('_fbp'), cookie('_fbc')]).toEqual(['fb.1.1.2', undefined])
    expect(localStorage._ppm).toBeUndefined()
  })

  test.each<[string, ConsentOptions]>([
    ['nobody speaks', { consentFallback: 'denied' }],
    ['Global Privacy Control is a no', { gpc: 'block' }],
  ])('a later page where %s', async (_what, options) => {
    land('?fbclid=C', { features }).consent('granted')
    expect(document.cookie).toContain('_fbc')
    await reloadPage()
    Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: true })
    land('', { features, ...options })
    vi.advanceTimersByTime(5000)
    expect([document.cookie, Object.keys(localStorage)]).toEqual(['', []])
  })

  test('what an answer still under way renewed goes too', async () => {
    const pixel = land('?fbclid=C', { features })
    pixel.consent('granted')
    pixel.track('Lead')
    const renewed = document.cookie.split('; ').filter((line) => !line.startsWith('_ppd'))
    expect(renewed).toHaveLength(3)
    await Promise.resolve()
    pixel.consent('denied')
    expect(document.cookie).toBe('')
    for (const line of renewed) document.cookie = `${line};path=/;domain=shop.com`
    await settle()
    expect(document.cookie).toBe('')
  })

  test.each<[string, PropertyDescriptor]>([
    ['refused', { get: () => void JSON.parse('refused') }],
    ['full', { value: new Proxy({} as Storage, { set: () => false, get: () => undefined }) }],
  ])('a no takes ours away where storage is %s', async (_name, descriptor) => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')!
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, ...descriptor })
    try {
      const pixel = land('?fbclid=C', { features })
      pixel.consent('granted')
      expect([cookie('_fbc'), cookie('_fbp')]).toEqual([expect.any(String), expect.any(String)])
      pixel.consent('denied')
      await settle()
      expect(document.cookie).toBe('')
    } finally {
      Object.defineProperty(globalThis, 'localStorage', own)
    }
  })
})

test('where cookies are refused, nothing throws and events go', async () => {
  Object.defineProperty(document, 'cookie', {
    configurable: true,
    get() {
      throw new Error('refused')
    },
  })
  land('?fbclid=C').track('Lead', {}, { id: 'l1' })
  await settle()
  expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
})
