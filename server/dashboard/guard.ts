import type { Request, RequestHandler } from 'express'
import helmet from 'helmet'

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)+localhost)(:\d{1,5})?$/i

/**
 * Answers to names of this machine, and to the dashboard's own public name where it has one: a foreign name that resolves
 * to this machine (DNS rebinding) would otherwise let any web page ask.
 */
export const knownHosts =
  (publicHost?: string): RequestHandler =>
  ({ headers: { host = '' } }, response, next) => {
    if (loopbackHost.test(host) || (publicHost !== undefined && host.toLowerCase() === publicHost)) return next()
    const at = publicHost === undefined ? '' : ` and at ${publicHost}`
    response.status(403).type('text/plain').send(`The dashboard answers only at localhost, 127.0.0.1 or [::1]${at}.\n`)
  }

/** Names of this machine alone. */
export const loopbackOnly: RequestHandler = knownHosts()

/**
 * What changes something must come from the dashboard's own page: no form and no link of another page can set a header, and
 * a browser names the page's origin with every post. A program without a browser names none, and may post with the header.
 */
export function isOwnPost({ headers }: Pick<Request, 'headers'>): boolean {
  const { origin, host = '', 'sec-fetch-site': site } = headers
  if (headers['x-pairpixel'] !== '1') return false
  if (site !== undefined && site !== 'same-origin') return false
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}

/** No inline anything, nothing from elsewhere, no frame, no cache. */
export const pageHeaders: readonly RequestHandler[] = [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false, // loopback speaks plain HTTP, and at a public address it is the proxy's to say
  }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  },
]
