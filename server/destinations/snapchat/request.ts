import type { HttpRequest, InstanceSettings } from '../destination.ts'
import { baseUrl, pathPart, pruned } from '../wire.ts'
import { base, versions } from './rules.ts'

/** Some payloads as one request. The token stands in the address: no log may ever show that whole. */
export function request(payloads: readonly object[], settings: InstanceSettings): HttpRequest {
  const path = `/${versions.usual}/${pathPart(settings.pixel_id)}/events${settings.test_mode ? '/validate' : ''}`
  return {
    method: 'POST',
    url: `${baseUrl(settings, base)}${path}?access_token=${pathPart(settings.access_token)}`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(pruned({ data: payloads, test_event_code: settings.test_event_code })),
  }
}
