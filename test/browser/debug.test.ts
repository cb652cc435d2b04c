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

const click = 'fbclid=IwAR0BrowserTest&rdt_cid=3184742045291813272'
// The platforms' own scripts send nothing for a headless browser, so this one calls itself an ordinary one.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
/** A folder for pictures of the overlay, for a person to look at. */
const pictures = process.env.PAIRPIXEL_PICTURES

let browser: Browser
let context: BrowserContext
let page: Page
const troubles: string[] = []
const said: string[] = []

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
})
afterAll(() => browser.close())
async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ userAgent, viewport: { width: 1440, height: 900 }, ...options })
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
