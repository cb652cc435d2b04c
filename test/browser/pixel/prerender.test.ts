import { launch, type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumFile } from '../chromium.ts'
import { reportTroubles, readTrouble } from './driver.ts'
import { until } from './row.ts'
import { capMs, openServer, type Place, type SiteServer } from './site.ts'
import { inline } from './snippets.ts'

let server: SiteServer
let browser: Browser
beforeAll(async () => {
  server = await openServer()
  // Under the other driver Chromium renders nothing ahead.
  browser = await launch({
    browser: 'chrome',
    executablePath: chromiumFile,
    timeout: capMs,
    protocolTimeout: capMs,
    args: [
      '--no-sandbox',
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      `--unsafely-treat-insecure-origin-as-secure=${server.origins.join(',')}`,
    ],
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** What a page does before anybody sees it: all that could make the pixel write or send. */
const busy = inline(`
  localStorage.ahead = String(document.prerendering)
  pairpixel.track('lead', {}, { id: 'ahead' })
  history.replaceState(null, '', location.pathname)
  pairpixel.flush()
  dispatchEvent(new Event('online'))`)

const kept = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith('_pp'))
    .join() + document.cookie

/** The page ahead tells the one that is seen through what both share. */
const whenRendered = (page: Page): Promise<unknown> =>
  until('a page rendered ahead', () => page.evaluate(() => localStorage.ahead === 'true'))

test.each<Place>(['path', 'elsewhere'])(
  'Chromium: a page rendered ahead sends and keeps nothing until it is seen, and one view then (collector: %s)',
  async (place) => {
    const site = await server.newSite({}, place)
    const context = await browser.createBrowserContext()
    try {
      const page = await context.newPage()
      page.setDefaultTimeout(capMs)
      const troubles: string[] = []
      page.on('console', (line) => troubles.push(...readTrouble(line.text())))
      await page.evaluateOnNewDocument(reportTroubles)
      const ahead = site.addPage('ahead', { head: site.tag(), body: busy })
      const rules = JSON.stringify({ prerender: [{ urls: [`${ahead}?fbclid=C`] }] })
      const landing = site.addPage('landing', {
        head: `<script type="speculationrules">${rules}</script>`,
        body: `<a href="${ahead}?fbclid=C">Go</a>`,
      })
      const posts = () => site.asked.filter((one) => one.startsWith('POST')).length

      // Never seen.
      await page.goto(landing)
      await whenRendered(page)
      await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)))
      expect([await page.evaluate(kept), posts()]).toEqual(['', 0])
      await page.goto(site.addPage('plain'))
      expect([await page.evaluate(kept), posts()]).toEqual(['', 0])

      // Seen after a while.
      await page.evaluate(() => delete localStorage.ahead)
      await page.goto(landing)
      await whenRendered(page)
      expect([await page.evaluate(kept), posts()]).toEqual(['', 0])
      await Promise.all([page.waitForNavigation(), page.click('a')])
      expect(
        await page.evaluate(() =>
          performance
            .getEntriesByType('navigation')
            .map((entry) => (entry as { activationStart?: number }).activationStart),
        ),
      ).not.toEqual([0])
      const [lead, view] = [await site.event('generate_lead'), await site.event('page_view')]
      await page.evaluate(() => window.pairpixel?.track('settled'))
      await site.event('settled')
      expect([lead.event_id, view.context?.click_ids?.fbclid?.value]).toEqual(['ahead', 'C'])
      expect([site.events('generate_lead').length, site.events('page_view').length]).toEqual([1, 1])
      expect(await page.evaluate(kept)).toContain('_pp=')
      expect(troubles).toEqual([])
    } finally {
      await context.close()
      await site.close()
    }
  },
)
