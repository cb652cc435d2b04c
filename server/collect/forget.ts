import type { IncomingMessage } from 'node:http'
import type { Batch } from './batch.ts'

/**
 * `Set-Cookie` lines that take our cookies back: a browser removes what has the same name, domain and path. Scripts
 * cannot remove `_pps`.
 */
export function forgetCookies({ domain = '' }: Batch, { headers }: IncomingMessage): string[] {
  const place = /^[a-z0-9.-]+$/.test(domain) ? `; Domain=${domain}` : ''
  const tail = `; Path=/${place}; Max-Age=0; SameSite=Lax${headers.origin?.startsWith('https:') ? '; Secure' : ''}`
  return [`_pp=${tail}`, `_pps=${tail}; HttpOnly`]
}
