import type { Destination } from '../destination.ts'
import { actionSource, baseUrl, batchSize, pathPart, pruned } from '../wire.ts'
import { map } from './map.ts'
import { respond } from './respond.ts'
import { actionSources, base, batch, defaultPartner, defaultVersion, maxAgeMs, pairingMs } from './rules.ts'

export const meta: Destination = {
  name: 'meta',
  limits: {
    batch,
    maxAgeMs: (event, settings) => maxAgeMs(actionSource(event, settings.action_source, actionSources)),
    pairingMs,
  },
  actionSources,
  map,
  request(payloads, settings) {
    const version = (settings.api_version ?? defaultVersion).trim().replace(/^v?/, 'v')
    return {
      method: 'POST',
      url: `${baseUrl(settings, base)}/${pathPart(version)}/${pathPart(settings.pixel_id)}/events`,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${settings.access_token.trim()}` },
      body: JSON.stringify(
        pruned({
          data: payloads,
          test_event_code: settings.test_event_code,
          partner_agent: settings.partner ?? defaultPartner,
        }),
      ),
    }
  },
  respond,
  batchSize: (settings) => batchSize(settings, batch),
}
