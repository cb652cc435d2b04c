import { chromium as launcher } from 'playwright-core'
import { chromiumFile, ordinaryAgent } from '../chromium.ts'
import { readTrouble, type BrowserKind, type Tab } from './driver.ts'
import { capMs } from './site.ts'

/** Debian's Chromium, over its own protocol. */
export const chromium: BrowserKind = {
  name: 'Chromium',
  suffix: 'test',
  async launch(origins) {
    const browser = await launcher.launch({
      timeout: capMs,
      executablePath: chromiumFile,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      args: [
        '--host-resolver-rules=MAP *.test 127.0.0.1',
        `--unsafely-treat-insecure-origin-as-secure=${origins.join(',')}`,
      ],
    })
    const newTab = async (): Promise<Tab> => {
      const context = await browser.newContext({ userAgent: ordinaryAgent })
      context.setDefaultTimeout(capMs)
      const page = await context.newPage()
      const troubles: string[] = []
      page.on('console', (line) => troubles.push(...readTrouble(line.text())))
      let blocked: RegExp | undefined
      return {
        troubles,
        async prepare(script) {
          await context.addInitScript(script)
        },
        async go(url) {
          await page.goto(url)
        },
        run: (script: (given?: never) => unknown, given?: unknown) => page.evaluate(script, given as never) as never,
        click: (selector) => page.click(selector),
        async block(pattern) {
          blocked = pattern
          await context.unrouteAll()
          if (blocked) await context.route(blocked, (route) => route.abort('blockedbyclient'))
        },
        cookies: async () => Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value])),
        close: () => context.close(),
      }
    }
    return { newTab, close: () => browser.close() }
  },
}
