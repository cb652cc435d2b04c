import { randomBytes } from 'node:crypto'
import type { FaultName } from './modes.ts'
import type { Answer, Call } from './platform.ts'

/** What an error body of Meta says besides its `type`. */
export interface MetaError {
  readonly code: number
  readonly message: string
  readonly subcode?: number
  readonly title?: string
  readonly detail?: string
  readonly transient?: boolean
}

/** Every answer carries one; support asks for it. */
export const trace = (): string => `A${randomBytes(16).toString('base64url')}`

/** `type` is always OAuthException, whatever went wrong. */
export const metaError = (
  status: number,
  parts: MetaError,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers,
  body: {
    error: {
      message: parts.message,
      type: 'OAuthException',
      code: parts.code,
      ...(parts.subcode !== undefined && { error_subcode: parts.subcode }),
      is_transient: parts.transient ?? false,
      ...(parts.title && { error_user_title: parts.title, error_user_msg: parts.detail }),
      fbtrace_id: trace(),
    },
  },
})

/** Something about the request itself is wrong. */
export const invalid = (detail: string): Answer => metaError(400, { code: 100, message: `(#100) ${detail}` })

/** One answer for two cases: there is no such object, or the token may not see it. */
export const unknownObject = (id: string): Answer =>
  metaError(400, {
    code: 100,
    subcode: 33,
    message: `Object with ID '${id}' does not exist, or cannot be loaded due to missing permissions.`,
  })

/** The answer to a token that is not the account's. */
export const badToken = (given: string | undefined): Answer =>
  given
    ? metaError(401, { code: 190, subcode: 467, message: 'Invalid OAuth access token.' })
    : metaError(401, { code: 190, message: 'An access token is required to request this resource.' })

type CodeRow = readonly [from: number, to: number, status: number, message: string]

/** Status and words for a code that is asked for bare. Throttling comes with 400 or 403; status and code may part. */
const codes: readonly CodeRow[] = [
  [-Infinity, -1, 500, 'Internal error'],
  [1, 2, 500, 'Service temporarily unavailable'],
  [5000, 5000, 500, 'Unknown error'],
  [4, 4, 403, 'Application request limit reached'],
  [17, 17, 400, 'User request limit reached'],
  [32, 32, 403, 'Page request limit reached'],
  [341, 341, 400, 'Application limit reached'],
  [368, 368, 403, 'The action attempted has been deemed abusive or is otherwise disallowed'],
  [613, 613, 400, 'Calls to this api have exceeded the rate limit.'],
  [80000, 80014, 400, 'There have been too many calls to this account. Wait a bit and try again.'],
  [102, 102, 401, 'Session key invalid or no longer valid'],
  [190, 190, 401, 'Error validating access token'],
  [3, 3, 403, 'Application does not have the capability to make this API call.'],
  [10, 10, 403, 'Application does not have permission for this action'],
  [200, 299, 403, 'Permissions error'],
]
const otherCode: CodeRow = [-Infinity, Infinity, 400, 'Invalid parameter']

function asked({ mode: { code = 1, subcode, status, message } }: Call): Answer {
  const [, , usualStatus, words] = codes.find(([from, to]) => code >= from && code <= to) ?? otherCode
  return metaError(status ?? usualStatus, { code, subcode, message: message ?? `(#${code}) ${words}` })
}

/** Percentages used, and minutes until there is room again. */
function usageHeaders(
  id: string,
  [calls, cpu, time]: readonly [number, number, number],
  minutes: number,
): Readonly<Record<string, string>> {
  const used = { call_count: calls, total_cputime: cpu, total_time: time }
  const wait = { estimated_time_to_regain_access: minutes, ads_api_access_tier: 'standard_access' }
  return {
    'x-app-usage': JSON.stringify(used),
    'x-business-use-case-usage': JSON.stringify({ [id]: [{ type: 'ads_management', ...used, ...wait }] }),
  }
}

/** Takes what comes, with nine tenths of the limits used up. */
export const busyHeaders = (pixelId: string): Readonly<Record<string, string>> => usageHeaders(pixelId, [91, 87, 94], 0)

const secondsPerMinute = 60

/** Meta throttles with a code, not with status 429; it tells the wait in whole minutes, if at all. */
export const throttled = (pixelId: string, retryAfterS?: number): Answer =>
  metaError(
    400,
    { code: 80004, subcode: 2446079, message: '(#80004) Too many calls. Wait a while and try again.' },
    retryAfterS === undefined ? {} : usageHeaders(pixelId, [100, 100, 100], Math.ceil(retryAfterS / secondsPerMinute)),
  )

const refusedAs = (status: number, parts: MetaError) => (): Answer => metaError(status, parts)

/** What each mode answers. */
export const metaFaults = (pixelId: string): Readonly<Record<FaultName, (call: Call) => Answer>> => ({
  rate_limited: ({ mode }) => throttled(pixelId, mode.retry_after),
  down: refusedAs(503, { code: 2, message: 'Service temporarily unavailable', transient: true }),
  // The code says the event is wrong, the flag says to come again: the flag counts.
  transient: refusedAs(400, {
    code: 100,
    message: 'An unexpected error has occurred. Please retry your request later.',
    transient: true,
  }),
  error: asked,
  token_revoked: refusedAs(401, {
    code: 190,
    subcode: 460,
    message: 'Error validating access token: the session was invalidated.',
  }),
  token_expired: refusedAs(401, {
    code: 190,
    subcode: 463,
    message: 'Error validating access token: the session has expired.',
  }),
  token_other_pixel: ({ params }) => unknownObject(params['pixel'] ?? ''),
  no_permission: refusedAs(403, { code: 200, message: '(#200) Permissions error' }),
  pixel_unknown: ({ params }) => unknownObject(params['pixel'] ?? ''),
  policy_blocked: refusedAs(403, {
    code: 368,
    message: 'The action attempted has been deemed abusive or is otherwise disallowed',
  }),
})
