import { attempt } from './safe.ts'

/** A page has 64 KiB in flight for all that outlives it; what finds no room there goes as an ordinary request. */
const maxInFlight = 60_000
let inFlight = 0

/** As a request carries it: a quota counts bytes, not characters. */
export const bytesOf = (text: string): number => new Blob([text]).size

/**
 * Posts a batch as text/plain, what a string body is by default, so that no preflight is asked. A leaving page uses a
 * beacon, and so does a browser whose requests do not outlive their page. A beacon has no answer, so there is none.
 * @param leaving false: the answer matters more than that the request outlives the page
 * @param domain the site's registrable domain: only its own collector gets credentials and may set cookies
 */
export const post = (url: URL, body: string, leaving: unknown, domain: string): Promise<Response> | undefined =>
  attempt(() => {
    if ((leaving ?? !('keepalive' in Request.prototype)) && attempt(() => navigator.sendBeacon(url, body))) return
    const bytes = bytesOf(body)
    const answer = fetch(url, {
      method: 'POST',
      body,
      keepalive: (inFlight += bytes) <= maxInFlight,
      credentials: `.${url.hostname}`.endsWith(`.${domain || location.hostname}`) ? 'include' : 'omit',
    })
    return answer.finally(() => (inFlight -= bytes))
  })
