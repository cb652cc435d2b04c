import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import {
  dayMs,
  hourMs,
  refusal,
  type Account,
  type Answer,
  type Call,
  type Platform,
  type ServerEvent,
  type Verdict,
} from './platform.ts'
import { findSnapProblem, snapEventName, snapWarnings, type SnapProblem } from './snapchat-rules.ts'

const mostEvents = 2000
const dedupMs = 48 * hourMs
const orderDedupMs = 30 * dayMs
const processed = 'Events have been processed successfully.'

const invalid = (status: number, reason: string, more: object = {}): Answer => ({
  status,
  body: { status: 'INVALID', reason, ...more },
})

const errorsOf = ({ code, message }: SnapProblem) => ({ codes: code ? [code] : [], error_msgs: [message] })

/** The Conversions API of Snapchat, v3, for one pixel and one token. */
export function createSnapchat({ pixelId, token }: Account): Platform {
  const reports: Readonly<Record<string, (call: Call) => Answer>> = { logs: logsAnswer, stats: statsAnswer }
  return {
    name: 'snapchat',
    routes: [
      { method: 'post', path: /^\/v3\/(?<pixel>[^/]+)\/events(?<validate>\/validate)?$/ },
      { method: 'get', path: /^\/v3\/(?<pixel>[^/]+)\/events\/validate\/(?<report>logs|stats)$/ },
    ],
    answer(call) {
      const given = call.query.get('access_token') ?? call.bearer
      if (given !== token) return refusal(invalid(401, 'The access token is invalid.'))
      if (call.params['pixel'] !== pixelId) return refusal(invalid(404, 'The asset was not found.'))
      const report = reports[call.params['report'] ?? '']
      return report ? refusal(report(call)) : judge(call)
    },
    rateLimited: (_call, retryAfterS) => ({
      ...invalid(429, 'Too many requests.'),
      headers: retryAfterS === undefined ? undefined : { 'retry-after': String(retryAfterS) },
    }),
    down: () => ({ status: 503, body: 'Service Unavailable' }),
    tokenRevoked: () => invalid(401, 'The access token is invalid.'),
    dedupKeys: ({ event, id, order }) => [
      ...(id ? [{ key: JSON.stringify(['event', event, id]), windowMs: dedupMs }] : []),
      ...(order && event === 'PURCHASE' ? [{ key: JSON.stringify(['order', order]), windowMs: orderDedupMs }] : []),
    ],
  }
}

function judge(call: Call): Verdict {
  const body = parseJson(call.text)
  const data = pick(body, 'data')
  if (!isFields(body) || !Array.isArray(data)) return refusal(invalid(400, 'data must be a list of events.'))
  if (data.length < 1 || data.length > mostEvents)
    return refusal(invalid(400, `data must have 1 to ${mostEvents} events.`))
  const code = body['test_event_code']
  if (code !== undefined && typeof code !== 'string') return refusal(invalid(400, 'test_event_code must be text.'))
  const validating = call.params['validate'] !== undefined
  const problems = data.map((event: unknown) => findSnapProblem(event, call.now, validating))
  const accepted = problems.some(Boolean)
    ? []
    : data.map((event) => toServerEvent(event, validating || code !== undefined, call.now))
  return { answer: validating ? validateAnswer(data, problems) : liveAnswer(problems), accepted }
}

/**
 * Names the first bad event, counted from 1. Nothing of such a batch is processed: Snap does not say, and a sender
 * that loses nothing here loses nothing either way.
 */
function liveAnswer(problems: readonly (SnapProblem | undefined)[]): Answer {
  const at = problems.findIndex(Boolean)
  const problem = problems[at]
  return problem
    ? invalid(400, problem.message, { event: at + 1, errors: errorsOf(problem) })
    : { status: 200, body: { status: 'VALID', reason: processed } }
}

function validateAnswer(events: readonly unknown[], problems: readonly (SnapProblem | undefined)[]): Answer {
  const bad = problems.find(Boolean)
  return {
    status: bad ? 400 : 200,
    body: {
      status: bad ? 'INVALID' : 'VALID',
      test_event: true,
      reason: bad?.message ?? processed,
      event_logs: problems.map((problem, at) => ({
        event: at + 1,
        status: problem ? 'INVALID' : 'VALID',
        errors: problem ? errorsOf(problem) : { codes: [], error_msgs: [] },
        warnings: snapWarnings(events[at]),
      })),
    },
  }
}

const toServerEvent = (event: unknown, test: boolean, at: number): ServerEvent => ({
  event: snapEventName(pickText(event, 'event_name') ?? ''),
  id: pickText(event, 'event_id'),
  order: pickText(event, 'custom_data', 'order_id'),
  value: toAmount(pick(event, 'custom_data', 'value')),
  currency: pickText(event, 'custom_data', 'currency')?.toUpperCase(),
  at,
  test,
  counts: !test,
  warnings: snapWarnings(event),
  body: event,
})

/** Test events of the last 24 hours. */
function logsAnswer({ log, now, params }: Call): Answer {
  const logs = log
    .filter((entry) => entry.test && now - entry.at <= dayMs)
    .map((entry) => ({
      event_name: entry.event,
      event_time: pick(entry.body, 'event_time'),
      action_source: pick(entry.body, 'action_source'),
      status: 'VALID',
      asset_id: params['pixel'],
      raw_event_name: pick(entry.body, 'event_name'),
      error_records: [],
      warning_records: entry.warnings,
      event_metadata: { pixel_id: params['pixel'] },
    }))
  return { status: 200, body: { status: 'SUCCESS', reason: '', logs } }
}

function statsAnswer({ log, now }: Call): Answer {
  const count = (test: boolean) => {
    const entries = log.filter((entry) => entry.test === test)
    return {
      latest_event_ts: entries.at(-1)?.at ?? 0,
      event_count_past_hour: entries.filter(({ at }) => now - at <= hourMs).length,
    }
  }
  return { status: 200, body: { status: 'SUCCESS', stats: { test: count(true), live: count(false) } } }
}
