import type { StoredEvent } from '../../../shared/event.ts'
import { readBody } from '../answer.ts'
import type { HttpRequest, HttpResponse, InstanceSettings, Outcome } from '../destination.ts'
import { map } from './map.ts'
import { request } from './request.ts'
import { respond, verdictOf } from './respond.ts'

/** SHA-256 of `person@example.com`, the example of Snapchat's own page: nobody's address. */
const nobody = '542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345'

/** A page view that never was, on a domain reserved for examples. */
const pageView = (now: number): StoredEvent => ({
  event: 'page_view',
  event_id: `pairpixel-check-${now}`,
  event_time: now,
  url: 'https://example.com/',
  context: { user_agent: 'Pairpixel' },
  keys: { meta: {}, reddit: {}, snapchat: { em: [nobody] } },
})

/** One made-up event to the test address: Snapchat looks at token, pixel and event there, and counts nothing. */
export function probe(settings: InstanceSettings, now: number): HttpRequest | undefined {
  if (settings.dry_run) return undefined
  const { data_processing_options: _options, test_event_code: _code, ...plain } = settings
  const mapped = map(pageView(now), plain, now)
  return 'skip' in mapped ? undefined : request([mapped.payload], { ...plain, test_mode: true })
}

const refusedFix = 'The token is good for this pixel; Snapchat only refused the made-up event it was asked with.'

/** The same table as for real events; only a refusal that is Snapchat's own says that the token was good. */
export function readProbe(response: HttpResponse): Outcome {
  const [outcome] = respond(response, [{}])
  if (outcome?.kind !== 'rejected') return outcome ?? { kind: 'retry', why: 'no answer' }
  const { why, code } = outcome
  return verdictOf(readBody(response)) === 'INVALID' && response.status !== 413
    ? { kind: 'rejected', why, fix: refusedFix, code }
    : { kind: 'retry', why }
}
