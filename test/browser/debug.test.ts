import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDemo, type Demo } from '../../server/demo/demo.ts'
import { run, type Running } from '../../server/main.ts'
import { siteSnippets } from '../../server/cli/snippet.ts'
import { readBuiltPixel } from '../../server/pixel-file.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { settingsTree, startPlatforms, stopServer, temporaryFolder, waitFor } from '../integration/harness.ts'
import { chromiumFile, ordinaryAgent } from './chromium.ts'

const click = 'fbclid=IwAR0BrowserTest&rdt_cid=3184742045291813272'
/** A folder for pictures of the overlay, for a person to look at. */
const pictures = process.env.PAIRPIXEL_PICTURES

let browser: Browser
let context: BrowserContext
let page: Page
const troubles: string[] = []
const said: string[] = []

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumFile })
})
afterAll(() => browser.close())
async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ userAgent: ordinaryAgent, viewport: { width: 1440, height: 900 }, ...options })
  page = await context.newPage()
  troubles.length = said.length = 0
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => said.push(message.text()))
}
afterEach(() => context.close())

const overlay = () => page.locator('pairpixel-debug')
/** All it says, folded parts too. */
const overlayText = (): Promise<string> => overlay().evaluate((host) => host.shadowRoot?.textContent ?? '')
const untilItSays = (text: string | RegExp): Promise<string> =>
  waitFor(`the overlay to say ${String(text)}`, async () => {
    const shown = (await overlay().count()) ? await overlayText() : ''
    return (typeof text === 'string' ? shown.includes(text) : text.test(shown)) ? shown : undefined
  })

describe('the overlay in the demo shop', () => {
  let demo: Demo
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(async () => {
    folder = temporaryFolder()
    const ports = { shop: 0, collector: 0, admin: 0, simulators: 0 }
    demo = await openDemo({ ports, store: `sqlite:${folder.path}/demo.db`, logLevel: 'silent' })
  })
  afterEach(async () => {
    await demo.stop()
    folder.remove()
  })

  test('without being asked for, nothing of it is loaded and nothing is said', async () => {
    await openPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`${demo.shopUrl}/?${click}`)
    await waitFor('the page view', () => asked.includes('/_p/e'))
    expect(asked.filter((path) => /debug\.js|p\.json/.test(path))).toEqual([])
    expect(await overlay().count()).toBe(0)
    expect([said, troubles]).toEqual([[], []])
  })

  test('says what happened to a purchase, follows through the shop, and is gone when closed', async () => {
    await openPage()
    await page.goto(`${demo.shopUrl}/?${click}&pp_debug`)
    const first = await untilItSays(/page_view.*Collector taken/)
    for (const text of [
      'IwAR0B…st (16 characters)',
      'consent',
      'debug, once, proof, pairing, lifecycle, retry',
      '_fbp',
      '/_p/e',
    ])
      expect(first.toLowerCase(), text).toContain(text.toLowerCase())
    expect(first).not.toContain('IwAR0BrowserTest')
    await page.click('a[href^="/product/"]')
    await untilItSays('view_item')
    await page.click('text=Add to cart')
    await page.click('text=Check out')
    await page.fill('[name=email]', 'ada@shop.example')
    await page.click('text=Place the order')
    await page.waitForURL('**/thanks/*')
    const order = page.url().split('/').at(-1) ?? ''
    const text = await untilItSays(/purchase.*Collector taken.*Meta requested.*Reddit requested.*Snapchat called/)
    expect(text).toContain(`Shared ID${order}`)
    expect(text).toContain('A hit with this ID left for Meta.')
    expect(text).toContain('nothing wrong')
    expect(text).not.toContain('ada@shop.example')
    expect(said.filter((line) => line.startsWith(`pairpixel purchase ${order}: `))).toEqual(
      expect.arrayContaining([
        `pairpixel purchase ${order}: meta requested`,
        `pairpixel purchase ${order}: snapchat called`,
      ]),
    )
    expect(said.filter((line) => !line.startsWith('pairpixel '))).toEqual([])

    // By keyboard: to the last of its buttons, and away with it.
    await overlay().locator('button[aria-label=Close]').focus()
    await page.keyboard.press('Enter')
    expect(await overlay().count()).toBe(0)
    await page.goto(`${demo.shopUrl}/`)
    await page.waitForLoadState('load')
    expect(await overlay().count()).toBe(0)
    expect(troubles).toEqual([])
  })

  test('a blocked library is named, with the host', async () => {
    await openPage()
    await page.route('**/meta/fbevents.js', (route) => route.abort('blockedbyclient'))
    await page.goto(`${demo.shopUrl}/?pp_debug`)
    const text = await untilItSays("Meta's library has not started")
    expect(text).not.toContain("Reddit's library has not started")
    await overlay().locator('button[aria-label=Fold]').click()
    expect(await overlay().locator('.body').isVisible()).toBe(false)
    await overlay().locator('button[aria-label=Move]').click()
    expect(await overlay().getAttribute('data-at')).toBe('bottom-left')
    await page.reload()
    await untilItSays('Pairpixel')
    expect(await overlay().getAttribute('data-at')).toBe('bottom-left')
    expect(await overlay().locator('.body').isVisible()).toBe(false)
    expect(troubles).toEqual([])
  })

  test('a collector that is not there is named, and the overlay’s own file may be missing', async () => {
    await openPage()
    await page.route('**/_p/e', (route) => route.abort())
    await page.goto(`${demo.shopUrl}/?pp_debug`)
    await untilItSays(/did not take the last.*in this browser's store will be sent again/)
    await page.route('**/_p/debug.js', (route) => route.abort())
    await page.unroute('**/_p/e')
    const posted = page.waitForResponse('**/_p/e')
    await page.goto(`${demo.shopUrl}/?pp_debug`)
    expect((await posted).status()).toBe(204)
    expect(troubles).toEqual([])
  })

  test.each(
    [1440, 390].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme }))),
  )('fits a window of $width, $colorScheme', async ({ width, colorScheme }) => {
    await openPage({ viewport: { width, height: width > 400 ? 900 : 844 }, colorScheme })
    await page.route('**/reddit/pixel.js', (route) => route.abort('blockedbyclient'))
    await page.goto(`${demo.shopUrl}/?${click}&pp_debug`)
    await untilItSays("Reddit's library has not started")
    const panel = await overlay().locator('.panel').boundingBox()
    expect(panel?.x).toBeGreaterThanOrEqual(0)
    expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeLessThanOrEqual(width)
    const body = overlay().locator('.body')
    expect(await body.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
    await overlay().locator('summary').first().click()
    if (pictures) await page.screenshot({ path: `${pictures}/overlay-${width}-${colorScheme}.png` })
    expect(await overlay().locator('details').first().getAttribute('open')).toBe('')
    expect(troubles).toEqual([])
  })
})

