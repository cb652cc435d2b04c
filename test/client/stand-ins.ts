import { createHash } from 'node:crypto'
import { runInThisContext } from 'node:vm'
import { vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import pairing from '../../client/features/pairing.ts'
import proof from '../../client/features/proof.ts'
import { readStandIn } from '../../server/simulator/stand-in.ts'
import { closePage, newPage, postedEvents, settle, start } from './page.ts'

type PixelFunction = ((...call: unknown[]) => void) & Record<string, unknown>
const page = window as unknown as Record<'fbq' | '_fbq' | 'rdt' | 'snaptr', PixelFunction>

/** What differs between the platforms' pixels for a page that pastes them. */
export const pixels = {
  meta: {
    fn: 'fbq',
    queue: 'queue',
    live: 'callMethod',
    init: ['init', '111'],
    library: readStandIn('fbevents.js'),
    stub: `!function(f,n){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};
      if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[]}(window)`,
    order: (id?: unknown) => ['track', 'Purchase', { value: 5, currency: 'EUR' }, ...(id ? [{ eventID: id }] : [])],
    view: ['track', 'PageView'],
    names: ['Purchase', 'PageView'],
  },
  reddit: {
    fn: 'rdt',
    queue: 'callQueue',
    live: 'sendEvent',
    init: ['init', 'a2_abc'],
    library: readStandIn('pixel.js'),
    stub: `!function(w){if(!w.rdt){var p=w.rdt=function(){p.sendEvent?p.sendEvent.apply(p,arguments):p.callQueue.push(arguments)};
      p.callQueue=[]}}(window)`,
    order: (id?: unknown) => ['track', 'Purchase', { value: 5, currency: 'EUR', ...(id ? { conversionId: id } : {}) }],
    view: ['track', 'PageVisit'],
    names: ['Purchase', 'PageVisit'],
  },
  snapchat: {
    fn: 'snaptr',
    queue: 'queue',
    live: 'handleRequest',
    init: ['init', '11111111-2222-4333-8444-555555555555'],
    library: readStandIn('scevent.js'),
    stub: `!function(e){if(e.snaptr)return;var a=e.snaptr=function(){a.handleRequest?a.handleRequest.apply(a,arguments):a.queue.push(arguments)};
      a.queue=[]}(window)`,
    order: (id?: unknown) => [
      'track',
      'PURCHASE',
      { price: 5, currency: 'EUR', ...(id ? { client_dedup_id: id } : {}) },
    ],
    view: ['track', 'PAGE_VIEW'],
    names: ['PURCHASE', 'PAGE_VIEW'],
  },
} as const
export type Name = keyof typeof pixels
export const names = Object.keys(pixels) as Name[]
export const fnOf = (name: Name): PixelFunction => page[pixels[name].fn]

/** Runs text as a script of the page. */
export const runScript = (text: string): unknown => runInThisContext(text)
export const addStub = (name: Name): void => void runScript(pixels[name].stub)
export const call = (name: Name, ...args: readonly unknown[]): void => fnOf(name)(...args)

export interface Hit {
  readonly name: Name
  readonly event: string
  readonly pixel: string
  /** As the wire shows it: Reddit's is a digest. */
  readonly id: string
  /** The digests that tell of the visitor, by the wire's own names. */
  readonly user?: Readonly<Record<string, string>>
}
const userOf = (fields: Iterable<readonly [string, unknown]>): Pick<Hit, 'user'> => {
  const user = [...fields].filter(([name]) => /^(ud\[\w+\]|em|external_id|u_h\w+)$/.test(name))
  return user[0] ? { user: Object.fromEntries(user) as Record<string, string> } : {}
}
/** What the libraries have sent, oldest first. */
export const hits: Hit[] = []
/** The queries of Meta's and Reddit's hits. */
export const hitQueries: URLSearchParams[] = []
export const wireId = (name: Name, id: string): string =>
  name === 'reddit' ? createHash('sha256').update(id).digest('hex') : id

const noteImage = (url: string): void => {
  const query = new URLSearchParams(url.split('?')[1])
  const get = (key: string) => query.get(key) ?? ''
  hitQueries.push(query)
  const isMeta = url.startsWith('/tr/')
  hits.push({
    name: isMeta ? 'meta' : 'reddit',
    event: get(isMeta ? 'ev' : 'event'),
    pixel: get('id'),
    id: get(isMeta ? 'eid' : 'm.conversionId'),
    ...userOf(query),
  })
}

export const addLibrary = (name: Name): void => void runScript(pixels[name].library)
/** Snapchat's library groups its events. */
export const letSnapSend = (): void => void vi.advanceTimersByTime(200)

const natural = { pushState: history.pushState.bind(history), replaceState: history.replaceState.bind(history) }
/** For `beforeEach`: a fresh page whose network takes the libraries' hits. */
export async function newPixelPage(): Promise<void> {
  await newPage()
  delete (page as Partial<typeof page>)._fbq
  hits.length = hitQueries.length = 0
  vi.stubGlobal(
    'Image',
    class {
      set src(url: string) {
        noteImage(url)
      }
    },
  )
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (to: URL | string, init?: RequestInit) =>
    String(to).startsWith('/config/') ? Promise.resolve(new Response('{}')) : fetch(to, init),
  )
  const beacon = navigator.sendBeacon.bind(navigator)
  navigator.sendBeacon = (to, text) => {
    if (to !== '/p') return beacon(to, text)
    const { req } = JSON.parse(text as string) as { req: { t: { ev: string; pid: string; cdid: string } }[] }
    for (const { t } of req)
      hits.push({ name: 'snapchat', event: t.ev, pixel: t.pid, id: t.cdid, ...userOf(Object.entries(t)) })
    return true
  }
  vi.spyOn(document.head, 'appendChild').mockImplementation(<T extends Node>(node: T): T => {
    // Meta's settings for a pixel, without which nothing leaves.
    queueMicrotask(() => void (node as unknown as HTMLScriptElement).onload?.(new Event('load')))
    return node
  })
}

/** For `afterEach`. */
export function closePixelPage(): void {
  Object.assign(history, natural)
  closePage()
}

/** Our script starts, with what it needs to pair. */
export const pair = (config: PixelConfig & { pair?: string } = {}) => start({ features: [proof, pairing], ...config })

/** What was posted of the page's own calls. */
export async function twins() {
  letSnapSend()
  await settle()
  vi.advanceTimersByTime(1000)
  await settle()
  return postedEvents().filter(({ origin }) => origin)
}
