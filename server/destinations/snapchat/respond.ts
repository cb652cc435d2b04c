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

const tokenFix = 'Check the access token: it must be whole, and not switched off; make a new one if in doubt.'
const reachFix = 'Make the token in the organisation that owns the pixel: Snapchat lets this one send nothing to it.'
const pixelFix = 'Snapchat knows no such pixel: check the pixel ID.'
const eventFix = 'Look at the event in the dashboard and mend what Snapchat names.'

/** What Snapchat's documentation says of each status. The first row that fits decides; no row: it goes again. */
const rows: readonly StatusRow[] = [
  { from: 300, to: 399, kind: 'halted', fix: redirectFix },
  { from: 401, to: 401, kind: 'halted', fix: tokenFix },
  { from: 403, to: 403, kind: 'halted', fix: reachFix },
  { from: 404, to: 404, kind: 'halted', fix: pixelFix },
  { from: 408, to: 408, kind: 'retry' },
  { from: 410, to: 410, kind: 'halted', fix: pixelFix },
  { from: 413, to: 413, kind: 'rejected', fix: tooLargeFix },
  { from: 429, to: 429, kind: 'retry' },
  { from: 400, to: 499, kind: 'rejected', fix: eventFix },
]

/** The codes Snapchat is known to give; every other refusal speaks through its words alone. */
const fixes: Readonly<Record<string, string>> = {
  507: 'Send more of who the visitor is: an e-mail, a phone number, or IP address and user agent together.',
}
const fixFor = (code: string | undefined): string => (code && fixes[code]) || eventFix

/** Said of a bad token with status 400, where others say 401. */
const isAboutToken = (why: string): boolean => /\b(access_?)?token\b|\bunauthori[sz]ed\b|\bauthentication\b/i.test(why)

/** A yes is status 200 and `VALID` in the body: `INVALID` comes inside 200 as well. */
export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const body = readBody(response)
  const verdict = verdictOf(body)
  const why = (body && said(body)) || (body ? `status ${status}` : rawWords(response))
  const isOk = status >= 200 && status < 300
  if (body && isOk && verdict === 'VALID') {
    const logs = logsOf(body)
    const accepted = sent.map((_, at) => acceptedAs(logs.length === sent.length ? logs[at] : undefined))
    return named(body, accepted) ?? accepted
  }
  if (isOk && verdict !== 'INVALID') return everyone(sent, { kind: 'retry', why, unreadable: true })

  const row = isOk ? { kind: 'rejected', fix: eventFix } : rowForStatus(rows, status)
  const code = codeOf(body?.errors) ?? String(status)
  if (row?.kind === 'halted') return everyone(sent, { kind: 'halted', why, fix: row.fix ?? tokenFix, code })
  if (row?.kind !== 'rejected') return everyone(sent, { kind: 'retry', why, afterMs: retryAfterMs(response) })
  if ((isOk || status === 400) && isAboutToken(why)) return everyone(sent, { kind: 'halted', why, fix: tokenFix, code })
  const others = sent.map(
    (_, at): Outcome => (isOk && takenAt(body, at, sent.length)) || { kind: 'retry', why, innocent: true, afterMs: 0 },
  )
  return (
    (body && status !== 413 ? named(body, others) : undefined) ??
    refused(sent, { why, fix: status === 413 ? tooLargeFix : fixFor(code), code })
  )
}

/** `VALID` or `INVALID`, where the answer is one of Snapchat's. */
export const verdictOf = (body: Json | undefined): string | undefined =>
  typeof body?.status === 'string' ? body.status.toUpperCase() : undefined

/** Inside a 200 a log of its own that says `VALID` is a yes to that event, whatever became of its neighbours. */
function takenAt(body: Json | undefined, at: number, count: number): Outcome | undefined {
  const logs = body ? logsOf(body) : []
  return logs.length === count && verdictOf(logs[at]) === 'VALID' ? acceptedAs(logs[at]) : undefined
}

/** The test address adds warnings to what it takes. */
function acceptedAs(log: Json | undefined): Outcome {
  const why = plainWords(...(Array.isArray(log?.warnings) ? (log.warnings as unknown[]) : []))
  return why ? { kind: 'accepted', why } : { kind: 'accepted' }
}

/** The bad ones by the positions the answer names; undefined where it names none that can be told apart. */
function named(body: Json, others: readonly Outcome[]): readonly Outcome[] | undefined {
  const bad = invalidOnes(body, others.length)
  if (!bad.length || bad.some(({ at }) => at < 0 || at >= others.length)) return undefined
  return others.map((other, index) => {
    const log = bad.find(({ at }) => at === index)?.log
    if (!log) return other
    const code = codeOf(log.errors)
    return { kind: 'rejected', why: said(log) || said(body) || 'the event is invalid', fix: fixFor(code), code }
  })
}

const logsOf = (body: Json): readonly Json[] => (Array.isArray(body.event_logs) ? body.event_logs.filter(isJson) : [])

/** Positions count from 1, unless the answer itself names a 0. */
function invalidOnes(body: Json, count: number): { readonly at: number; readonly log: Json }[] {
  const logs = logsOf(body)
  const first = logs.some(({ event }) => positionOf(event) === 0) ? 0 : 1
  const bad = logs.flatMap((log, index) => {
    if (verdictOf(log) !== 'INVALID') return []
    const position = positionOf(log.event)
    return [{ at: position !== undefined ? position - first : logs.length === count ? index : -1, log }]
  })
  if (bad.length) return bad
  const position = positionOf(body.event)
  return position === undefined ? [] : [{ at: position - 1, log: body }]
}

/** A whole number, or the digits of one: codes come as text, so a position may too. */
const positionOf = (value: unknown): number | undefined =>
  Number.isInteger(value) || (typeof value === 'string' && /^\d{1,6}$/.test(value)) ? Number(value) : undefined

/** Snapchat's reason and messages. */
function said({ reason, errors, message }: Json): string {
  const messages = isJson(errors) && Array.isArray(errors.error_msgs) ? (errors.error_msgs as unknown[]) : []
  return plainWords(...new Set([reason, message, ...messages])) // they often say the same
}

/** They can echo what was sent, so the addresses of page and visitor go too, beside all that `words` takes out. */
const plainWords = (...parts: readonly unknown[]): string =>
  words(
    ...parts.map((part) =>
      typeof part === 'string'
        ? part
            .slice(0, 4096)
            .replace(/https?:\/\/[^\s"']+/gi, '…')
            .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '…')
            .replace(/(?<![\w:])[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(?![\w:])/gi, '…')
        : undefined,
    ),
  )

function codeOf(errors: unknown): string | undefined {
  const code = isJson(errors) && Array.isArray(errors.codes) ? (errors.codes[0] as unknown) : undefined
  return typeof code === 'string' || typeof code === 'number' ? words(String(code)) : undefined
}
