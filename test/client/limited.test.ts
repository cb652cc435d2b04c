import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import limited from '../../client/features/limited.ts'
import pairing from '../../client/features/pairing.ts'
import retry from '../../client/features/retry.ts'
import secondSite from '../../client/features/second-site.ts'
import type { Feature } from '../../client/kit.ts'
import joinSecond from '../../client/second.ts'
import { posted, postedEvents, settle, start } from './page.ts'
import {
  addLibrary,
  addStub,
  call,
  closePixelPage,
  fnOf,
  hitQueries,
  hits,
  newPixelPage,
  pixels,
  type Name,
} from './stand-ins.ts'

const setGpc = (value: boolean): void =>
  void Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value })
beforeEach(newPixelPage)
afterEach(() => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  document.head.innerHTML = ''
  closePixelPage()
})

const usual: readonly Feature[] = [consent, pairing, retry, limited]
const open = (config: PixelConfig = {}, features = usual) =>
  start({ features, consent: 'wait', pixels: { meta: [], reddit: [], snapchat: [] }, ...config })
/** What waits for a library, as plain lists. */
const waiting = (name: Name): unknown[][] =>
  (fnOf(name)[pixels[name].queue] as ArrayLike<unknown>[]).map((one) => Array.from(one))
/** A base snippet: function, `init`, page view, and the element of the library. */
const paste = (name: Name, ...options: unknown[]): void => {
  addStub(name)
  call(name, ...pixels[name].init, ...options)
  call(name, ...pixels[name].view)
  document.head.append(document.createElement('meta'))
}
const run = async (...names: Name[]): Promise<void> => {
  // A library comes in a task of its own.
  await settle()
  for (const name of names) {
    addLibrary(name)
    await settle()
  }
}
/** Of each hit: what it says of limits. */
const limitsOfHits = () =>
  hitQueries.map((query) => ['dpo', 'dpoco', 'dpost', 'dpm', 'dpcc'].flatMap((name) => query.get(name) ?? []))
const ldu = ['dataProcessingOptions', ['LDU'], 0, 0]
const full = [['LDU', '0', '0'], ['LDU']]

describe('limits reach the platforms’ pixels', () => {
  const wishes: readonly (readonly [string, () => unknown])[] = [
    ['the browser wishes for them', () => setGpc(true)],
    ['the visitor does', () => window.pairpixel?.('consent', 'granted', { limited: true })],
  ]
  const orders: readonly (readonly [string, readonly ('stubs' | 'pixel' | 'wish')[]])[] = [
    ['snippets first', ['stubs', 'pixel', 'wish']],
    ['the pixel first', ['pixel', 'stubs', 'wish']],
    ['the wish first', ['pixel', 'wish', 'stubs']],
  ]
  for (const [who, wish] of wishes)
    test.each(orders)(`${who}; %s`, async (_what, order) => {
      if (who.includes('browser')) wish()
      for (const step of order) {
        if (step === 'stubs') {
          paste('meta')
          paste('reddit')
        } else if (step === 'pixel') open()
        else if (!who.includes('browser')) wish()
        await settle()
      }
      await run('meta', 'reddit')
      expect(limitsOfHits()).toEqual(full)
      // Pairing has its word in the same places.
      expect(hits.map(({ id }) => id.length > 0)).toEqual([true, true])
    })

  test('without pairing too', async () => {
    setGpc(true)
    paste('meta')
    open({}, [consent, limited])
    paste('reddit')
    await run('meta', 'reddit')
    expect(limitsOfHits()).toEqual(full)
  })

  test('the page’s own lock does not hold the word back', async () => {
    setGpc(true)
    addStub('meta')
    call('meta', 'consent', 'revoke')
    call('meta', ...pixels.meta.init)
    open()
    call('meta', ...pixels.meta.view)
    call('meta', 'consent', 'grant')
    await run('meta')
    expect(limitsOfHits()).toEqual([full[0]])
  })

  test('an `init` that comes only later', async () => {
    setGpc(true)
    for (const name of ['meta', 'reddit'] as const) addStub(name)
    open()
    for (const name of ['meta', 'reddit'] as const) {
      call(name, ...pixels[name].init)
      call(name, ...pixels[name].view)
    }
    await run('meta', 'reddit')
    expect(limitsOfHits()).toEqual(full)
  })

  test('what a snippet gives Reddit stays, and its object is its own', async () => {
    setGpc(true)
    const options = { dpcc: 'US', useDecimalCurrencyValues: true }
    paste('reddit', options)
    open()
    await run('reddit')
    expect([options, limitsOfHits()]).toEqual([{ dpcc: 'US', useDecimalCurrencyValues: true }, [['LDU', 'US']]])
  })

  test.each<[string, () => unknown, PixelConfig]>([
    ['nobody wishes for them', () => undefined, {}],
    ['the signal is ignored', () => setGpc(true), { gpc: 'ignore' }],
    ['the site has other platforms', () => setGpc(true), { pixels: { snapchat: [] } }],
  ])('not where %s', (_what, begin, config) => {
    begin()
    for (const name of ['meta', 'reddit', 'snapchat'] as const) paste(name)
    const before = waiting('snapchat')
    open(config).consent('granted', config.gpc ? {} : undefined)
    paste('meta')
    expect(JSON.stringify([waiting('meta'), waiting('reddit')])).not.toContain('LDU')
    expect(before).toHaveLength(2)
  })

  test('Snapchat’s calls stay as they are', async () => {
    setGpc(true)
    addStub('snapchat')
    call('snapchat', ...pixels.snapchat.init)
    open()
    await settle()
    expect(waiting('snapchat')).toEqual([pixels.snapchat.init])
  })

  test('a library that runs is left alone', async () => {
    paste('meta')
    await run('meta')
    const pixel = open()
    pixel.consent('granted', { limited: true })
    await settle()
    call('meta', 'track', 'Lead')
    expect(limitsOfHits()).toEqual([[], []])
    vi.advanceTimersByTime(1000)
    await settle()
    expect(postedEvents().map(({ event, consent: said }) => [event, said?.limited])).toEqual([['generate_lead', true]])
  })

  test('a full yes that follows at once takes the wish back; one that comes later leaves the pixel as it is', async () => {
    paste('meta')
    const pixel = open()
    pixel.consent('granted', { limited: true })
    pixel.consent('granted')
    await settle()
    expect(JSON.stringify(waiting('meta'))).not.toContain('LDU')
    pixel.consent('granted', { limited: true })
    await settle()
    pixel.consent('granted')
    await settle()
    expect(waiting('meta').filter(([command]) => command === 'dataProcessingOptions')).toEqual([ldu])
  })
})

