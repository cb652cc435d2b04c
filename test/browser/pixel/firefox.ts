import { launch } from 'puppeteer-core'
import { readTrouble, type BrowserKind, type Tab } from './driver.ts'
import { capMs } from './site.ts'

/** Debian's Firefox ESR, over WebDriver BiDi. */
export const firefox: BrowserKind = {
  name: 'Firefox',
  suffix: 'test',
  async launch(origins) {
    const browser = await launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      headless: true,
      timeout: capMs,
      protocolTimeout: capMs,
      extraPrefsFirefox: {
        'network.dns.forceResolve': '127.0.0.1',
        // A page that counts as secure would ask for images over https, which nobody speaks here.
        'security.mixed_content.upgrade_display_content': false,
        'dom.securecontext.allowlist': origins.map((origin) => new URL(origin).hostname).join(','),
      },
    })
    const newTab = async (): Promise<Tab> => {
      const context = await browser.createBrowserContext()
      // A window of its own: a tab behind another one is hidden.
      const page = await context.newPage({ type: 'window' })
      page.setDefaultTimeout(capMs)
      const troubles: string[] = []
      let blocked: RegExp | undefined
      page.on('console', (line) => troubles.push(...readTrouble(line.text())))
      page.on('request', (request) => {
        if (!blocked) return
        // A page that goes takes its requests along, and nobody hears the answer then.
        void (blocked.test(request.url()) ? request.abort() : request.continue()).catch(() => undefined)
      })
      return {
        troubles,
        async prepare(script) {
          await page.evaluateOnNewDocument(script)
        },
        async go(url) {
          await page.goto(url)
        },
        run: (script: (given?: never) => unknown, given?: unknown) => page.evaluate(script, given as never) as never,
        click: (selector) => page.click(selector),
        async block(pattern) {
          blocked = pattern
          await page.setRequestInterception(Boolean(pattern))
        },
        async cookies() {
          // It tells of some that have ended, and that no page sees any more.
          const alive = (await context.cookies()).filter(
            ({ expires }) => expires === undefined || expires < 0 || expires * 1000 > Date.now(),
          )
          return Object.fromEntries(alive.map(({ name, value }) => [name, value]))
        },
        close: () => context.close(),
      }
    }
    return { newTab, close: () => browser.close() }
  },
}
