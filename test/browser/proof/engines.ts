import { chromium } from 'playwright-core'
import { launch as launchFirefox } from 'puppeteer-core'
import { chromiumFile } from '../chromium.ts'

/** One page of a new visitor. */
export interface Visit {
  go(url: string): Promise<void>
  run<T, A>(script: (given: A) => T, given: A): Promise<Awaited<T>>
  /** Requests whose address fits fail as under an extension. */
  block(pattern: RegExp): Promise<void>
  close(): Promise<void>
}

export interface Running {
  newVisit(): Promise<Visit>
  close(): Promise<void>
}

export interface Engine {
  readonly name: string
  /**
   * Every host is this machine, whatever its certificate; `nowhere`: no host can be found, so pages come from an address.
   */
  launch(nowhere: boolean): Promise<Running>
}

export const engines: readonly Engine[] = [
  {
    name: 'Chromium',
    async launch(nowhere) {
      const browser = await chromium.launch({
        executablePath: chromiumFile,
        args: [
          '--ignore-certificate-errors',
          `--host-resolver-rules=MAP * ${nowhere ? '~NOTFOUND' : '127.0.0.1'}, EXCLUDE 127.0.0.1`,
        ],
      })
      return {
        close: () => browser.close(),
        async newVisit() {
          const context = await browser.newContext({ ignoreHTTPSErrors: true })
          const page = await context.newPage()
          return {
            async go(url) {
              await page.goto(url)
            },
            run: (script, given) => page.evaluate(script as never, given) as never,
            async block(pattern) {
              await context.route(pattern, (route) => route.abort('blockedbyclient'))
            },
            close: () => context.close(),
          }
        },
      }
    },
  },
  {
    name: 'Firefox',
    async launch(nowhere) {
      const browser = await launchFirefox({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        headless: true,
        acceptInsecureCerts: true,
        extraPrefsFirefox: nowhere
          ? // Names are asked of nobody but a server that does not answer.
            { 'network.trr.mode': 3, 'network.trr.uri': 'https://127.0.0.1:1/', 'network.trr.wait-for-portal': false }
          : { 'network.dns.forceResolve': '127.0.0.1' },
      })
      return {
        close: () => browser.close(),
        async newVisit() {
          const context = await browser.createBrowserContext()
          const page = await context.newPage({ type: 'window' })
          return {
            async go(url) {
              await page.goto(url)
            },
            run: (script: (given: never) => unknown, given: unknown) => page.evaluate(script, given as never) as never,
            async block(pattern) {
              page.on('request', (request) => {
                // A page that goes takes its requests along, and nobody hears the answer then.
                void (pattern.test(request.url()) ? request.abort() : request.continue()).catch(() => undefined)
              })
              await page.setRequestInterception(true)
            },
            close: () => context.close(),
          }
        },
      }
    },
  },
]
