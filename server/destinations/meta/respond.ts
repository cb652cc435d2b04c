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
} from '../answer.ts'
import type { HttpResponse, Outcome } from '../destination.ts'

type Kind = 'retry' | 'throttle' | 'rejected' | 'halted'

interface Row {
  /** Meta's code: one, or the first and last of a range. */
  readonly code: number | readonly [number, number]
  readonly subcode?: number
  readonly kind: Kind
  readonly fix?: string
}

const fixes = {
  token: 'Make a new access token in Events Manager (the pixel’s settings) and put it into the settings.',
  proof: 'The token or its app secret proof does not fit; make a new access token in Events Manager.',
  permission:
    'Let the token’s system user manage this pixel in Business Settings, or make the token in the pixel’s own settings.',
  pixel: 'Check the pixel ID, and assign the pixel to the system user the token belongs to.',
  policy: 'Meta has blocked this account for policy reasons; see Account Quality in Business Manager.',
  old: 'Send events within seven days of their time; this one came too late.',
  value: 'Give the purchase a value.',
  currency: 'Give the purchase a currency of three letters.',
  keys: 'Send more about the visitor: e-mail, phone, click ID, Meta’s cookies, or IP address with user agent.',
  invalid: 'Look at the event in the dashboard and mend the field Meta names.',
}

/** The first row that fits decides. `type` and the texts say nothing: the texts follow the token owner's language. */
const rows: readonly Row[] = [
  { code: 1, kind: 'retry' },
  { code: 2, kind: 'retry' },
  { code: 5000, kind: 'retry' },
  { code: 21009, kind: 'retry' },
  { code: [-Infinity, -1], kind: 'retry' },
  { code: 4, kind: 'throttle' },
  { code: 17, kind: 'throttle' },
  { code: 32, kind: 'throttle' },
  { code: 613, kind: 'throttle' },
  { code: [80000, 80014], kind: 'throttle' },
  { code: 341, kind: 'throttle' },
  { code: 368, kind: 'halted', fix: fixes.policy },
  { code: 190, kind: 'halted', fix: fixes.token },
  { code: 102, kind: 'halted', fix: fixes.token },
  { code: 104, kind: 'halted', fix: fixes.proof },
  { code: 3, kind: 'halted', fix: fixes.permission },
  { code: 10, kind: 'halted', fix: fixes.permission },
  { code: [200, 299], kind: 'halted', fix: fixes.permission },
  { code: 100, subcode: 33, kind: 'halted', fix: fixes.pixel },
  { code: 100, subcode: 2804003, kind: 'rejected', fix: fixes.old },
  { code: 100, subcode: 2804009, kind: 'rejected', fix: fixes.value },
  { code: 100, subcode: 2804010, kind: 'rejected', fix: fixes.currency },
  { code: 100, subcode: 2804050, kind: 'rejected', fix: fixes.keys },
  { code: 100, kind: 'rejected', fix: fixes.invalid },
  { code: 105, kind: 'rejected', fix: fixes.invalid },
]

/** Where there is no code: what the status alone says. Throttling may come as 400, 403 or 429, but then with a code. */
const byStatus: readonly { readonly from: number; readonly to: number; readonly kind: Kind; readonly fix?: string }[] =
  [
    { from: 300, to: 399, kind: 'halted', fix: redirectFix },
    { from: 401, to: 401, kind: 'halted', fix: fixes.token },
    { from: 403, to: 403, kind: 'halted', fix: fixes.permission },
    { from: 404, to: 404, kind: 'halted', fix: fixes.pixel },
    { from: 408, to: 408, kind: 'retry' },
    {
      from: 413,
      to: 413,
      kind: 'rejected',
      fix: tooLargeFix,
    },
    { from: 429, to: 429, kind: 'throttle' },
    { from: 500, to: 599, kind: 'retry' },
  ]

const throttleMs = 60_000

