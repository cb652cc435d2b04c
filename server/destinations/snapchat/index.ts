import type { Destination } from '../destination.ts'
import { actionSource, baseUrl, batchSize, pathPart, pruned } from '../wire.ts'
import { map } from './map.ts'
import { respond } from './respond.ts'
import { actionSources, base, batch, maxAgeMs, pairingMs } from './rules.ts'

export const snapchat: Destination = {
  name: 'snapchat',
  limits: {
    batch,
    maxAgeMs: (event, settings) => maxAgeMs(actionSource(event, settings.action_source, actionSources)),
    pairingMs,
  },
  actionSources,
  map,
  request(payloads, settings) {
    const path = `/v3/${pathPart(settings.pixel_id)}/events${settings.test_mode ? '/validate' : ''}`
    return {
      method: 'POST',
      url: `${baseUrl(settings, base)}${path}?access_token=${pathPart(settings.access_token)}`,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(pruned({ data: payloads, test_event_code: settings.test_event_code })),
    }
  },
  respond,
  batchSize: (settings) => batchSize(settings, batch),
}
