import type { FaultName } from './modes.ts'
import type { Answer, Call } from './platform.ts'
import type { OverLimit } from './rates.ts'
import type { RedditVersion } from './reddit-rules.ts'

/** An event that was refused, and why. */
export interface RedditRefusal {
  readonly message: string
  readonly event: unknown
}

/** Which of the two APIs was called. */
export const versionOf = ({ path }: Call): RedditVersion => (path.startsWith('/api/v2.0/') ? 'v2' : 'v3')

/** v3 wraps its words in `error`, v2 has a bare `message`. */
export const failure = (call: Call, status: number, message: string, more: object = {}): Answer => ({
  status,
  body: versionOf(call) === 'v3' ? { error: { code: status, message, ...more } } : { message, ...more },
})

/** 401 and 403 have a shape of their own in v2. */
export const denied = (call: Call, status: 401 | 403, message: string): Answer =>
  versionOf(call) === 'v3'
    ? failure(call, status, message)
    : {
        status,
        body: {
          success: false,
          error: { reason: status === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN', explanation: message },
        },
      }

/** The answer to a request without a token. */
export const noToken = (call: Call): Answer =>
  versionOf(call) === 'v3'
    ? denied(call, 401, 'No bearer token provided')
    : { status: 401, body: 'Authorization Required' }

/** The answer to a token that is good, but not for this pixel. */
export const otherPixel = (call: Call): Answer =>
  denied(call, 403, `You're not authorized to post conversions to Pixel ID ${call.params['pixel'] ?? ''}`)

const named = (refused: readonly RedditRefusal[]): object => ({
  invalid_events: refused.map(({ message, event }) => ({ error_message: message, event })),
})

/**
 * The answer to a request with bad events in it. Left to itself v2 shows the events it means, v3 says only where in
 * the request it looked.
 */
export function invalidEvents(call: Call, refused: readonly RedditRefusal[], processed: number): Answer {
  const { names } = call.mode
  if (processed > 0) return success(call, processed, names === false ? {} : named(refused))
  const fields = versionOf(call) === 'v3' ? { fields: refused.map(({ message }) => message) } : {}
  const byEvent = (names ?? versionOf(call) === 'v2') ? named(refused) : {}
  const message = `There were ${refused.length} invalid conversion events. None were processed.`
  return failure(call, 400, message, names === false ? {} : { ...fields, ...byEvent })
}

/** The answer to events that were processed; v3 wraps it in `data`. */
export function success(call: Call, processed: number, more: object = {}): Answer {
  const body = { message: `Successfully processed ${processed} conversion events.`, ...more }
  return { status: 200, body: versionOf(call) === 'v3' ? { data: body } : body }
}

/** Reddit's general headers; the Conversions API documents none of its own. */
const limitHeaders = (
  ...limits: readonly (readonly [name: string, quota: number, left: number, seconds: number])[]
) => ({
  'ratelimit-policy': limits.map(([name, quota]) => `"${name}";q=${quota};w=1`).join(', '),
  ratelimit: limits.map(([name, , left, seconds]) => `"${name}";r=${left};t=${seconds}`).join(', '),
})
const policies = {
  requests: { name: 'ads-conversion-events-rps', quota: 1000 },
  events: { name: 'ads-conversion-events-eps', quota: 10_000 },
} as const

/** Takes what comes, with nine tenths of the limits used up. */
export const redditBusy: Readonly<Record<string, string>> = limitHeaders(
  [policies.requests.name, policies.requests.quota, 80, 1],
  [policies.events.name, policies.events.quota, 1100, 1],
)

/** The answer to a request over a limit that is in force. */
export const overLimit = (call: Call, { of, perSecond }: OverLimit): Answer => ({
  ...failure(call, 429, `Too many ${of} within timeframe.`),
  headers: limitHeaders([policies[of].name, perSecond, 0, 1]),
})

const noScope = (call: Call): Answer => denied(call, 403, 'Missing adsconversions scope')

/** What each mode answers. */
export const redditFaults: Readonly<Record<FaultName, (call: Call) => Answer>> = {
  rate_limited: (call) => {
    const { retry_after: seconds } = call.mode
    const wait =
      seconds === undefined ? {} : limitHeaders([policies.requests.name, policies.requests.quota, 0, seconds])
    const headers = { ...wait, ...(seconds !== undefined && { 'retry-after': String(seconds) }) }
    return { ...failure(call, 429, 'Too many requests within timeframe.'), headers }
  },
  down: (call) => failure(call, 503, 'The service is currently unavailable. No conversion events were processed.'),
  transient: (call) => failure(call, 500, 'Internal Server Error'),
  error: (call) => {
    const { status = 500, message = 'The request failed.' } = call.mode
    return status === 401 || status === 403 ? denied(call, status, message) : failure(call, status, message)
  },
  token_revoked: (call) => denied(call, 401, 'UNAUTHORIZED'),
  token_expired: (call) => denied(call, 401, 'UNAUTHORIZED'),
  token_other_pixel: otherPixel,
  no_permission: noScope,
  pixel_unknown: (call) => failure(call, 404, 'Pixel not found'),
  policy_blocked: noScope,
}
