import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { snippet, stub } from '../../client/snippet.ts'
import { pixelFor, readBuiltPixel, type PixelCode } from '../../server/pixel-file.ts'
import type { Site, SiteInstance } from '../../server/site.ts'
import { usualFeatures } from '../../shared/pixel-features.ts'
import { settingsPlaceholder } from '../../shared/pixel-settings.ts'
import { addPlatforms, closePage, leavePage, openPage, posted, postedEvents, setGlobal, settle } from './page.ts'

const root = path.join(import.meta.dirname, '../..')
const maxBytes = 3000
/** With the features that a site gets unless it says otherwise, and its own settings. */
const servedBytes = 5820
/** What a collector with several sites serves beside: for a page that has two of them. */
const secondBytes = 160
let code = ''
let built: PixelCode

beforeAll(() => {
  execFileSync(process.execPath, ['.ci/build-browser.mjs'], { cwd: root })
  built = readBuiltPixel()
  code = built.core
})
beforeEach(() => {
  openPage('https://www.shop.com/?fbclid=C')
  setGlobal('pairpixel', undefined)
  document.head.innerHTML = ''
})
afterEach(closePage)

/** A script, and the task after it, in which the pixel begins. */
function run(script: string): void {
  ;(0, eval)(script)
  vi.advanceTimersByTime(0)
}
const addTag = (attributes: string): void => {
  document.head.innerHTML = `<script type="text/plain" ${attributes} data-pairpixel></script>`
}
const tag = 'src="https://www.shop.com/_p/p.js"'

const anInstance = (platform: SiteInstance['platform'], pixel_id: string): SiteInstance =>
  ({ name: platform, platform, pixel_id, enabled: true, dry_run: false }) as SiteInstance
const aSite = (key: string, instances: readonly SiteInstance[]): Site => ({
  key,
  origins: [],
  serverKeys: [],
  holdMs: {},
  instances,
})
const allThree = [
  anInstance('meta', '1234567890123456'),
  anInstance('reddit', 'a2_abcdefghijkl'),
  anInstance('snapchat', '12345678-1234-1234-1234-123456789012'),
]
const beside = { script: '/_p/p.js', events: '/_p/e' }

describe('the built script', () => {
  test('holds the placeholder once, as a text in quotes', () => {
    expect(code.split(settingsPlaceholder)).toHaveLength(2)
    expect(code).toMatch(new RegExp(`(["'\`])${settingsPlaceholder}\\1`))
  })

  test.each([
    '_pp',
    'event_id',
    'cookies',
    'screen',
    'click_ids',
    'firePageview',
    'currency',
    'order_id',
    'eventID',
    'conversionId',
    'client_dedup_id',
  ])('still says %s', (name) => {
    expect(code).toMatch(new RegExp(`\\b${name}\\b`))
  })

  test('is small', () => {
    expect(brotliCompressSync(code).length).toBeLessThanOrEqual(maxBytes)
  })

  test.each([
    ['for a page without a tag', ''],
    ['for a page whose tags are others', '<script type="text/plain" src="https://www.shop.com/x.js"></script>'],
  ])('%s, nothing starts and nothing throws', async (_name, head) => {
    document.head.innerHTML = head
    expect(() => run(code)).not.toThrow()
    expect(window.pairpixel).toBeUndefined()
    leavePage()
    await settle()
    expect(posted).toEqual([])
    expect(document.cookie).toBe('')
  })

  test('without settings, attributes are enough', async () => {
    const { fbq } = addPlatforms()
    addTag(`${tag} data-key="tag" data-endpoint="/collect" data-fire-pageview="1" data-wait="0"`)
    run(code)
    leavePage()
    await settle()
    expect(posted.map(({ url, body }) => [url, body.site])).toEqual([['https://www.shop.com/collect', 'tag']])
    expect(postedEvents().map(({ event, context }) => [event, context?.click_ids?.fbclid?.value])).toEqual([
      ['page_view', 'C'],
    ])
    expect(fbq.mock.calls).toEqual([['track', 'PageView', {}, { eventID: postedEvents()[0]?.event_id }]])
  })

  test('`set` goes before attributes, and early calls before the page view', async () => {
    addTag(`${tag} data-key="tag"`)
    run(stub)
    window.pairpixel?.('set', { key: 'said', auto: false })
    window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
    run(code)
    vi.advanceTimersByTime(0)
    await settle()
    expect(posted.map(({ body }) => body.site)).toEqual(['said'])
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  })

  test('loaded twice, it counts once', () => {
    addTag(tag)
    run(code)
    const first = window.pairpixel
    expect(first).toBeTypeOf('function')
    run(code)
    expect(window.pairpixel).toBe(first)
    leavePage()
    expect(postedEvents().map(({ event }) => event)).toEqual(['page_view'])
  })
})

