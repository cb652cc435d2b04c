import {
  everyone,
  isJson,
  rawWords,
  readBody,
  redirectFix,
  refused,
  retryAfterMs,
  tooLargeFix,
  words,
  type Json,
  type StatusRow,
} from '../answer.ts'
import type { HttpResponse, Outcome } from '../destination.ts'

const tokenFix =
  'Check that the token is whole and without spaces and was made in the pixel’s own ads account, and that the pixel ID is right.'
const noTokenFix =
  'Reddit saw no token: paste the conversion access token whole, and let no proxy take the header away.'
const scopeFix =
  'Make a conversion access token in Reddit’s Events Manager under Conversions API; this one may not send events.'
const rightFix = 'Check the pixel ID, and make the token in the same ads account as the pixel.'
const pixelFix = 'Reddit knows no such pixel: check the pixel ID, and that the token was made in the same ads account.'
const versionFix = 'Set api_version to v3, and check the endpoint: nothing answers there any more.'
const pageFix =
  'A web page answered instead of Reddit’s API: check the endpoint, and any proxy or firewall on the way out.'
const eventFix = 'Look at the event in the dashboard and mend what Reddit names.'
const lateFix = 'Send events as they happen and set the sender’s clock: Reddit takes them for 168 hours.'

/** A row may look at the platform's words, or ask for a web page instead of an answer. */
interface Row extends StatusRow {
  readonly says?: RegExp
  readonly isPage?: true
}

/** What Reddit's documentation says of each status. The first row that fits decides; none: `retry`. */
const rows: readonly Row[] = [
  { from: 300, to: 399, kind: 'halted', fix: redirectFix },
  { from: 408, to: 408, kind: 'retry' },
  { from: 413, to: 413, kind: 'rejected', fix: tooLargeFix },
  { from: 425, to: 425, kind: 'retry' },
  { from: 429, to: 429, kind: 'retry' },
  { from: 401, to: 401, says: /\bno bearer\b/i, kind: 'halted', fix: noTokenFix },
  { from: 401, to: 401, kind: 'halted', fix: tokenFix },
  { from: 400, to: 499, isPage: true, kind: 'halted', fix: pageFix },
  // v2 has been seen to name a field of the wrong type this way; that is the event's fault, and would halt all others.
  { from: 403, to: 403, says: /unexpected type/i, kind: 'rejected', fix: eventFix },
  { from: 403, to: 403, says: /\bscope\b/i, kind: 'halted', fix: scopeFix },
  { from: 403, to: 403, says: /\bpixel id\b/i, kind: 'halted', fix: rightFix },
  { from: 403, to: 403, kind: 'halted', fix: tokenFix },
  { from: 404, to: 404, kind: 'halted', fix: pixelFix },
  { from: 405, to: 405, kind: 'halted', fix: versionFix },
  { from: 410, to: 410, kind: 'halted', fix: versionFix },
  { from: 400, to: 499, says: /\b168h/, kind: 'rejected', fix: lateFix },
  { from: 400, to: 499, kind: 'rejected', fix: eventFix },
]

function rowFor(status: number, why: string, isPage = false): Row | undefined {
  const fits = (row: Row) => (row.says?.test(why) ?? true) && (!row.isPage || isPage)
  return rows.find((row) => status >= row.from && status <= row.to && fits(row))
}

/** One outcome for each event: v2 and v3 say the same in different shapes, and some of it as bare text. */
export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const body = readBody(response)
  const why = wordsOf(body, response)
  const code = String(status)
  // Nothing of a refused request was processed: what is not at fault goes again at once.
  const innocent: Outcome = { kind: 'retry', why, innocent: true, afterMs: 0 }
  if (status >= 200 && status < 300) {
    const accepted: Outcome = { kind: 'accepted', ...pause(limitMs(response)) }
    const some = partly(body, sent, processedNone.test(why) ? innocent : accepted)
    if (some) return some
    const unreadable: Outcome = { kind: 'retry', why, unreadable: true }
    if (!isYes(body, response)) return everyone(sent, unreadable)
    // Deduplication runs later, so a lower number is no duplicate's: somebody was left out, and nobody is named.
    const count = Number(/\bprocessed (\d+)/i.exec(why)?.[1] ?? sent.length)
    if (count >= sent.length) return everyone(sent, accepted)
    const short = `Reddit processed ${count} of ${sent.length} events.`
    return sent.length > 1
      ? refused(sent, { why: short, fix: eventFix, code })
      : everyone(sent, { ...unreadable, why: short })
  }
  const row = rowFor(status, why, /^\s*</.test(response.body))
  const fix = row?.fix ?? eventFix
  if (row?.kind === 'halted') return everyone(sent, { kind: 'halted', why, fix, code })
  if (row?.kind !== 'rejected')
    return everyone(sent, { kind: 'retry', why, ...pause(retryAfterMs(response) ?? limitMs(response)) })
  return (status === 400 ? partly(body, sent, innocent) : undefined) ?? refused(sent, { why, fix, code })
}

