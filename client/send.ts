import { attempt, toJson } from './safe.ts'
import type { WireBatch } from './wire.ts'

/** A page has 64 KiB in flight for all that outlives it; what finds no room there goes as an ordinary request. */
const maxInFlight = 60_000
let inFlight = 0

/** As a request carries it: a quota counts bytes, not characters. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/**
 * Posts a batch as text/plain, what a string body is by default, so that no preflight is asked. A leaving page uses a
 * beacon, and so does a browser whose requests do not outlive their page. A beacon has no answer, so there is none; a
 * request that gets none answers undefined. The batch names the site's registrable domain: only its own collector gets
 * credentials and may set cookies.
 * @param leaving false: the answer matters more than that the request outlives the page
 */
export const post = (
  address: string,
  base: string,
  batch: WireBatch,
  leaving: unknown,
): Promise<Response | undefined> | undefined =>
  attempt(() => {
    const url = new URL(address, base)
    const body = toJson(batch)
    if ((leaving ?? !('keepalive' in Request.prototype)) && attempt(() => navigator.sendBeacon(url, body))) return
    const bytes = bytesOf(body)
    return fetch(url, {
      method: 'POST',
      body,
      keepalive: (inFlight += bytes) <= maxInFlight,
      credentials: `.${url.hostname}`.endsWith(`.${batch.domain || location.hostname}`) ? 'include' : 'omit',
    })
      .finally(() => (inFlight -= bytes))
      .catch(() => undefined)
  })
