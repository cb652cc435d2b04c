import { isFields, parseJson, pick, pickText, toAmount } from './check.ts'
import {
  badToken,
  busyHeaders,
  invalid,
  metaError,
  metaFaults,
  throttled,
  trace,
  unknownObject,
} from './meta-errors.ts'
import { findMetaFault, type MetaFault } from './meta-rules.ts'
import { metaWarnings } from './meta-warnings.ts'
import {
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

/** Version of the Graph API → when it ends. What is not here is gone already, or was never there. */
const versions: ReadonlyMap<number, number> = new Map([
  [21, Date.UTC(2027, 0, 21)],
  [22, Date.UTC(2027, 4, 20)],
  [23, Date.UTC(2027, 9, 8)],
  [24, Date.UTC(2028, 1, 18)],
  [25, Date.UTC(2028, 6, 29)],
  [26, Infinity],
])
const mostEvents = 1000
const dedupMs = 48 * hourMs
const browserFirstMs = 5 * 60_000

const dedup: Dedup = {
  keysOf: ({ event, id }) => (id ? [{ key: JSON.stringify([event, id]), windowMs: dedupMs }] : []),
  // The first received stays, but the browser's copy is favoured when both come within five minutes.
  replaces: (kept, next) =>
    kept.side === 'server' && next.side === 'browser' && next.copy.at - kept.copy.at <= browserFirstMs,
  fills: true,
  joinsResends: false,
}

/** The Conversions API of Meta for one pixel and one token. */
export function createMeta({ pixelId, token }: Account): Platform {
  return {
    name: 'meta',
    routes: [
      { method: 'post', path: /^\/v(?<version>\d+)\.0\/(?<pixel>[^/]+)\/events$/ },
      { method: 'get', path: /^\/v(?<version>\d+)\.0\/(?<pixel>\d[^/]*)$/ },
    ],
    dedup,
    busyHeaders: busyHeaders(pixelId),
    faults: metaFaults(pixelId),
    overLimit: () => throttled(pixelId, 1),
    countEvents: (call) => eventsOf(readEnvelope(call)).length,
    answer(call) {
      const envelope = readEnvelope(call)
      const given = call.bearer ?? call.query.get('access_token') ?? pickText(envelope, 'access_token')
      const version = Number(call.params['version'])
      if (call.now >= (versions.get(version) ?? -Infinity))
        return refusal(invalid(`This version of the API is gone or unknown: v${version}.0`))
      if (given !== token) return refusal(badToken(given))
      if (call.params['pixel'] !== pixelId) return refusal(unknownObject(call.params['pixel'] ?? ''))
      return call.method === 'GET' ? describe(call, pixelId) : judge(envelope, call)
    },
  }
}

/** JSON, or a form whose `data` is JSON text. */
function readEnvelope({ text, form }: Call): unknown {
  return form ? { ...form, data: parseJson(form['data'] ?? '') } : parseJson(text)
}

const eventsOf = (envelope: unknown): readonly unknown[] => {
  const data = pick(envelope, 'data')
  return Array.isArray(data) ? data : []
}

/** A question for the pixel itself: the fields asked for, `id` always among them. */
function describe({ query }: Call, pixelId: string): Verdict {
  const known: Readonly<Record<string, string>> = { id: pixelId, name: 'Simulated pixel' }
  const asked = (query.get('fields') ?? 'id,name').split(',').map((field) => field.trim())
  const unknown = asked.find((field) => !Object.hasOwn(known, field))
  if (unknown !== undefined) return refusal(invalid(`Tried accessing nonexisting field (${unknown})`))
  return reply({ status: 200, body: Object.fromEntries(['id', ...asked].map((field) => [field, known[field]])) })
}

const envelopeTexts = ['test_event_code', 'partner_agent', 'upload_tag', 'namespace_id', 'upload_id', 'upload_source']

function judge(envelope: unknown, call: Call): Verdict {
  if (!isFields(envelope)) return refusal(invalid('The body is not a JSON object'))
  const { data, test_event_code: testCode } = envelope
  if (!Array.isArray(data)) return refusal(invalid('The parameter data is required'))
  if (data.length < 1 || data.length > mostEvents)
    return refusal(invalid(`The parameter data must have 1 to ${mostEvents} entries`))
  const text = envelopeTexts.find((key) => envelope[key] !== undefined && !pickText(envelope, key))
  if (text) return refusal(invalid(`${text} must be text`))
  if (call.mode.mode === 'batch_refused' && data.length > 1) return refusal(invalid('Invalid parameter'))
  for (const event of data) {
    const fault = findMetaFault(event, call.now) ?? findPoison(event, call)
    // One bad event sinks the request, and the answer does not say which one it was.
    if (fault) return refusal(metaError(400, { code: 100, message: 'Invalid parameter', ...fault }))
  }
  return {
    answer: { status: 200, body: { events_received: data.length, messages: [], fbtrace_id: trace() } },
    accepted: data.map((event) => toServerEvent(event, testCode !== undefined, call.now)),
    refused: false,
  }
}

const findPoison = (event: unknown, { mode }: Call): MetaFault | undefined =>
  isPoisoned(mode, pickText(event, 'event_id'), pickText(event, 'custom_data', 'order_id'))
    ? { title: 'Invalid parameter', detail: 'The event was refused.' }
    : undefined

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
