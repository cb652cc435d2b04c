import { attempt } from './safe.ts'

/** A page has 64 KiB in flight for all that outlives it; what is larger goes as an ordinary request. */
const keepaliveChars = 20_000

/**
 * Posts a batch as text/plain, what a string body is by default, so that no preflight is asked. A leaving page uses a
 * beacon, and so does a browser whose requests do not outlive their page.
 * @param domain the site's registrable domain: only its own collector gets credentials and may set cookies
 */
export function post(url: URL, body: string, leaving: unknown, domain: string): void {
  if ((leaving || !('keepalive' in Request.prototype)) && attempt(() => navigator.sendBeacon(url, body))) return
  void fetch(url, {
    method: 'POST',
    body,
    keepalive: body.length < keepaliveChars,
    credentials: url.hostname.endsWith(domain || location.hostname) ? 'include' : 'omit',
  }).catch(() => undefined)
}
