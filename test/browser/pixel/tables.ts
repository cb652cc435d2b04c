import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clicks } from './clicks.ts'
import { consent } from './consent.ts'
import { delivery } from './delivery.ts'
import { reportTroubles, type Browser, type BrowserKind, type Tab } from './driver.ts'
import { forms } from './forms.ts'
import { hostile } from './hostile.ts'
import { pairing } from './pairing.ts'
import type { Row } from './row.ts'
import { openServer, type SiteServer } from './site.ts'

/** What the pixel promises, point by point. */
const tables: Readonly<Record<string, readonly Row[]>> = {
  'click IDs': clicks,
  'one ID on both sides': pairing,
  'however a page calls': forms,
  delivery,
  consent,
  'a hostile page': hostile,
}

/** Every row in this browser, several at a time: each has a shop and a visitor of its own. */
export function testIn(kind: BrowserKind): void {
  let server: SiteServer
  let browser: Browser
  beforeAll(async () => {
    server = await openServer()
    browser = await kind.launch(server.origins)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  async function play(visit: Row[1], settings: Row[2]): Promise<void> {
    const site = await server.newSite(settings)
    let tab: Tab | undefined
    try {
      tab = await browser.newTab()
      await tab.prepare(reportTroubles)
      await visit({ site, tab })
      expect(tab.troubles).toEqual([])
    } finally {
      await tab?.close()
      await site.close()
    }
  }
  describe.concurrent(kind.name, () => {
    describe.each(Object.entries(tables))('%s', (_point, rows) => {
      for (const [sentence, visit, settings] of rows) test(sentence, () => play(visit, settings))
    })
  })
}
