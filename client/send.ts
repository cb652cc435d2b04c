import { findCookieDomain } from './memory/cookie.ts'
import { attempt } from './safe.ts'

/** Only a collector of the same site may set first-party cookies, so only it gets credentials. */
const isSameSite = ({ hostname }: URL): boolean => {
  const domain = hostname === location.hostname ? '' : findCookieDomain()
  return hostname === location.hostname || (domain !== '' && `.${hostname}`.endsWith(`.${domain}`))
}

/**
 * Posts a batch as text/plain, what a string body is by default, so that no preflight is asked. A leaving page uses a
 * beacon, and so does a browser whose requests do not outlive their page.
 */
export function post(url: URL, body: string, leaving: boolean | undefined): void {
  if ((leaving || !('keepalive' in Request.prototype)) && attempt(() => navigator.sendBeacon(url, body))) return
  void fetch(url.href, {
    method: 'POST',
    body,
    keepalive: true,
    credentials: isSameSite(url) ? 'include' : 'omit',
  }).catch(() => undefined)
}
