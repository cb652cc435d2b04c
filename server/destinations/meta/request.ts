import type { HttpRequest, InstanceSettings } from '../destination.ts'
import { baseUrl, pathPart, pruned } from '../wire.ts'
import { base, defaultPartner, versions } from './rules.ts'

/** A version as an address has it; people leave the letter out. */
export const versionOf = (settings: InstanceSettings): string =>
  (settings.api_version ?? versions.usual).trim().replace(/^v?/i, 'v')

/** The pixel's own address. An address without a version would be answered by whichever version Meta likes. */
export const pixelUrl = (settings: InstanceSettings): string =>
  `${baseUrl(settings, base)}/${pathPart(versionOf(settings))}/${pathPart(settings.pixel_id)}`

/** The token stands in the header: addresses end up in logs. */
export const authorization = ({ access_token: token }: InstanceSettings): string => `Bearer ${token.trim()}`

/** Some payloads as one request. */
export const request = (payloads: readonly object[], settings: InstanceSettings): HttpRequest => ({
  method: 'POST',
  url: `${pixelUrl(settings)}/events`,
  headers: { 'Content-Type': 'application/json', Authorization: authorization(settings) },
  body: JSON.stringify(
    pruned({
      data: payloads,
      test_event_code: settings.test_event_code,
      partner_agent: settings.partner ?? defaultPartner,
    }),
  ),
})
