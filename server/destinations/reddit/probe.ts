import type { HttpRequest, HttpResponse, InstanceSettings, Outcome } from '../destination.ts'
import { settingsAt } from '../test-mode.ts'
import { request } from './request.ts'
import { respond } from './respond.ts'
import { isV3, userAgent } from './rules.ts'

/** SHA-256 of `alice@example.com`: the worked example of Reddit's own guide, so no person's. */
const exampleEmail = 'ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976'

/**
 * A page visit for Event Testing (v3 with `test_id`) or for test mode (v2.0), which Reddit shows and never counts.
 * Undefined otherwise: Reddit has no other question, and a made-up event would count as a visit.
 */
export function probe(settings: InstanceSettings, now: number): HttpRequest | undefined {
  const live = settingsAt(settings, now)
  if (live.dry_run) return undefined
  const user = { email: exampleEmail, user_agent: userAgent }
  if (isV3(live))
    return live.test_id
      ? request([{ event_at: now, action_source: 'WEBSITE', type: { tracking_type: 'PAGE_VISIT' }, user }], live)
      : undefined
  const event_at = new Date(now).toISOString()
  return live.test_mode ? request([{ event_at, event_type: { tracking_type: 'PageVisit' }, user }], live) : undefined
}

/** What the answer to that one page visit means, by the table of every answer. */
export const readProbe = (response: HttpResponse): Outcome => respond(response, [{}])[0]!
