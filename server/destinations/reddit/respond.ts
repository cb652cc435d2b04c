import {
  everyone,
  isJson,
  rawWords,
  readBody,
  redirectFix,
  refused,
  retryAfterMs,
  rowForStatus,
  tooLargeFix,
  words,
  type Json,
  type StatusRow,
} from '../answer.ts'
import type { HttpResponse, Outcome } from '../destination.ts'

const tokenFix =
  'Check that the token is whole and without spaces and was made in the pixel’s own ads account, and that the pixel ID is right.'
const pixelFix = 'Reddit knows no such pixel: check the pixel ID, and that the token was made in the same ads account.'
const eventFix = 'Look at the event in the dashboard and mend what Reddit names.'

/** What Reddit's documentation says of each status. The first row that fits decides. */
const rows: readonly StatusRow[] = [
  { from: 300, to: 399, kind: 'halted', fix: redirectFix },
  { from: 401, to: 401, kind: 'halted', fix: tokenFix },
  { from: 403, to: 403, kind: 'halted', fix: tokenFix },
  { from: 404, to: 404, kind: 'halted', fix: pixelFix },
  { from: 408, to: 408, kind: 'retry' },
  {
    from: 413,
    to: 413,
    kind: 'rejected',
    fix: tooLargeFix,
  },
  { from: 429, to: 429, kind: 'retry' },
  { from: 400, to: 499, kind: 'rejected', fix: eventFix },
]

export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const body = readBody(response)
  const why = wordsOf(body, response)
  if (status >= 200 && status < 300) {
    if (!isYes(body, response)) return everyone(sent, { kind: 'retry', why, unreadable: true })
    return partly(body, sent, { kind: 'accepted' }) ?? everyone(sent, { kind: 'accepted' })
  }
  const row = rowForStatus(rows, status)
  const code = String(status)
  if (row?.kind === 'halted') return everyone(sent, { kind: 'halted', why, fix: row.fix ?? eventFix, code })
  if (row?.kind !== 'rejected') return everyone(sent, { kind: 'retry', why, afterMs: hintMs(response) })
  // Nothing of a refused request was processed: what is not at fault goes again at once.
  const innocent: Outcome = { kind: 'retry', why, innocent: true, afterMs: 0 }
  return (
    (status === 400 ? partly(body, sent, innocent) : undefined) ??
    refused(sent, { why, fix: row.fix ?? eventFix, code })
  )
}

/** A success says so, in v2's shape, in v3's or as bare text. */
function isYes(body: Json | undefined, { body: text }: HttpResponse): boolean {
  if (!body) return /^\s*"?successfully processed/i.test(text)
  return body.success !== false && !body.error && Boolean(body.message ?? body.data ?? body.invalid_events)
}

/** The bad ones by `invalid_events`, found by conversion ID; undefined where the answer names none. */
function partly(body: Json | undefined, sent: readonly object[], others: Outcome): readonly Outcome[] | undefined {
  const data = isJson(body?.data) ? body.data : isJson(body?.error) ? body.error : undefined
  const invalid = [body?.invalid_events, data?.invalid_events].find((list) => Array.isArray(list) && list.length) as
    unknown[] | undefined
  if (!invalid) return undefined
  const ids = sent.map(conversionId)
  const refusals = new Map<number, Outcome>()
  for (const entry of invalid) {
    const { error_message: message, event } = isJson(entry) ? entry : {}
    const id = conversionId(event)
    const at = sent.length === 1 ? 0 : id && ids.indexOf(id) === ids.lastIndexOf(id) ? ids.indexOf(id) : -1
    // One that cannot be told apart puts all of them under suspicion.
    if (at < 0) return refused(sent, { why: words(message) || 'an event is invalid', fix: eventFix, code: '400' })
    refusals.set(at, { kind: 'rejected', why: words(message) || 'the event is invalid', fix: eventFix, code: '400' })
  }
  return sent.map((_, at) => refusals.get(at) ?? others)
}

function conversionId(event: unknown): string | undefined {
  const { metadata, event_metadata } = isJson(event) ? event : {}
  const details = isJson(metadata) ? metadata : isJson(event_metadata) ? event_metadata : {}
  return typeof details.conversion_id === 'string' ? details.conversion_id : undefined
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

/** `Retry-After`, else the longest wait of an exhausted `RateLimit` policy: `"name";r=<left>;t=<seconds>`. */
function hintMs(response: HttpResponse): number | undefined {
  const waits = (response.headers.ratelimit ?? '').split(',').flatMap((policy) => {
    const left = /;\s*r=(\d+)/.exec(policy)?.[1]
    const seconds = /;\s*t=(\d+)/.exec(policy)?.[1]
    return left !== undefined && Number(left) === 0 && seconds ? [Number(seconds) * 1000] : []
  })
  return retryAfterMs(response) ?? (waits.length ? Math.max(...waits) : undefined)
}
