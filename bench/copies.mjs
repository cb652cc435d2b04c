// Copies as the collector hands them to the store: made from the benchmark's event by the collector's own code.
import { newCopy } from '../server/copy.ts'
import { enrich } from '../server/enrich/enrich.ts'
import { demoAccounts } from '../server/demo/simulators.ts'
import { checkTree } from '../server/settings/settings.ts'
import { parseEvent } from '../shared/parse-event.ts'
import { purchase, userAgents } from './events.mjs'

/** One site with the three destinations; nothing listens there. */
export const settings = checkTree({
  store: 'memory:',
  url: 'https://shop.example',
  hold: { default: '0s' },
  destinations: Object.fromEntries(
    Object.entries(demoAccounts).map(([platform, { pixelId, token }]) => [
      platform,
      { pixel_id: pixelId, access_token: token, endpoint: 'http://127.0.0.1:9' },
    ]),
  ),
})
export const [site] = settings.sites

export const visitorOf = (n) => ({
  ip: `198.51.100.${n % 250}`,
  userAgent: userAgents[n % userAgents.length],
  cookies: {},
  optOut: false,
})

/** The n-th event, parsed and joined with what its request tells. */
export function arrivedEvent(n, now) {
  const parsed = parseEvent(purchase(n, now), { now, newId: () => '' })
  if (!parsed.ok) throw new Error('The benchmark’s own event was refused.')
  return enrich(parsed.event, { kind: 'browser', now, visitor: visitorOf(n), siteUrl: site.url }).event
}

export const copyOf = (n, now) => newCopy(site, 'browser', arrivedEvent(n, now), purchase(n, now), now)