describe('on a page of another origin', () => {
  let platforms: Awaited<ReturnType<typeof startPlatforms>>
  let collector: Running
  let pages: Server
  let origin: string
  /** What the page server answers. */
  let html = ''
  let policy = ''
  const code = readBuiltPixel()

  /** The collector for a site that loads the platforms' pixels from the simulators. */
  const settings = (change: object = {}) =>
    checkTree(settingsTree(platforms.url, { url: origin, pixel: { load: platforms.url }, ...change }))

  beforeEach(async () => {
    platforms = await startPlatforms()
    pages = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html')
      if (policy) response.setHeader('Content-Security-Policy', policy)
      response.end(`<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${html}<h1>Page</h1>`)
    })
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    origin = `http://localhost:${(pages.address() as AddressInfo).port}`
    html = policy = ''
  })
  afterEach(async () => {
    await collector.stop()
    await stopServer(platforms.server)
    await stopServer(pages)
  })
  const start = async (change?: object): Promise<void> => {
    collector = await run(settings(change), { logLevel: 'silent' })
  }
  const hits = (name: 'meta' | 'reddit' | 'snapchat', event: RegExp) =>
    platforms.simulators[name].state().hits.filter((hit) => event.test(hit.event))
  const allHit = (event: RegExp) =>
    waitFor(`a hit at each platform: ${String(event)}`, () =>
      (['meta', 'reddit', 'snapchat'] as const).every((name) => hits(name, event).length === 1),
    )

  test('one tag under a strict policy loads three pixels with its nonce, and the overlay stands there styled', async () => {
    await start()
    const at = collector.url
    policy =
      `default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; style-src 'self'; connect-src ${at} ${platforms.url}; ` +
      `img-src data: ${platforms.url}; require-trusted-types-for 'script'; trusted-types pairpixel`
    html = `<script async nonce="abc" src="${at}/p.js" data-pairpixel></script>`
    await openPage()
    // Meta's stand-in asks for its settings with a script of its own, as Meta's library does: that is Meta's to mend.
    await page.goto(`${origin}/?pp_debug`)
    for (const name of ['reddit', 'snapchat'] as const)
      await waitFor(`the page view at ${name}`, () => hits(name, /view|visit/i).length === 1)
    const text = await untilItSays(/page_view.*Collector taken/)
    expect(text).toContain('tag-pixels, load, debug')
    expect(
      await overlay()
        .locator('.panel')
        .evaluate((panel) => getComputedStyle(panel).borderRadius),
    ).toBe('12px')
    const policies = said.filter((line) => /Content.Security.Policy|Trusted/i.test(line))
    expect(policies.filter((line) => /style/i.test(line))).toEqual([])
    const loaded = await page.evaluate(() =>
      Array.from(document.head.querySelectorAll('script'), ({ src, nonce }) => [new URL(src).pathname, nonce]),
    )
    for (const file of ['/meta/fbevents.js', '/reddit/pixel.js', '/snap/scevent.min.js'])
      expect(loaded).toContainEqual([file, 'abc'])
  })

  test('one tag alone: a page view and a purchase reach all three pixels once, with the collector’s ID', async () => {
    await start()
    html = `<script async src="${collector.url}/p.js" data-pairpixel></script>`
    await openPage()
    await page.goto(`${origin}/`)
    await allHit(/view|visit/i)
    await page.evaluate(() => window.pairpixel?.('track', 'purchase', { value: 5, currency: 'EUR' }, { id: 'order-1' }))
    await allHit(/purchase/i)
    await waitFor('pairs', () =>
      (['meta', 'reddit', 'snapchat'] as const).every((name) =>
        platforms.simulators[name].state().counted.some(({ event, paired }) => /purchase/i.test(event) && paired),
      ),
    )
    expect(troubles).toEqual([])
  })

  test('the platforms’ own addresses are asked where no test address is set, and never before consent', async () => {
    await start({ pixel: { load: true }, consent: 'wait' })
    html = `<script async src="${collector.url}/p.js" data-pairpixel></script>`
    await openPage()
    const asked: string[] = []
    await context.route(/facebook|reddit|sc-static|snapchat/, (route) => {
      asked.push(route.request().url())
      return route.fulfill({ contentType: 'text/javascript', body: '' })
    })
    await page.goto(`${origin}/`)
    await page.waitForFunction(() => window.pairpixel && 'consent' in window.pairpixel)
    await page.waitForLoadState('load')
    expect([asked, await page.evaluate(() => [typeof Reflect.get(window, 'fbq'), document.cookie])]).toEqual([
      [],
      ['undefined', ''],
    ])
    await page.evaluate(() => window.pairpixel?.consent?.('denied'))
    expect(asked).toEqual([])
    await page.evaluate(() => {
      window.pairpixel?.consent?.('granted')
      window.pairpixel?.track('Lead')
    })
    await waitFor('the three libraries', () => asked.length === 3)
    expect(asked.toSorted()).toEqual([
      'https://connect.facebook.net/en_US/fbevents.js',
      'https://sc-static.net/scevent.min.js',
      'https://www.redditstatic.com/ads/pixel.js',
    ])
  })

  test('a pinned script runs with its digest, and another one is refused', async () => {
    await start({ pixel: {} })
    const [pinned] = siteSnippets(settings({ pixel: {} }), collector.url, code)
    expect(pinned?.html).toContain('integrity="sha384-')
    html = pinned?.html ?? ''
    await openPage()
    const posted = page.waitForResponse(`${collector.url}/e`)
    await page.goto(`${origin}/`)
    expect((await posted).status()).toBe(204)
    expect(await page.evaluate(() => typeof window.pairpixel?.track)).toBe('function')

    html = html.replace(/sha384-.{8}/, 'sha384-AAAAAAAA')
    await page.goto(`${origin}/`)
    await waitFor('the browser to refuse it', () => said.some((line) => /integrity/i.test(line)))
    expect(await page.evaluate(() => typeof window.pairpixel?.track)).toBe('undefined')
    expect(troubles).toEqual([])
  })
})
