import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clicks } from './clicks.ts'
import { consent } from './consent.ts'
import { delivery } from './delivery.ts'
import { reportTroubles, type Browser, type BrowserKind, type Tab } from './driver.ts'
import { forms } from './forms.ts'
import { hostile } from './hostile.ts'
import { leaving } from './leaving.ts'
import { network } from './network.ts'
import { offlineRows } from './offline.ts'
import { pairing } from './pairing.ts'
import { privacy } from './privacy.ts'
import type { Row } from './row.ts'
import { openServer, type Site, type SiteServer } from './site.ts'
import { twoSites } from './two-sites.ts'
import { userData } from './user-data.ts'
import { worlds } from './worlds.ts'

export type Tables = Readonly<Record<string, readonly Row[]>>

/** What the pixel promises, point by point; what takes longest comes first. */
export const tables: Tables = {
  'a page that is left': leaving,
  'a page without network': offlineRows,
  'click IDs': clicks,
  'one ID on both sides': pairing,
  'however a page calls': forms,
  delivery,
  network,
  consent,
  'who the visitor is': userData,
  privacy,
  'two sites on one page': twoSites,
  'a hostile page': hostile,
  'a world that is not as it should be': worlds,
}

/** A row's visit by a new visitor to a new shop. */
async function play(server: SiteServer, browser: Browser, [, visit, settings]: Row, isElsewhere: boolean) {
  const site = await server.newSite(settings, isElsewhere ? 'elsewhere' : 'path')
  const others: Site[] = []
  const another = async (more?: Readonly<Record<string, unknown>>) => {
    const other = await server.newSite(more)
    others.push(other)
    return other
  }
  let tab: Tab | undefined
  try {
    tab = await browser.newTab()
    await tab.prepare(reportTroubles)
    await visit({ site, tab, another })
    expect(tab.troubles).toEqual([])
  } finally {
    await tab?.close()
    await site.close()
    for (const other of others) await other.close()
  }
}

/**
 * Every row in this browser, several at a time. Each other row has its collector at another site than the page:
 * `parity` says which, and the other browser has it the other way round.
 */
export function testIn(kind: BrowserKind, parity: 0 | 1, rows: Tables = tables): void {
  let server: SiteServer
  let browser: Browser
  beforeAll(async () => {
    server = await openServer(kind.suffix)
    browser = await kind.launch(server.origins)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  const points = describe.each(Object.entries(rows))
  describe(kind.name, { concurrent: !kind.isSingle }, () => {
    points('%s', (_point, table) => {
      for (const [at, row] of table.entries()) {
        const isElsewhere = at % 2 === parity
        const where = isElsewhere ? 'collector elsewhere' : 'collector below the shop'
        test(`${row[0]} (${where})`, () => play(server, browser, row, isElsewhere))
      }
    })
  })
}
