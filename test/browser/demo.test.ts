import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDemo, type Demo } from '../../server/demo/demo.ts'
import { temporaryFolder, waitFor } from '../integration/harness.ts'
import { chromiumFile, ordinaryAgent } from './chromium.ts'

const names = ['meta', 'reddit', 'snapchat'] as const
const click = 'fbclid=IwAR0BrowserTest&rdt_cid=3184742045291813272&ScCid=2f7b9d1c-5a44-4c1e-9a7e-0d1f6f6a8b11'

let browser: Browser
let demo: Demo
let page: Page
let folder: ReturnType<typeof temporaryFolder>
const troubles: string[] = []

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumFile })
})
afterAll(() => browser.close())
beforeEach(async () => {
  folder = temporaryFolder()
  demo = await openDemo({
    ports: { shop: 0, collector: 0, admin: 0, simulators: 0 },
    store: `sqlite:${folder.path}/demo.db`,
    logLevel: 'silent',
  })
  const context = await browser.newContext({
    userAgent: ordinaryAgent,
    viewport: { width: 1280, height: 900 },
    screen: { width: 1440, height: 900 },
  })
  page = await context.newPage()
  troubles.length = 0
  page.on('pageerror', (error) => troubles.push(error.message))
})
afterEach(async () => {
  await page.context().close()
  await demo.stop()
  folder.remove()
})

/** From the ad to the thank-you page; the order's number. */
async function buy(): Promise<string> {
  await page.goto(`${demo.shopUrl}/?${click}`)
  await page.click('a[href^="/product/"]')
  await page.click('text=Add to cart')
  await page.click('text=Check out')
  await page.fill('[name=email]', 'Ada@Shop.example')
  await page.click('text=Place the order')
  await page.waitForURL('**/thanks/*')
  return page.url().split('/').at(-1) ?? ''
}

const purchases = (name: (typeof names)[number]) =>
  demo.simulators[name].state().counted.filter(({ event }) => /^purchase$/i.test(event))
const sent = (name: (typeof names)[number]) =>
  demo.simulators[name]
    .state()
    .accepted.filter(({ event }) => /^purchase$/i.test(event))
    .map(({ body }) => body as Record<string, never>)
const paired = () =>
  waitFor('one paired purchase at each platform', () =>
    names.every((name) => purchases(name).some((one) => one.paired)),
  )

/** All the dashboard says of the newest event with this name or ID, as a person finds it. */
async function detailText(shown: string, name: string | RegExp = shown): Promise<string> {
  await page.goto(demo.liveUrl)
  await page.click('nav >> text=Events')
  await page.locator('#events a', { hasText: shown }).filter({ hasText: name }).first().click()
  await page.waitForSelector('.destination')
  for (const details of await page.locator('main details').all())
    await details.evaluate((one) => one.setAttribute('open', ''))
  return page.locator('main').innerText()
}

