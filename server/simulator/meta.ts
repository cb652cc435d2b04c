import { randomBytes } from 'node:crypto'
import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import { findMetaFault, metaWarnings } from './meta-rules.ts'
import { hourMs, refusal, type Account, type Answer, type Call, type Platform, type ServerEvent } from './platform.ts'

const versions = [21, 22, 23, 24, 25, 26]
const mostEvents = 1000
const dedupMs = 48 * hourMs

const trace = (): string => `A${randomBytes(16).toString('base64url')}`

interface ErrorParts {
  readonly code: number
  readonly message: string
  readonly subcode?: number
  readonly title?: string
  readonly detail?: string
  readonly transient?: boolean
}

/** `type` is always OAuthException, whatever went wrong. */
const error = (status: number, parts: ErrorParts, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: {
    error: {
      message: parts.message,
      type: 'OAuthException',
      code: parts.code,
      ...(parts.subcode && { error_subcode: parts.subcode }),
      is_transient: parts.transient ?? false,
      ...(parts.title && { error_user_title: parts.title, error_user_msg: parts.detail }),
      fbtrace_id: trace(),
    },
  },
})

const invalid = (detail: string): Answer => error(400, { code: 100, message: `(#100) ${detail}` })

/** The Conversions API of Meta for one pixel and one token. */
export function createMeta({ pixelId, token }: Account): Platform {
  return {
    name: 'meta',
    routes: [
      { method: 'post', path: /^\/v(?<version>\d+)\.0\/(?<pixel>[^/]+)\/events$/ },
      { method: 'get', path: /^\/v(?<version>\d+)\.0\/(?<pixel>\d[^/]*)$/ },
    ],
    answer(call) {
      const envelope = readEnvelope(call)
      const given = call.bearer ?? call.query.get('access_token') ?? pickText(envelope, 'access_token')
      if (!versions.includes(Number(call.params['version'])))
        return refusal(invalid(`Unsupported version v${call.params['version'] ?? ''}.0`))
      if (given !== token) return refusal(badToken(given))
      if (call.params['pixel'] !== pixelId) return refusal(unknownObject(call.params['pixel'] ?? ''))
      if (!call.path.endsWith('/events')) return refusal({ status: 200, body: { id: pixelId } })
      return judge(envelope, call.now)
    },
    rateLimited: (_call, retryAfterS) =>
      error(
        400,
        { code: 80004, subcode: 2446079, message: '(#80004) Too many calls. Wait a while and try again.' },
        retryAfterS === undefined ? {} : { 'x-business-use-case-usage': usage(pixelId, retryAfterS) },
      ),
    down: () => error(503, { code: 2, message: 'Service temporarily unavailable', transient: true }),
    tokenRevoked: () =>
      error(401, { code: 190, subcode: 460, message: 'Error validating access token: the session was invalidated.' }),
    dedupKeys: ({ event, id }) => (id ? [{ key: JSON.stringify([event, id]), windowMs: dedupMs }] : []),
  }
}

/** JSON, or a form whose `data` is JSON text. */
function readEnvelope({ text, contentType }: Call): unknown {
  if (!contentType.includes('x-www-form-urlencoded')) return parseJson(text)
  const form = Object.fromEntries(new URLSearchParams(text))
  return { ...form, data: parseJson(form['data'] ?? '') }
}

function judge(envelope: unknown, now: number) {
  if (!isFields(envelope)) return refusal(invalid('The body is not a JSON object'))
  const { data, test_event_code: testCode } = envelope
  if (!Array.isArray(data)) return refusal(invalid('The parameter data is required'))
  if (data.length < 1 || data.length > mostEvents)
    return refusal(invalid(`The parameter data must have 1 to ${mostEvents} entries`))
  for (const key of ['test_event_code', 'partner_agent', 'upload_tag'])
    if (envelope[key] !== undefined && !pickText(envelope, key)) return refusal(invalid(`${key} must be text`))
  for (const event of data) {
    const fault = findMetaFault(event, now)
    // One bad event sinks the request, and the answer does not say which one it was.
    if (fault) return refusal(error(400, { code: 100, message: 'Invalid parameter', ...fault }))
  }
  return {
    answer: { status: 200, body: { events_received: data.length, messages: [], fbtrace_id: trace() } },
    accepted: data.map((event) => toServerEvent(event, testCode !== undefined, now)),
  }
}

const toServerEvent = (event: unknown, test: boolean, at: number): ServerEvent => ({
  event: pickText(event, 'event_name') ?? '',
  id: pickText(event, 'event_id'),
  value: toAmount(pick(event, 'custom_data', 'value')),
  currency: pickText(event, 'custom_data', 'currency')?.toUpperCase(),
  at,
  test,
  counts: true, // a test event code is no dry run
  warnings: metaWarnings(event),
  body: event,
})

const badToken = (given: string | undefined): Answer =>
  given
    ? error(401, { code: 190, subcode: 467, message: 'Invalid OAuth access token.' })
    : error(401, { code: 190, message: 'An access token is required to request this resource.' })

const unknownObject = (pixel: string): Answer =>
  error(400, {
    code: 100,
    subcode: 33,
    message: `Object with ID '${pixel}' does not exist, or cannot be loaded due to missing permissions.`,
  })

/** The wait is told in whole minutes. */
const usage = (id: string, retryAfterS: number): string =>
  JSON.stringify({
    [id]: [
      {
        type: 'ads_management',
        call_count: 100,
        total_cputime: 100,
        total_time: 100,
        estimated_time_to_regain_access: Math.ceil(retryAfterS / 60),
        ads_api_access_tier: 'standard_access',
      },
    ],
  })
