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
export const hosts = {
  shop: 'www.shop.test',
  other: 'www.other.test',
  subdomain: 'collect.shop.test',
  elsewhere: 'www.collector.test',
  meta: 'connect.facebook.test',
  reddit: 'www.redditstatic.test',
  snapchat: 'sc-static.test',
} as const
const pageHosts: readonly string[] = [hosts.shop, hosts.other]
const collectorHosts: readonly string[] = [hosts.subdomain, hosts.elsewhere]

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
  /** The pixel's tag. */
  tag(attributes?: string, place?: Place): string
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
  /** Addresses asked for so far, without origin. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

export interface SiteServer {
  readonly origins: readonly string[]
  newSite(settings?: Readonly<Record<string, unknown>>): Promise<Site>
  close(): Promise<void>
}

/**
 * All of a test's hosts on one port. Each site has a number that begins its paths, so that what a closed page still
 * sends finds nobody.
 */
export async function openServer(): Promise<SiteServer> {
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
  const origin = (host: string) => `http://${host}:${port}`
  let count = 0
  return {
    origins: Object.values(hosts).map(origin),
    close: () => stopServer(server),
    async newSite(settings = {}) {
      const number = String(++count)
      const base = (host: string) => `${origin(host)}/${number}`
      const pages = new Map<string, Page>()
      const seen: PixelEvent[] = []
      const asked: string[] = []
      const simulators = createSimulators({ ...demoAccounts, now: Date.now })
      const collector = await createCollector(
        checkTree({
          store: 'memory:',
          origins: [...pageHosts.map(origin), 'null'],
          trust_proxy: ['127.0.0.1'],
          hold: { default: '0s' },
          ...settings,
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
                endpoint: base('127.0.0.1'),
              },
            ]),
          ),
        }),
      )
      await collector.start()
      const ownPath = express.Router().use('/_p', collector)
      sites.set(number, (request, response, next) => {
        asked.push(request.url)
        // What the site's own proxy would say of the visitor: loopback means nothing to a platform.
        request.headers['x-forwarded-for'] = '203.0.113.7'
        if (collectorHosts.includes(request.hostname)) return collector(request, response, next)
        if (!pageHosts.includes(request.hostname)) return simulators.router(request, response, next)
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
          return `${base(hosts[page.host ?? 'shop'])}/${name}`
        },
        tag(attributes = '', place = 'path') {
          const folder = place === 'path' ? `/${number}/_p` : base(hosts[place])
          return `<script src="${folder}/p.js" data-pairpixel ${attributes}></script>`
        },
        library: (platform) => base(hosts[platform]) + libraries[platform],
        events,
        event: (name) => waitFor(`a ${name} at the collector`, () => events(name)[0]),
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