/** Meta takes or refuses a request whole, so every payload has the same outcome. */
export function respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const { status } = response
  const body = readBody(response)
  const error = isJson(body?.error) ? body.error : undefined
  if (body && !error && status >= 200 && status < 300) return accepted(body, response, sent)
  // HTML, text or nothing is a fault of a server in between, whatever its status; only a redirect is ours to mend.
  if (!body && (status < 300 || status >= 400)) return everyone(sent, unreadable(response))
  return judged(response, error, sent)
}

function accepted(body: Json, response: HttpResponse, sent: readonly object[]): readonly Outcome[] {
  const received = body.events_received ?? body.num_processed_entries
  const trace = typeof body.fbtrace_id === 'string' ? body.fbtrace_id : undefined
  if (typeof received !== 'number') return everyone(sent, unreadable(response))
  if (received >= sent.length) return everyone(sent, { kind: 'accepted', trace })
  const why = `Meta counted ${received} of ${sent.length} events.`
  return everyone(sent, { kind: 'retry', why, unreadable: true, trace })
}

/** An unreadable 200 may have been a yes, so it is asked again only a few times. */
const unreadable = (response: HttpResponse): Outcome => ({
  kind: 'retry',
  why: rawWords(response),
  ...(response.status < 300 ? { unreadable: true } : { afterMs: retryAfterMs(response) }),
})

function judged(response: HttpResponse, error: Json | undefined, sent: readonly object[]): readonly Outcome[] {
  const { code, error_subcode: subcode, fbtrace_id, is_transient } = error ?? {}
  const row = rowFor(code, subcode) ?? byStatus.find(({ from, to }) => response.status >= from && response.status <= to)
  const numbers = [code, subcode].filter((part) => typeof part === 'number').join('/')
  const said = words(error?.message, error?.error_user_title, error?.error_user_msg, numbers)
  const trace = typeof fbtrace_id === 'string' ? fbtrace_id : undefined
  const about = { why: said || `status ${response.status}`, code: numbers || String(response.status), trace }
  const fix = row?.fix ?? fixes.invalid
  const hint = usageWaitMs(response) ?? retryAfterMs(response)
  if (is_transient === true || row?.kind === 'retry')
    return everyone(sent, { kind: 'retry', why: about.why, afterMs: hint, trace })
  if (row?.kind === 'throttle')
    return everyone(sent, { kind: 'retry', why: about.why, afterMs: hint ?? throttleMs, trace })
  if (row?.kind === 'halted') return everyone(sent, { kind: 'halted', fix, ...about })
  // Nobody knows what an unlisted code means: a batch is split, a single event gets three tries.
  if (!row && sent.length === 1) return everyone(sent, { kind: 'retry', why: about.why, unreadable: true, trace })
  return refused(sent, { fix, ...about })
}

function rowFor(code: unknown, subcode: unknown): Row | undefined {
  if (typeof code !== 'number') return undefined
  return rows.find((row) => {
    const [low, high] = typeof row.code === 'number' ? [row.code, row.code] : row.code
    return code >= low && code <= high && (row.subcode === undefined || row.subcode === subcode)
  })
}

/** The longest wait any usage header names. One counts in minutes, the other in seconds. */
function usageWaitMs({ headers }: HttpResponse): number | undefined {
  const business = Object.values(readHeader(headers['x-business-use-case-usage'])).flat()
  const minutes = business.map((use) => (isJson(use) ? Number(use.estimated_time_to_regain_access) : 0))
  const seconds = Number(readHeader(headers['x-ad-account-usage']).reset_time_duration)
  const waits = [...minutes.map((wait) => wait * 60_000), seconds * 1000].filter(
    (wait) => wait > 0 && Number.isFinite(wait),
  )
  return waits.length ? Math.max(...waits) : undefined
}

const readHeader = (text: string | undefined): Json => (text && readBody({ status: 0, headers: {}, body: text })) || {}