test('one click on a page becomes one paired conversion at three platforms', async () => {
  const order = await buy()
  await paired()
  for (const name of names) expect(purchases(name), name).toMatchObject([{ paired: true, server_copies: 1, hits: 1 }])

  const [meta] = sent('meta')
  expect(meta).toMatchObject({
    event_name: 'Purchase',
    event_id: order,
    user_data: {
      em: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      client_ip_address: '203.0.113.7',
      client_user_agent: ordinaryAgent,
      fbc: expect.stringMatching(/^fb\.\d\.\d{13}\.IwAR0BrowserTest$/) as string,
    },
    custom_data: { currency: 'EUR', value: expect.any(Number) as number, content_ids: [expect.any(String)] },
  })
  const [reddit] = sent('reddit')
  expect(reddit).toMatchObject({
    click_id: '3184742045291813272',
    metadata: { currency: 'EUR', value: expect.any(Number) as number, item_count: 1, order_id: order },
    user: {
      screen_dimensions: { width: 1440, height: 900 },
      user_agent: ordinaryAgent,
      email: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ip_address: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
  })
  const [snapchat] = sent('snapchat')
  expect(snapchat).toMatchObject({
    event_name: 'PURCHASE',
    event_id: order,
    user_data: {
      sc_click_id: '2f7b9d1c-5a44-4c1e-9a7e-0d1f6f6a8b11',
      client_ip_address: '203.0.113.7',
      client_user_agent: ordinaryAgent,
    },
    custom_data: { order_id: order, currency: 'EUR', num_items: 1 },
  })
  for (const name of names) expect(demo.simulators[name].state().refused, name).toEqual([])
  expect(demo.simulators.reddit.state().accepted.flatMap(({ warnings }) => warnings)).toEqual([])
  expect(troubles).toEqual([])

  // The same, as a person sees it.
  await page.goto(demo.liveUrl)
  await page.locator('.verdicts .badge.paired').nth(2).waitFor()
  expect(await page.locator('.headline').innerText()).toContain(order)
  const text = await detailText(order, /purchase/i)
  expect(text.match(/paired/gi)?.length).toBeGreaterThanOrEqual(3)
  for (const shown of [
    'EUR',
    '203.0.113....',
    'click_id',
    'screen_dimensions',
    'em',
    'client_user_agent',
    'content_ids',
    'fbc',
  ])
    expect(text, shown).toContain(shown)
  expect(troubles).toEqual([])
})

test('the thank-you page again, and the back end’s copy: still one event at each platform, the ledger shows it all', async () => {
  const order = await buy()
  await paired()
  await page.reload()
  await page.click('text=Send the back-end copy too')
  await page.waitForSelector('text=The collector answered 202')
  const row = await waitFor('duplicate and back-end copy in the ledger', async () => {
    const [found] = await demo.running.collector.store.recent({ limit: 1, eventId: order })
    return found?.copies.some(({ kind }) => kind === 'backend') && found.copies.some(({ duplicates }) => duplicates > 0)
      ? found
      : undefined
  })
  expect(row.copies.map(({ kind }) => kind)).toEqual(['browser', 'backend'])
  expect(row.deliveries.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
  for (const name of names) {
    expect(sent(name), name).toHaveLength(1)
    expect(purchases(name), name).toMatchObject([{ paired: true, server_copies: 1, hits: 1 }])
  }
  const text = await detailText(order, /purchase/i)
  expect(text).toMatch(/duplicate|again/i)
  expect(text).toMatch(/back.?end/i)
})

test('nothing is thrown in the script on the way, not even what it would catch: each throw makes the page wait', async () => {
  const session = await page.context().newCDPSession(page)
  const thrown: string[] = []
  const ours = new Set<string>()
  session.on('Debugger.scriptParsed', ({ url, scriptId }) => {
    if (url.includes('/_p/p.js')) ours.add(scriptId)
  })
  session.on('Debugger.paused', ({ data, callFrames }) => {
    if (callFrames.some(({ location }) => ours.has(location.scriptId))) thrown.push(String(data?.description))
    void session.send('Debugger.resume')
  })
  await session.send('Debugger.enable')
  await session.send('Debugger.setPauseOnExceptions', { state: 'all' })
  await buy()
  await paired()
  expect(thrown).toEqual([])
  // It would have been heard of: a call without a name.
  await page.evaluate(() => void setTimeout(window.pairpixel as unknown as () => void, 0, 'track'))
  await waitFor('what was thrown', () => thrown.length > 0)
})

describe('a page view that the base snippet had already sent without an ID', () => {
  beforeEach(async () => {
    // Our script comes late, when the platforms' own have long been live.
    await page.route('**/_p/p.js', async (route) => {
      await waitFor('the hits of the base snippets', () =>
        names.every((name) => demo.simulators[name].state().hits.length > 0),
      )
      await route.continue()
    })
  })
  test('is not counted twice, and the dashboard says why', async () => {
    await page.goto(demo.shopUrl)
    const [view] = await waitFor('the page view in the ledger', async () => {
      const rows = await demo.running.collector.store.recent({ limit: 1 })
      return rows[0]?.deliveries.every(({ state }) => state !== 'pending') ? rows : undefined
    })
    expect(view?.deliveries.map(({ reason }) => reason)).toEqual([
      'pixel_unmatched',
      'pixel_unmatched',
      'pixel_unmatched',
    ])
    for (const name of names) {
      expect(demo.simulators[name].state().accepted, name).toEqual([])
      expect(demo.simulators[name].state().counted, name).toHaveLength(1)
    }
    expect(await detailText('Page view')).toContain('without an ID')
  })
})
