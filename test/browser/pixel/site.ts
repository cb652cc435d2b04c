import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import { createCollector } from '../../../server/collector.ts'
import { demoAccounts, type Simulators } from '../../../server/demo/simulators.ts'
import { checkTree } from '../../../server/settings/settings.ts'
import { createSimulators, type Counted } from '../../../server/simulator/index.ts'
import type { EventRow } from '../../../server/store/store.ts'
import type { PixelEvent } from '../../../shared/event.ts'
import type { PlatformName } from '../../../shared/names.ts'
import { stopServer, waitFor } from '../../integration/harness.ts'

export const platforms = ['meta', 'reddit', 'snapchat'] as const satisfies readonly PlatformName[]

/** Made-up hosts: the shop's own, another site's, where a collector may stand beside the shop, and the platforms'. */
const hostNames = {
  shop: 'www.shop',
  other: 'www.other',
  subdomain: 'collect.shop',
  elsewhere: 'www.collector',
  meta: 'connect.facebook',
  reddit: 'www.redditstatic',
  snapchat: 'sc-static',
} as const
const pageHosts = ['shop', 'other'] as const
const collectorHosts = ['subdomain', 'elsewhere'] as const

/** However slow the machine is: what has not come by then does not come. */
export const capMs = 240_000

/** Where the pixel comes from: below the shop's own address, from a sub-domain, from another site. */
export type Place = 'path' | 'subdomain' | 'elsewhere'

export interface Page {
  readonly head?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly host?: 'shop' | 'other'
}

/** One shop with its collector and the three platforms, none of which has seen anything yet. */
export interface Site {
  /** Serves a page; its address. */
  addPage(name: string, page?: Page): string
  /** The pixel's tag; it comes from the site's own place where none is said. */
  tag(attributes?: string, place?: Place): string
  /** What a policy must allow beside the page's own origin, for pages to reach the collector. */
  readonly collectorOrigin: string
  /** The address of a platform's library. */
  library(platform: PlatformName): string
  /** What the collector was told, every arrival of it. */
  events(name: string): readonly PixelEvent[]
  /** Waits for the first one. */
  event(name: string): Promise<PixelEvent>
  /** The collector's ledger of one event. */
  row(eventId: string): Promise<EventRow | undefined>
  readonly platforms: Simulators
  /** What a platform counts, by its own name for the event. */
  counted(platform: PlatformName, event: string): readonly Counted[]
  /** What was asked for so far, without origin: `GET /landing`. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

export interface SiteServer {
  /** All that pages have to do with. */
  readonly origins: readonly string[]
  /**
   * @param settings what the collector's say beside the usual; `siteKey`: it has several sites, and this is that one
   * @param place where the pixel comes from, unless a tag says otherwise
   */
  newSite(settings?: Readonly<Record<string, unknown>>, place?: Place): Promise<Site>
  close(): Promise<void>
}

/**
 * All of a test's hosts on one port. Each site has a number that begins its paths, so that what a closed page still
 * sends finds nobody. `suffix`: the end of all host names.
 */
export async function openServer(suffix = 'test'): Promise<SiteServer> {
  const sites = new Map<string, RequestHandler>()
  const server = createServer(
    express().use((request, response, next) => {
      const [, number = '', rest = ''] = /^\/(\d+)(\/.*)$/.exec(request.url) ?? []
      const handle = sites.get(number)
      if (!handle) return void response.status(404).end()
      request.url = rest
      handle(request, response, next)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const hostOf = (name: keyof typeof hostNames) => `${hostNames[name]}.${suffix}`
  const isOne = (names: readonly (keyof typeof hostNames)[], host: string) => names.some((one) => hostOf(one) === host)
  const originOf = (name: keyof typeof hostNames) => `http://${hostOf(name)}:${port}`
  let count = 0
  return {
    origins: (Object.keys(hostNames) as (keyof typeof hostNames)[]).map(originOf),
    close: () => stopServer(server),
    async newSite(settings = {}, ownPlace = 'path') {
      const number = String(++count)
      const base = (name: keyof typeof hostNames) => `${originOf(name)}/${number}`
      const pages = new Map<string, Page>()
      const seen: PixelEvent[] = []
      const asked: string[] = []
      const simulators = createSimulators({ ...demoAccounts, now: Date.now })
      const { siteKey, ...more } = settings as { readonly siteKey?: string }
      const shop = {
        origins: [...pageHosts.map(originOf), 'null'],
        hold: { default: '0s' },
        ...more,
        before(event: PixelEvent) {
          seen.push(event)
          return event
        },
        destinations: Object.fromEntries(
          platforms.map((name) => [
            name,
            {
              pixel_id: demoAccounts[name].pixelId,
              access_token: demoAccounts[name].token,
              endpoint: `http://127.0.0.1:${port}/${number}`,
            },
          ]),
        ),
      }
      const collector = await createCollector(
        checkTree({
          store: 'memory:',
          trust_proxy: ['127.0.0.1'],
          ...(siteKey === undefined ? shop : { sites: { [siteKey]: shop, spare: {} } }),
        }),
      )
      await collector.start()
      const ownPath = express.Router().use('/_p', collector)
      sites.set(number, (request, response, next) => {
        asked.push(`${request.method} ${request.url}`)
        // What the site's own proxy would say of the visitor: loopback means nothing to a platform.
        request.headers['x-forwarded-for'] = '203.0.113.7'
        if (isOne(collectorHosts, request.hostname)) return ownPath(request, response, next)
        if (!isOne(pageHosts, request.hostname)) return simulators.router(request, response, next)
        const page = pages.get(request.path)
        if (!page) return ownPath(request, response, next)
        response.set({ 'Cache-Control': 'no-cache', ...page.headers })
        response.send(`<!doctype html><html lang="en"><title>Shop</title>${page.head ?? ''}<body>${page.body ?? ''}`)
      })
      const events = (name: string) => seen.filter(({ event }) => event === name)
      return {
        platforms: simulators,
        asked,
        addPage(name, page = {}) {
          pages.set(`/${name}`, page)
          return `${base(page.host ?? 'shop')}/${name}`
        },
        tag(attributes = '', place = ownPlace) {
          const root = place === 'path' ? `/${number}` : base(place)
          const query = siteKey === undefined ? '' : `?site=${siteKey}`
          return `<script src="${root}/_p/p.js${query}" data-pairpixel ${attributes}></script>`
        },
        collectorOrigin: ownPlace === 'path' ? '' : originOf(ownPlace),
        library: (platform) => base(platform) + libraries[platform],
        events,
        event: (name) => waitFor(`a ${name} at the collector`, () => events(name)[0], capMs),
        row: async (eventId) => (await collector.store.recent({ limit: 1, eventId }))[0],
        counted: (platform, event) => simulators[platform].state().counted.filter((one) => one.event === event),
        async close() {
          sites.delete(number)
          await collector.stop()
        },
      }
    },
  }
}

const libraries = { meta: '/meta/fbevents.js', reddit: '/reddit/pixel.js', snapchat: '/snap/scevent.min.js' } as const
