import type { RequestHandler } from 'express'
import helmet from 'helmet'

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)+localhost)(:\d{1,5})?$/i

/**
 * The page has no login yet, so it answers to loopback names alone: a foreign name that resolves to this machine
 * (DNS rebinding) would otherwise let any web page read it.
 */
export const loopbackOnly: RequestHandler = (request, response, next) => {
  if (loopbackHost.test(request.headers.host ?? '')) return next()
  response.status(403).type('text/plain').send('The dashboard answers only at localhost, 127.0.0.1 or [::1].\n')
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
    strictTransportSecurity: false, // loopback speaks plain HTTP
  }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  },
]