describe('as a collector serves it', () => {
  test.each<[string, Site['pixel'], string]>([
    ['of Meta alone, as a rule', {}, 'reddit:[],snapchat:[]'],
    [
      'of all, to load their pixels',
      { load: true },
      'reddit:["a2_abcdefghijkl"],snapchat:["12345678-1234-1234-1234-123456789012"]',
    ],
    [
      'of all, to tell them who the visitor is',
      { match: true },
      'reddit:["a2_abcdefghijkl"],snapchat:["12345678-1234-1234-1234-123456789012"]',
    ],
  ])('it names the pixels %s', (_name, pixel, others) => {
    const { plain } = pixelFor(built, { ...aSite('shop', allThree), pixel }, true, beside)
    expect(plain.toString()).toContain(`pixels:{meta:["1234567890123456"],${others}}`)
  })

  test.each<[string, string, boolean, string]>([
    ['the only site', 'default', true, '/_p/e'],
    ['one of several', 'shop', false, '/_p/e'],
    ['one of several, with a path of its own', 'my-shop', false, '/collect'],
  ])('%s: small, and it pairs', async (_name, key, isOnlySite, events) => {
    const { plain, br } = pixelFor(built, aSite(key, allThree), isOnlySite, { ...beside, events })
    expect(br.length).toBeLessThanOrEqual(servedBytes + (isOnlySite ? 0 : secondBytes))
    const { fbq, rdt, snaptr } = addPlatforms()
    addTag(tag)
    run(plain.toString())
    window.pairpixel?.('track', 'Purchase', { value: 5, currency: 'EUR', order_id: key })
    await settle()
    expect(posted.map(({ url, body }) => [url, body.site])).toEqual([
      [`https://www.shop.com${events}`, isOnlySite ? undefined : key],
    ])
    const all = (state: string) => ({ meta: state, reddit: state, snapchat: state })
    expect(postedEvents().map(({ event, fired }) => [event, fired])).toEqual([['purchase', all('called')]])
    // The page's own page view would be the first one: ours waits for it.
    leavePage()
    await settle()
    expect(
      postedEvents()
        .slice(1)
        .map(({ event, fired }) => [event, fired]),
    ).toEqual([['page_view', all('unmatched')]])
    expect(fbq.mock.calls).toEqual([
      ['trackSingle', '1234567890123456', 'Purchase', { value: 5, currency: 'EUR' }, { eventID: key }],
    ])
    expect(rdt.mock.calls).toEqual([['track', 'Purchase', { value: 5, currency: 'EUR', conversionId: key }]])
    expect(snaptr.mock.calls).toEqual([
      ['track', 'PURCHASE', { price: 5, currency: 'EUR', transaction_id: key, client_dedup_id: key }],
    ])
  })

  test('platforms that the site has not are left alone', async () => {
    const { fbq, rdt, snaptr } = addPlatforms()
    addTag(`${tag} data-auto="0"`)
    run(pixelFor(built, aSite('shop', allThree.slice(0, 1)), true, beside).plain.toString())
    window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
    await settle()
    expect([fbq, rdt, snaptr].map((fn) => fn.mock.calls.length)).toEqual([1, 0, 0])
    expect(postedEvents()[0]?.fired).toEqual({ meta: 'called' })
  })

  test('attributes go before what is served', async () => {
    addTag(`${tag} data-key="tag" data-endpoint="/mine" data-auto="0"`)
    run(pixelFor(built, aSite('shop', allThree), false, { ...beside, events: '/collect' }).plain.toString())
    window.pairpixel?.track('Lead')
    await settle()
    expect(posted.map(({ url, body }) => [url, body.site])).toEqual([['https://www.shop.com/mine', 'tag']])
    expect(postedEvents()).toHaveLength(1)
  })
})

describe('in a frame', () => {
  const otherSite = {
    get document(): never {
      throw new DOMException('Blocked a frame', 'SecurityError')
    },
  }
  test.each<[string, string, object, number]>([
    ['of a page of another site: nothing', '', otherSite, 0],
    ['of such a page, where the site wants it', 'data-frames="1"', otherSite, 1],
    ['of a page of the same origin', '', { document: {} }, 1],
  ])('%s is kept, fired or sent', async (_name, attributes, top, count) => {
    const { fbq } = addPlatforms()
    for (const script of [code, built.usual]) {
      setGlobal('pairpixel', undefined)
      addTag(`${tag} ${attributes} data-auto="0"`)
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the script, with another `top`
      ;(new Function('top', script) as (top: object) => void)(top)
      window.pairpixel?.track('Lead')
      await settle()
      vi.advanceTimersByTime(5000)
      leavePage()
      expect([posted.length, fbq.mock.calls.length, document.cookie !== '']).toEqual([count, count, count > 0])
      fbq.mockClear()
      posted.length = 0
    }
  })
})

test('the usual features are those of the list', async () => {
  const named = await Promise.all(
    // The module has no tag beside which the overlay could lie.
    usualFeatures
      .filter((name) => name !== 'debug')
      .map(async (name) => {
        const { default: feature } = (await import(`../../client/features/${name}.ts`)) as { default: unknown }
        return feature
      }),
  )
  expect((await import('../../client/usual.ts')).usual).toEqual(named)
})

test('the module starts the same pixel', async () => {
  vi.resetModules()
  const module = (await import(
    /* @vite-ignore */ path.join(root, 'dist/client/index.mjs')
  )) as typeof import('../../client/module.ts')
  expect(Object.keys(module)).toEqual(['createPixel'])
  const settings = { key: 'bundled', endpoint: '/e', auto: false }
  const pixel = module.createPixel(settings)
  vi.advanceTimersByTime(0)
  expect(window.pairpixel).toBe(pixel)
  expect(module.createPixel({ key: 'again', endpoint: '/again' })).toBe(pixel)
  pixel.track('Lead')
  await settle()
  expect(posted.map(({ url, body }) => [url, body.site])).toEqual([['https://www.shop.com/e', 'bundled']])
  pixel.set({ key: 'later' })
  expect(settings.key).toBe('bundled')
})

test('the pasted lines name the script, with nothing to break out of the attribute', () => {
  expect(snippet('/_p/p.js?site="><b&x=1').split('\n')).toEqual([
    `<script>${stub}</script>`,
    '<script async src="/_p/p.js?site=&#34;&#62;&#60;b&#38;x=1" data-pairpixel></script>',
  ])
})

test('the pasted stub keeps a pixel that is there', () => {
  addTag(`${tag} data-auto="0"`)
  run(code)
  const first = window.pairpixel
  run(stub)
  expect(window.pairpixel).toBe(first)
})
