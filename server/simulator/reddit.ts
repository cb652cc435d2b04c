import { createHash } from 'node:crypto'
import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import {
  dayMs,
  refusal,
  type Account,
  type Answer,
  type Call,
  type Platform,
  type ServerEvent,
  type Verdict,
} from './platform.ts'
import { findRedditProblem, redditNames, redditWarnings, type RedditVersion } from './reddit-rules.ts'

const mostEvents = 1000
const dedupMs = 2 * dayMs
// The names libraries send by themselves; Reddit wants a descriptive one.
const libraryAgent = /^(node|undici|node-fetch|axios|got|curl|wget|python-requests|okhttp|java|go-http-client)(\/|$)/i

const versionOf = ({ path }: Call): RedditVersion => (path.startsWith('/api/v2.0/') ? 'v2' : 'v3')

/** v3 wraps its words in `error`, v2 has a bare `message`. */
const failure = (call: Call, status: number, message: string, more: object = {}): Answer => ({
  status,
  body: versionOf(call) === 'v3' ? { error: { code: status, message, ...more } } : { message, ...more },
})

/** 401 and 403 have a shape of their own in v2. */
const denied = (call: Call, status: 401 | 403, message: string): Answer =>
  versionOf(call) === 'v3'
    ? failure(call, status, message)
    : {
        status,
        body: {
          success: false,
          error: { reason: status === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN', explanation: message },
        },
      }

/** Reddit stores a raw conversion ID as its SHA-256, so the raw and the hashed form are the same ID. */
export const redditId = (id: string | undefined): string | undefined => {
  if (!id) return undefined
  return /^[0-9a-f]{64}$/i.test(id) ? id.toLowerCase() : createHash('sha256').update(id).digest('hex')
}

/** One name for the event whichever way it came; a custom event is its own kind by its name. */
export const redditEventName = (type: string, customName: string | undefined): string => {
  const name = redditNames[type] ?? type
  return name === 'CUSTOM' ? `CUSTOM:${customName ?? ''}` : name
}

/** The Conversions API of Reddit, v3 and v2.0, for one pixel and one token. */
export function createReddit({ pixelId, token }: Account): Platform {
  return {
    name: 'reddit',
    routes: [
      { method: 'post', path: /^\/api\/v3\/pixels\/(?<pixel>[^/]+)\/conversion_events$/ },
      { method: 'post', path: /^\/api\/v2\.0\/conversions\/events\/(?<pixel>[^/]+)$/ },
    ],
    answer(call) {
      const agent = call.userAgent?.trim()
      if (!agent || libraryAgent.test(agent))
        return refusal(failure(call, 429, 'Your user agent was automatically ratelimited.'))
      if (!call.bearer) return refusal(denied(call, 401, 'No bearer token provided'))
      if (call.bearer !== token) return refusal(denied(call, 401, 'UNAUTHORIZED'))
      const pixel = call.params['pixel'] ?? ''
      if (pixel !== pixelId)
        return refusal(denied(call, 403, `You're not authorized to post conversions to Pixel ID ${pixel}`))
      return judge(call)
    },
    rateLimited: (call, retryAfterS) => ({
      ...failure(call, 429, 'Too many requests within timeframe.'),
      headers: retryAfterS === undefined ? undefined : waitHeaders(retryAfterS),
    }),
    down: (call) => failure(call, 503, 'The service is currently unavailable. No conversion events were processed.'),
    tokenRevoked: (call) => denied(call, 401, 'UNAUTHORIZED'),
    dedupKeys: ({ event, id, channel }) =>
      id ? [{ key: JSON.stringify([channel, event, id]), windowMs: dedupMs }] : [],
  }
}

/** Reddit's general headers; the Conversions API documents none of its own. */
const waitHeaders = (seconds: number): Readonly<Record<string, string>> => ({
  'retry-after': String(seconds),
  'ratelimit-policy': '"ads-conversion-events-rps";q=1000;w=1',
  ratelimit: `"ads-conversion-events-rps";r=0;t=${seconds}`,
})

const envelopeKeys = { v2: ['events', 'test_mode', 'partner'], v3: ['events', 'test_id', 'partner'] } as const

function judge(call: Call): Verdict {
  const version = versionOf(call)
  const body = parseJson(call.text)
  const envelope = version === 'v3' ? pick(body, 'data') : body
  const problem = findEnvelopeProblem(body, envelope, version)
  if (problem) return refusal(failure(call, 400, problem))
  const events = pick(envelope, 'events')
  if (!Array.isArray(events) || events.length < 1 || events.length > mostEvents)
    return refusal(failure(call, 400, 'Bad Request'))
  const problems = events.flatMap((event: unknown, at) => {
    const message = findRedditProblem(event, version, call.now, version === 'v3' ? `data.events[${at}]` : '')
    return message ? [{ message, event }] : []
  })
  if (problems.length > 0) return refusal(invalidEvents(call, problems))
  const message = `Successfully processed ${events.length} conversion events.`
  const test = version === 'v3' ? pick(envelope, 'test_id') !== undefined : pick(envelope, 'test_mode') === true
  return {
    answer: { status: 200, body: version === 'v3' ? { data: { message } } : { message } },
    accepted: events.map((event) => toServerEvent(event, version, test, call.now)),
  }
}

function findEnvelopeProblem(body: unknown, envelope: unknown, version: RedditVersion): string | undefined {
  if (!isFields(envelope) || !isFields(body)) return 'Bad Request'
  const known: readonly string[] = envelopeKeys[version]
  const extra =
    (version === 'v3' && Object.keys(body).find((key) => key !== 'data')) ||
    Object.keys(envelope).find((key) => !known.includes(key))
  if (extra) return `${extra} is not a known field`
  const text = ['test_id', 'partner'].find((key) => envelope[key] !== undefined && !pickText(envelope, key))
  if (text) return `${text} must be text that is not empty`
  const mode = envelope['test_mode']
  return mode === undefined || typeof mode === 'boolean' ? undefined : 'test_mode must be true or false'
}

/** The whole batch is refused; only v2 shows the events it means. */
function invalidEvents(call: Call, problems: readonly { message: string; event: unknown }[]): Answer {
  const message = `There were ${problems.length} invalid conversion events. None were processed.`
  return versionOf(call) === 'v3'
    ? failure(call, 400, message, { fields: problems.map((problem) => problem.message) })
    : failure(call, 400, message, {
        invalid_events: problems.map((problem) => ({ error_message: problem.message, event: problem.event })),
      })
}

function toServerEvent(event: unknown, version: RedditVersion, test: boolean, at: number): ServerEvent {
  const type = pick(event, version === 'v3' ? 'type' : 'event_type')
  const metadata = pick(event, version === 'v3' ? 'metadata' : 'event_metadata')
  return {
    event: redditEventName(String(pick(type, 'tracking_type')), pickText(type, 'custom_event_name')),
    id: redditId(pickText(metadata, 'conversion_id')),
    order: pickText(metadata, 'order_id'),
    channel: pickText(event, 'action_source') ?? 'WEBSITE', // v2 has no channels
    value: toAmount(pick(metadata, version === 'v3' ? 'value' : 'value_decimal')),
    currency: pickText(metadata, 'currency'),
    at,
    test,
    counts: !test,
    warnings: redditWarnings(event, version),
    body: event,
  }
}
