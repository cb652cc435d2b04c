import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import gpp from '../../client/features/gpp.ts'
import limited from '../../client/features/limited.ts'
import load from '../../client/features/load.ts'
import match from '../../client/features/match.ts'
import pairing from '../../client/features/pairing.ts'
import type { Feature } from '../../client/kit.ts'
import { setGlobal, settle, start } from './page.ts'
import { addLibrary, addStub, call, closePixelPage, fnOf, hitQueries, newPixelPage, pixels } from './stand-ins.ts'

const setGpc = (value: boolean): void =>
  void Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value })
beforeEach(newPixelPage)
afterEach(() => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  Reflect.deleteProperty(window, '__gpp')
  document.head.innerHTML = ''
  closePixelPage()
})

const email = 'ada@b.example'
const all: readonly Feature[] = [consent, pairing, match, limited]
const open = (features = all, config: PixelConfig = {}) =>
  start({ features, consent: 'wait', pixels: { meta: ['111'], reddit: ['a2_abc'], snapchat: [] }, ...config })
/** A tool that has an objection to tell when it is asked to. */
function addGpp(): () => void {
  let hear: ((event: unknown, isDone: boolean) => void) | undefined
  setGlobal('__gpp', (command: string, tell: typeof hear) => {
    if (command === 'addEventListener') hear = tell
  })
  const parsedSections = { usnat: { SaleOptOut: 1 } }
  return () => hear?.({ pingData: { signalStatus: 'ready', parsedSections } }, true)
}
/** Of each order at Reddit: what it says of limits, and of the visitor. */
const orders = () =>
  hitQueries.filter((query) => query.get('event') === 'Purchase').map((query) => [query.get('dpm'), query.has('em')])
const inits = () =>
  (fnOf('reddit').callQueue as ArrayLike<unknown>[]).map((one) => Array.from(one)).filter(([name]) => name === 'init')

describe('Reddit, told who the visitor is under limits', () => {
  test.each([
    ['ran before the answer', true],
    ['comes after the answer', false],
  ])('they stay where the library %s', async (_name, isEarly) => {
    setGpc(true)
    addStub('reddit')
    call('reddit', ...pixels.reddit.init, { aaid: 'x' })
    const pixel = open()
    await settle()
    if (isEarly) addLibrary('reddit')
    pixel.consent('granted')
    pixel.identify({ email })
    await settle()
    if (!isEarly) addLibrary('reddit')
    await settle()
    call('reddit', ...pixels.reddit.order('o1'))
    expect(orders()).toEqual([['LDU', true]])
  })

  test('a wish that comes while the library runs counts for the `init` that follows', async () => {
    addStub('reddit')
    call('reddit', ...pixels.reddit.init)
    const object = addGpp()
    const pixel = open([...all, gpp], { consent: 'none' })
    addLibrary('reddit')
    object()
    pixel.consent('granted')
    pixel.identify({ email })
    await settle()
    call('reddit', ...pixels.reddit.order('o1'))
    expect(orders()).toEqual([['LDU', true]])
  })

  test('without a wish, nothing is said of limits', async () => {
    addStub('reddit')
    call('reddit', ...pixels.reddit.init)
    const pixel = open()
    addLibrary('reddit')
    pixel.consent('granted')
    pixel.identify({ email })
    await settle()
    call('reddit', ...pixels.reddit.order('o1'))
    expect(orders()).toEqual([[null, true]])
  })

  test('a call of ours that limits were added to is still ours: a no takes it back', async () => {
    const object = addGpp()
    document.head.innerHTML = '<script type="text/plain" src="https://www.shop.com/p.js" data-pairpixel></script>'
    const pixel = open([consent, load, pairing, match, limited, gpp])
    pixel.identify({ email })
    pixel.consent('granted')
    await settle()
    expect(inits()).toEqual([['init', 'a2_abc', { email, useDecimalCurrencyValues: true }]])
    object()
    await settle()
    expect(inits()).toEqual([['init', 'a2_abc', { email, useDecimalCurrencyValues: true, dpm: 'LDU' }]])
    window.dispatchEvent(new Event('load'))
    pixel.consent('denied')
    await settle()
    expect(inits().at(-1)).toEqual(['init', 'a2_abc', { useDecimalCurrencyValues: true, dpm: 'LDU' }])
  })
})
