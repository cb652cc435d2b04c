import type { IncomingMessage } from 'node:http'
import type { Headers } from './reply.ts'

/**
 * May a page of this origin post? A present Origin must be in the site's list; without a list, only the host that
 * was asked counts as the site's own. `null` only if listed.
 */
export function isAllowedOrigin(
  origin: string | undefined,
  allowed: readonly string[],
  host: string | undefined,
): boolean {
  if (origin === undefined) return true
  if (allowed.includes(origin)) return true
  return (
    allowed.length === 0 && URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase()
  )
}

/** Exact-origin CORS with credentials; nothing for a request without an origin. */
export const corsHeaders = (request: IncomingMessage): Headers =>
  request.headers.origin
    ? {
        'Access-Control-Allow-Origin': request.headers.origin,
        'Access-Control-Allow-Credentials': 'true',
        Vary: 'Origin',
      }
    : {}

export const preflightHeaders: Headers = {
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'Content-Type',
  'Access-Control-Max-Age': '600',
}
