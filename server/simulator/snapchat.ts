import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import {
  dayMs,
  hourMs,
  isPoisoned,
  refusal,
  reply,
  type Account,
  type Call,
  type Dedup,
  type Platform,
  type ServerEvent,
  type Verdict,
} from './platform.ts'
import { invalid, liveAnswer, reports, snapFaults, validateAnswer, type Judged } from './snapchat-answers.ts'
import { findSnapProblem, snapEventName, type SnapProblem } from './snapchat-rules.ts'
import { snapWarnings } from './snapchat-warnings.ts'

const mostEvents = 2000
const dedupMs = 48 * hourMs
const orderDedupMs = 30 * dayMs

const dedup: Dedup = {
  keysOf: ({ event, id, order }) => [
    ...(id ? [{ key: JSON.stringify(['event', event, id]), windowMs: dedupMs }] : []),
    ...(order && event === 'PURCHASE' ? [{ key: JSON.stringify(['order', order]), windowMs: orderDedupMs }] : []),
  ],
  // The first arrival stays, and what only the second says is merged into it.
  replaces: () => false,
  fills: true,
  joinsResends: true,
}

/** The Conversions API of Snapchat, v3, for one pixel and one token. */
export function createSnapchat({ pixelId, token }: Account): Platform {
  return {
    name: 'snapchat',
    routes: [
      { method: 'post', path: /^\/v3\/(?<pixel>[^/]+)\/events(?<validate>\/validate)?$/ },
      { method: 'get', path: /^\/v3\/(?<pixel>[^/]+)\/events\/validate\/(?<report>logs|stats)$/ },
    ],
    dedup,
    busyHeaders: {}, // Snap has none
    faults: snapFaults,
    overLimit: () => invalid(429, 'Too many requests.'),
    countEvents: (call) => eventsOf(parseJson(call.text)).length,
    answer(call) {
      const given = call.query.get('access_token') ?? call.bearer
      if (given !== token) return refusal(invalid(401, 'The access token is invalid.'))
      if (call.params['pixel'] !== pixelId) return refusal(invalid(404, 'The asset was not found.'))
      const report = reports[call.params['report'] ?? '']
      return report ? reply(report(call)) : judge(call)
    },
  }
}

const eventsOf = (body: unknown): readonly unknown[] => {
  const data = pick(body, 'data')
  return Array.isArray(data) ? data : []
}

function judge(call: Call): Verdict {
  const body = parseJson(call.text)
  const events = eventsOf(body)
  if (!isFields(body) || !Array.isArray(body['data'])) return refusal(invalid(400, 'data must be a list of events.'))
  if (events.length < 1 || events.length > mostEvents)
    return refusal(invalid(400, `data must have 1 to ${mostEvents} events.`))
  const code = body['test_event_code']
  if (code !== undefined && typeof code !== 'string') return refusal(invalid(400, 'test_event_code must be text.'))
  if (call.mode.mode === 'batch_refused' && events.length > 1) return refusal(invalid(400, 'Invalid request.'))
  const validating = call.params['validate'] !== undefined
  const judged = events.map((event): Judged => ({ event, problem: findProblem(event, call, validating) }))
  const isBad = judged.some(({ problem }) => problem)
  const good = !isBad || call.mode.partial ? judged.filter(({ problem }) => !problem) : []
  return {
    answer: validating ? validateAnswer(judged, call) : liveAnswer(judged, call),
    accepted: good.map(({ event }) => toServerEvent(event, validating || code !== undefined, call.now)),
    refused: isBad,
  }
}

const findProblem = (event: unknown, { now, mode }: Call, validating: boolean): SnapProblem | undefined =>
  findSnapProblem(event, now, validating) ??
  (isPoisoned(mode, pickText(event, 'event_id'), pickText(event, 'custom_data', 'order_id'))
    ? { message: 'the event is invalid' }
    : undefined)

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
