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

const tokenFix = 'Check the access token: it must be whole, and made by the organisation that owns the pixel.'
const pixelFix = 'Snapchat knows no such pixel: check the pixel ID.'
const eventFix = 'Look at the event in the dashboard and mend what Snapchat names.'

/** What Snapchat's documentation says of each status. The first row that fits decides; no row: it goes again. */
const rows: readonly StatusRow[] = [
  { from: 300, to: 399, kind: 'halted', fix: redirectFix },
  { from: 401, to: 401, kind: 'halted', fix: tokenFix },
  { from: 403, to: 403, kind: 'halted', fix: tokenFix },
  { from: 404, to: 404, kind: 'halted', fix: pixelFix },
  { from: 408, to: 408, kind: 'retry' },
  { from: 410, to: 410, kind: 'halted', fix: pixelFix },
  {
    from: 413,
    to: 413,
    kind: 'rejected',
    fix: tooLargeFix,
  },
  { from: 429, to: 429, kind: 'retry' },
  { from: 400, to: 499, kind: 'rejected', fix: eventFix },
]

/** A yes is status 200 and `VALID` in the body: `INVALID` comes inside 200 as well. */
export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const body = readBody(response)
  const verdict = typeof body?.status === 'string' ? body.status.toUpperCase() : undefined
  const why = body ? said(body) || `status ${status}` : rawWords(response)
  const isOk = status >= 200 && status < 300
  if (isOk && verdict === 'VALID')
    return named(body!, sent, { kind: 'accepted' }) ?? everyone(sent, { kind: 'accepted' })
  if (isOk && verdict !== 'INVALID') return everyone(sent, { kind: 'retry', why, unreadable: true })

  const row = isOk ? { kind: 'rejected', fix: eventFix } : rowForStatus(rows, status)
  const code = codeOf(body?.errors) ?? String(status)
  if (row?.kind === 'halted') return everyone(sent, { kind: 'halted', why, fix: row.fix ?? eventFix, code })
  if (row?.kind !== 'rejected') return everyone(sent, { kind: 'retry', why, afterMs: retryAfterMs(response) })
  if (status === 400 && /\btoken\b|access_token/i.test(why))
    return everyone(sent, { kind: 'halted', why, fix: tokenFix, code })
  const innocent: Outcome = { kind: 'retry', why, innocent: true, afterMs: 0 }
  return (
    (body && status !== 413 ? named(body, sent, innocent) : undefined) ??
    refused(sent, { why, fix: row.fix ?? eventFix, code })
  )
}

/** The bad ones by the positions the answer names; undefined where it names none that can be told apart. */
function named(body: Json, sent: readonly object[], others: Outcome): readonly Outcome[] | undefined {
  const bad = invalidOnes(body, sent.length)
  if (!bad.length || bad.some(({ at }) => at < 0 || at >= sent.length)) return undefined
  return sent.map((_, at) => {
    const log = bad.find((one) => one.at === at)?.log
    return log
      ? {
          kind: 'rejected',
          why: said(log) || said(body) || 'the event is invalid',
          fix: eventFix,
          code: codeOf(log.errors),
        }
      : others
  })
}

/** Positions count from 1, unless the answer itself names a 0. */
function invalidOnes(body: Json, count: number): { readonly at: number; readonly log: Json }[] {
  const logs = Array.isArray(body.event_logs) ? body.event_logs.filter(isJson) : []
  const first = logs.some(({ event }) => event === 0) ? 0 : 1
  const bad = logs.flatMap((log, index) => {
    if (typeof log.status !== 'string' || log.status.toUpperCase() !== 'INVALID') return []
    const at = typeof log.event === 'number' ? log.event - first : logs.length === count ? index : -1
    return [{ at, log }]
  })
  if (bad.length) return bad
  return typeof body.event === 'number' ? [{ at: body.event - 1, log: body }] : []
}

/** Snapchat's reason and messages; they can echo what was sent, so `words` takes out what looks like a person. */
function said({ reason, errors, message }: Json): string {
  const messages = isJson(errors) && Array.isArray(errors.error_msgs) ? (errors.error_msgs as unknown[]) : []
  return words(reason, message, ...messages)
}

function codeOf(errors: unknown): string | undefined {
  const code = isJson(errors) && Array.isArray(errors.codes) ? (errors.codes[0] as unknown) : undefined
  return typeof code === 'string' || typeof code === 'number' ? words(String(code)) : undefined
}
