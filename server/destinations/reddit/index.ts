import type { Destination } from '../destination.ts'
import { baseUrl, batchSize, pathPart, pruned } from '../wire.ts'
import { isV3 } from './fields.ts'
import { map } from './map.ts'
import { respond } from './respond.ts'
import { actionSources, base, batch, maxAgeMs, pairingMs, userAgent } from './rules.ts'

export const reddit: Destination = {
  name: 'reddit',
  limits: { batch, maxAgeMs: () => maxAgeMs, pairingMs },
  actionSources,
  map,
  request(payloads, settings) {
    const pixel = pathPart(settings.pixel_id)
    const { partner } = settings
    const [path, body] = isV3(settings)
      ? [
          `/api/v3/pixels/${pixel}/conversion_events`,
          { data: pruned({ events: payloads, test_id: settings.test_id, partner }) },
        ]
      : [
          `/api/v2.0/conversions/events/${pixel}`,
          pruned({ events: payloads, test_mode: settings.test_mode || undefined, partner }),
        ]
    return {
      method: 'POST',
      url: baseUrl(settings, base) + path,
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${settings.access_token.trim()}`,
        'User-Agent': userAgent,
      },
      body: JSON.stringify(body),
    }
  },
  respond,
  // Event Testing shows one event of a request.
  batchSize: (settings) => (isV3(settings) && settings.test_id ? 1 : batchSize(settings, batch)),
}
