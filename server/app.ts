import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import express, { type Router } from 'express'
import helmet from 'helmet'
import { refuse, reply } from './collect/reply.ts'
import type { createRoutes } from './collect/routes.ts'
import type { PixelCode } from './pixel-file.ts'
import { addPixelRoutes } from './pixel-routes.ts'
import type { Settings } from './site.ts'

export interface AppParts {
  /** Asked at each request for the pixel: settings may be read anew. Paths are those of the start. */
  readonly settings: () => Settings
  readonly routes: Omit<ReturnType<typeof createRoutes>, 'keyed'>
  /** `DELETE /v1/people`. */
  readonly erase: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly readiness: () => Readiness
  /** The built pixel and its features. */
  readonly pixel: PixelCode
  /** False: this process only delivers; it takes no events and serves no pixel. */
  readonly collects: boolean
  /** What is known of who asks; told to whoever asks so, and to nobody else. */
  readonly seen: (request: IncomingMessage) => Seen
}

/** The asker's own connection as the collector sees it, without the address itself. */
export interface Seen {
  readonly version: 4 | 6
  readonly address: 'public' | 'private'
  /** The connection, or a proxy that is trusted. */
  readonly by: 'peer' | 'forwarded'
  /** The request says for whom it is forwarded. */
  readonly forwarded: boolean
}

/** Store and lanes, without detail: the public is told no name and no reason of a platform. */
export interface Readiness {
  /** Why the process should get no traffic now; empty: it may. */
  readonly reasons: readonly string[]
  /** What a 2xx means. */
  readonly durability: string
  /** What an operator should know of the store though it takes events. */
  readonly alerts?: readonly string[]
  /** How many lanes are in which state. */
  readonly lanes: Readonly<Record<string, number>>
  /** How much there is to see to in the settings; it never keeps traffic away. */
  readonly notices: { readonly urgent: number; readonly warning: number }
  /** What goes on but not as it should; absent: nothing. It keeps no traffic away either. */
  readonly warnings?: readonly string[]
}

/** Route by route, so that an app which mounts the router keeps its own headers on all else. */
const headers = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  // The pixel is loaded by pages of other origins; transport rules belong to the proxy, whose whole domain they bind.
  crossOriginResourcePolicy: { policy: 'cross-origin' },
  crossOriginOpenerPolicy: false,
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
})

/** The public routes over parts handed in; it never listens. Events come first, before every middleware. */
export function createApp({ settings, routes, erase, readiness, pixel, collects, seen }: AppParts): Router {
  const router = express.Router()
  if (collects) addEvents(router, settings().paths.events, routes, erase)

  // Also beside the script: a proxy may pass on that folder alone.
  const health = ['/healthz', path.posix.join(path.posix.dirname(settings().paths.events), 'healthz')]
  router.get([...new Set(health)], headers, (request, response) =>
    reply(response, 200, { alive: true, ...('seen' in request.query && { seen: seen(request) }) }),
  )
  router.get('/readyz', headers, (_request, response) => {
    const { reasons, ...rest } = readiness()
    reply(response, reasons.length ? 503 : 200, { ready: !reasons.length, ...(reasons.length && { reasons }), ...rest })
  })
  if (collects) addPixelRoutes(router, headers, settings, pixel)
  return router
}

function addEvents(router: Router, events: string, routes: AppParts['routes'], erase: AppParts['erase']): void {
  router.post(events, routes.fromBrowser)
  router.options(events, routes.preflight)
  router.post('/v1/events', routes.fromBackend)
  router.delete('/v1/people', erase)
  router.all('/v1/people', (request, response) => {
    request.resume()
    refuse(
      response,
      { status: 405, code: 'METHOD_REFUSED', message: 'People are erased: use DELETE.' },
      { Allow: 'DELETE' },
    )
  })
  router.all([events, '/v1/events'], (request, response) => {
    request.resume()
    refuse(response, { status: 405, code: 'METHOD_REFUSED', message: 'Events are posted.' }, { Allow: 'POST' })
  })
}

/** What stands behind the router when the collector has a process of its own. */
export function createFallback(log: (error: unknown) => void) {
  return {
    notFound: (request: IncomingMessage, response: ServerResponse) => {
      request.resume()
      refuse(response, { status: 404, code: 'NOT_FOUND', message: 'There is nothing at this address.' })
    },
    failed: (error: unknown, _request: IncomingMessage, response: ServerResponse, _next: () => void) => {
      log(error)
      refuse(response, { status: 500, code: 'INTERNAL', message: 'Something broke on our side; the log has more.' })
    },
  }
}
