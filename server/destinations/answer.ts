import type { HttpResponse, Outcome } from './destination.ts'

/** What the three answer tables share. Pure. */

export type Json = Readonly<Record<string, unknown>>

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body as a JSON object; undefined for HTML, text, an empty body or a cut one. */
export function readBody({ body }: HttpResponse): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return isJson(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const wordChars = 300

/** A platform's words as one short line, without what may be a token, a digest, an address or a number of a person. */
export function words(...parts: readonly unknown[]): string {
  const line = parts
    .filter((part) => typeof part === 'string' && part.trim())
    .join(': ')
    .replace(/([.!?]): /g, '$1 ')
    .slice(0, 4096)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/(access_token|appsecret_proof|bearer)([=:\s]+)[^\s&"',}]+/gi, '$1$2…')
    .replace(/[^\s@"'<>(),:;]+@[^\s@"'<>(),:;]+/g, '…')
    .replace(/[\w|~+/=-]{32,}/g, '…')
    .replace(/\+\d[\d ().-]{6,}\d/g, '…')
    .trim()
  return line.length > wordChars
    ? `${Array.from(line)
        .slice(0, wordChars - 1)
        .join('')}…`
    : line
}

/** The body of an answer that is no JSON, in words. */
export const rawWords = ({ status, body }: HttpResponse): string =>
  words(
    `status ${status}`,
    body
      .slice(0, 4096)
      .replace(/<(script|style)\b.*?<\/\1>/gis, ' ')
      .replace(/<[^>]*>/g, ' '),
  )

/** `Retry-After` in ms: seconds, or a date counted from the answer's own `Date`, for there is no clock here. */
export function retryAfterMs({ headers }: HttpResponse): number | undefined {
  const after = headers['retry-after']?.trim()
  if (!after) return undefined
  if (/^\d+(\.\d+)?$/.test(after)) return Math.min(Number(after) * 1000, Number.MAX_SAFE_INTEGER)
  // Any other number would be read as some year.
  if (!/^[a-z]{3}/i.test(after)) return undefined
  const wait = Date.parse(after) - Date.parse(headers.date ?? '')
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined
}

export const everyone = (sent: readonly object[], outcome: Outcome): Outcome[] => sent.map(() => outcome)

/** A refusal that names nobody: certain for one event, else the batch is split until the bad one stands alone. */
export function refused(
  sent: readonly object[],
  refusal: Omit<Extract<Outcome, { kind: 'rejected' }>, 'kind' | 'unsure'>,
): Outcome[] {
  return everyone(
    sent,
    sent.length > 1 ? { kind: 'rejected', ...refusal, unsure: true } : { kind: 'rejected', ...refusal },
  )
}

/** What a status means at one platform, for a range of them. */
export interface StatusRow {
  readonly from: number
  readonly to: number
  readonly kind: 'retry' | 'rejected' | 'halted'
  readonly fix?: string
}

/** The first row that fits decides. */
export const rowForStatus = (rows: readonly StatusRow[], status: number): StatusRow | undefined =>
  rows.find(({ from, to }) => status >= from && status <= to)

export const tooLargeFix = 'The request is too large: lower batch_size, or send fewer items with an event.'

export const redirectFix =
  'Set the endpoint to the address itself: redirects are never followed, for they would carry the token along.'
