import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import {
  isPoisoned,
  refusal,
  type Account,
  type Call,
  type Platform,
  type ServerEvent,
  type Verdict,
} from './platform.ts'
import {
  denied,
  failure,
  invalidEvents,
  noToken,
  otherPixel,
  overLimit,
  redditBusy,
  redditFaults,
  success,
  versionOf,
} from './reddit-answers.ts'
import { eventRichness, redditDedup, redditEventName, redditId } from './reddit-copies.ts'
import { findRedditProblem, type RedditVersion } from './reddit-rules.ts'
import { redditWarnings } from './reddit-warnings.ts'

const mostEvents = 1000
const mostOrderChars = 100
/** The names libraries send by themselves, and a browser's, which is a lie here; Reddit wants a descriptive one. */
const foreignAgent = new RegExp(
  `^(${[
    ...['node', 'undici', 'node-fetch', 'axios', 'got', 'deno', 'bun', 'curl', 'wget', 'okhttp', 'dart', 'ruby'],
    ...['python', 'python-requests', 'python-urllib', 'aiohttp', 'java', 'apache-httpclient', 'go-http-client'],
    ...['guzzlehttp', 'postmanruntime', 'mozilla'],
  ].join('|')})(/|$)`,
  'i',
)

/** The Conversions API of Reddit, v3 and v2.0, for one pixel and one token. */
export function createReddit({ pixelId, token }: Account): Platform {
  return {
    name: 'reddit',
    routes: [
      { method: 'post', path: /^\/api\/v3\/pixels\/(?<pixel>[^/]+)\/conversion_events$/ },
      { method: 'post', path: /^\/api\/v2\.0\/conversions\/events\/(?<pixel>[^/]+)$/ },
    ],
    dedup: redditDedup,
    busyHeaders: redditBusy,
    faults: redditFaults,
    overLimit,
    countEvents: (call) => eventsOf(readEnvelope(call)).length,
    answer(call) {
      const agent = call.userAgent?.trim()
      if (!agent || foreignAgent.test(agent))
        return refusal(failure(call, 429, 'Your user agent was automatically ratelimited.'))
      if (!call.bearer) return refusal(noToken(call))
      if (call.bearer !== token) return refusal(denied(call, 401, 'UNAUTHORIZED'))
      if (call.params['pixel'] !== pixelId) return refusal(otherPixel(call))
      return judge(call)
    },
  }
}

function readEnvelope(call: Call): unknown {
  const body = parseJson(call.text)
  return versionOf(call) === 'v3' ? pick(body, 'data') : body
}

const eventsOf = (envelope: unknown): readonly unknown[] => {
  const events = pick(envelope, 'events')
  return Array.isArray(events) ? events : []
}

const envelopeKeys = { v2: ['events', 'test_mode', 'partner'], v3: ['events', 'test_id', 'partner'] } as const

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

function judge(call: Call): Verdict {
  const version = versionOf(call)
  const envelope = readEnvelope(call)
  const problem = findEnvelopeProblem(parseJson(call.text), envelope, version)
  if (problem) return refusal(failure(call, 400, problem))
  const events = eventsOf(envelope)
  const refusesBatch = call.mode.mode === 'batch_refused' && events.length > 1
  if (events.length < 1 || events.length > mostEvents || refusesBatch) return refusal(failure(call, 400, 'Bad Request'))
  const judged = events.map((event, at) => ({ event, at, message: findProblem(event, call, at) }))
  const refused = judged.flatMap(({ event, message }) => (message ? [{ event, message }] : []))
  const good = refused.length === 0 || call.mode.partial ? judged.filter(({ message }) => !message) : []
  const test = version === 'v3' ? pick(envelope, 'test_id') !== undefined : pick(envelope, 'test_mode') === true
  return {
    answer: refused.length > 0 ? invalidEvents(call, refused, good.length) : success(call, good.length),
    accepted: good.map(({ event, at }) => toServerEvent(event, at, version, test, call.now)),
    refused: refused.length > 0,
  }
}

function findProblem(event: unknown, call: Call, at: number): string | undefined {
  const { mode } = call
  const version = versionOf(call)
  const problem = findRedditProblem(event, version, call.now, version === 'v3' ? `data.events[${at}]` : '')
  if (problem) return problem
  const { id, order } = idsOf(metadataOf(event, version))
  const poison = (mode.poison ?? []).flatMap((entry) => [entry, redditId(entry) ?? entry])
  return isPoisoned({ ...mode, poison }, id, order) ? 'the conversion event is invalid' : undefined
}

const metadataOf = (event: unknown, version: RedditVersion): unknown =>
  pick(event, version === 'v3' ? 'metadata' : 'event_metadata')

/** The order number as Reddit keeps it: cut. */
const idsOf = (metadata: unknown): { readonly id?: string; readonly order?: string } => ({
  id: redditId(pickText(metadata, 'conversion_id')),
  order:
    Array.from(pickText(metadata, 'order_id') ?? '')
      .slice(0, mostOrderChars)
      .join('') || undefined,
})

function toServerEvent(event: unknown, place: number, version: RedditVersion, test: boolean, at: number): ServerEvent {
  const type = pick(event, version === 'v3' ? 'type' : 'event_type')
  const metadata = metadataOf(event, version)
  const unseen = test && version === 'v3' && place > 0
  return {
    event: redditEventName(String(pick(type, 'tracking_type')), pickText(type, 'custom_event_name')),
    ...idsOf(metadata),
    channel: pickText(event, 'action_source') ?? 'WEBSITE', // v2 has no channels
    value: toAmount(pick(metadata, version === 'v3' ? 'value' : 'value_decimal')),
    currency: pickText(metadata, 'currency'),
    richness: eventRichness(event, metadata),
    at,
    test,
    counts: !test,
    warnings: [
      ...redditWarnings(event, version),
      ...(unseen ? ['Event Testing shows one event of a request, the first'] : []),
    ],
    body: event,
  }
}