describe('a no goes before a pixel begins', () => {
  test.each<[string, PixelConfig, () => void]>([
    ['it is said', {}, () => window.pairpixel?.('consent', 'denied')],
    ['the browser’s signal is one', { gpc: 'block' }, () => undefined],
    ['nobody has spoken', { consentFallback: 'denied' }, () => void vi.advanceTimersByTime(5000)],
  ])('%s', async (_what, config, say) => {
    setGpc(Boolean(config.gpc))
    paste('meta')
    open(config)
    say()
    paste('reddit')
    await run('meta', 'reddit')
    // Meta's library holds all; Reddit's has no way to: it makes no cookie.
    expect(hits.map(({ name }) => name)).toEqual(['reddit'])
    expect(document.cookie).not.toContain('_rdt_uuid')
    window.pairpixel?.('consent', 'granted')
    await settle()
    expect(hits.map(({ name }) => name)).toEqual(config.gpc ? ['reddit'] : ['reddit', 'meta'])
  })

  test('a yes taken back before the library runs', async () => {
    paste('meta')
    const pixel = open()
    pixel.consent('granted')
    pixel.consent('denied')
    call('meta', 'track', 'Lead')
    await run('meta')
    expect(hits).toEqual([])
  })

  test('with limits beside it: both count once it is a yes', async () => {
    setGpc(true)
    paste('meta')
    const pixel = open()
    pixel.consent('denied')
    await run('meta')
    expect(hits).toEqual([])
    pixel.consent('granted')
    expect(limitsOfHits()).toEqual([full[0]])
  })
})

describe('on the events', () => {
  test('a site that asks nobody: the wish is there as well, and in what is kept for later', async () => {
    setGpc(true)
    vi.stubGlobal('fetch', () => Promise.resolve(undefined))
    const pixel = open({ consent: 'none' }, [retry, limited])
    pixel.track('Lead')
    await settle()
    expect(JSON.parse(localStorage._ppq as string)).toMatchObject([{ consent: { source: 'gpc', limited: true } }])
  })

  test('as things stand when it leaves', async () => {
    const pixel = open()
    pixel.consent('granted')
    pixel.page()
    pixel.consent('granted', { limited: true })
    await settle()
    vi.advanceTimersByTime(1000)
    expect(postedEvents().map((event) => event.consent)).toEqual([{ state: 'granted', limited: true, source: 'api' }])
  })

  test('no word of the page takes the browser’s wish back', async () => {
    setGpc(true)
    const pixel = open()
    pixel.consent('granted', { source: 'gpc' })
    pixel.track('Lead')
    await settle()
    expect(postedEvents()[0]?.consent?.limited).toBe(true)
  })
})

test('two sites on one page say it once, and each to its own collector', async () => {
  setGpc(true)
  paste('meta')
  paste('reddit')
  const config = { pixels: { meta: [], reddit: [] }, features: usual, consent: 'wait' }
  start({ ...config, second: secondSite })
  start({ ...config, key: 'other', second: (kit, _base, features, pixel) => joinSecond(pixel!, kit, features) })
  window.pairpixel?.('consent', 'granted')
  await settle()
  expect(waiting('meta').filter(([command]) => command === 'dataProcessingOptions')).toEqual([ldu])
  await run('meta', 'reddit')
  expect(limitsOfHits()).toEqual(full)
  window.pairpixel?.('track', 'Lead')
  await settle()
  expect(
    posted.flatMap(({ body }) =>
      (body.events ?? []).map(({ event, consent: said }) => [body.site, event, said?.limited]),
    ),
  ).toEqual(
    expect.arrayContaining([
      ['shop', 'generate_lead', true],
      ['other', 'generate_lead', true],
    ]),
  )
})