const pause = (afterMs: number | undefined) => (afterMs === undefined ? {} : { afterMs })

const processedNone = /\b(none were|no conversion events were) processed/i

/** A success says so, in v2's shape, in v3's or as bare text. */
function isYes(body: Json | undefined, { body: text }: HttpResponse): boolean {
  if (!body) return /^\s*"?successfully processed/i.test(text)
  return body.success !== false && !body.error && Boolean(body.message ?? body.data) && !processedNone.test(text)
}

/** The bad ones by `invalid_events`, found by conversion ID; undefined where the answer names none. */
function partly(body: Json | undefined, sent: readonly object[], others: Outcome): readonly Outcome[] | undefined {
  const data = isJson(body?.data) ? body.data : isJson(body?.error) ? body.error : undefined
  const invalid = [body?.invalid_events, data?.invalid_events].find((list) => Array.isArray(list) && list.length) as
    unknown[] | undefined
  if (!invalid) return undefined
  const refusals = new Map<number, Outcome>()
  for (const entry of invalid) {
    const { error_message: message, event } = isJson(entry) ? entry : {}
    const said = words(message)
    const refusal = { why: said || 'the event is invalid', fix: rowFor(400, said)?.fix ?? eventFix, code: '400' }
    const at = sent.length === 1 ? 0 : indexOf(event, sent)
    // One that cannot be told apart puts all of them under suspicion.
    if (at === undefined) return refused(sent, refusal)
    refusals.set(at, { kind: 'rejected', ...refusal })
  }
  return sent.map((_, at) => refusals.get(at) ?? others)
}

/** The one with this conversion ID; where several have it, the one of the same kind, for that is Reddit's own key. */
function indexOf(event: unknown, sent: readonly object[]): number | undefined {
  const id = conversionId(event)
  if (!id) return undefined
  const same = sent.flatMap((one, at) => (conversionId(one) === id ? [at] : []))
  const alike = same.length > 1 ? same.filter((at) => kindOf(sent[at]) === kindOf(event)) : same
  return alike.length === 1 ? alike[0] : undefined
}

const member = (event: unknown, ...names: readonly string[]): Json =>
  names.map((name) => (isJson(event) ? event[name] : undefined)).find(isJson) ?? {}

function conversionId(event: unknown): string | undefined {
  const { conversion_id: id } = member(event, 'metadata', 'event_metadata')
  return typeof id === 'string' ? id : undefined
}

function kindOf(event: unknown): string {
  const { tracking_type: type, custom_event_name: name } = member(event, 'type', 'event_type')
  return JSON.stringify([type, name])
}

/** The body may be text, `{message}`, `{error:{…}}` or `{data:{…}}`. */
function wordsOf(body: Json | undefined, response: HttpResponse): string {
  if (!body) return rawWords(response)
  const parts = [body, body.error, body.data].flatMap((part) =>
    isJson(part) ? [part.message, part.reason, part.explanation] : [part],
  )
  const first = Array.isArray(body.invalid_events) ? (body.invalid_events[0] as unknown) : undefined
  return words(...parts, isJson(first) ? first.error_message : undefined) || `status ${response.status}`
}

/** The longest wait of an exhausted `RateLimit` policy: `"name";r=<left>;t=<seconds>`. */
function limitMs({ headers }: HttpResponse): number | undefined {
  const waits = (headers.ratelimit ?? '').split(',').flatMap((policy) => {
    const left = /;\s*r=(\d+)/.exec(policy)?.[1]
    const seconds = /;\s*t=(\d+)/.exec(policy)?.[1]
    return left !== undefined && Number(left) === 0 && seconds ? [Number(seconds) * 1000] : []
  })
  return waits.length ? Math.max(...waits) : undefined
}
