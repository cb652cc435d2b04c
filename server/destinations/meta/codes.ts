import {
  isJson,
  rawWords,
  readBody,
  redirectFix,
  retryAfterMs,
  tooLargeFix,
  words,
  type Json,
  type StatusRow,
} from '../answer.ts'
import { hourMs } from '../../../shared/limits.ts'
import type { HttpResponse } from '../destination.ts'
import { regainMs } from './usage.ts'

/** `unknown`: neither code nor status says whether another try could help. */
export type Kind = 'retry' | 'throttle' | 'rejected' | 'halted' | 'unknown'

interface Row {
  /** Meta's code: one, or the first and last of a range. */
  readonly code: number | readonly [number, number]
  readonly subcode?: number
  readonly kind: Kind
  readonly fix?: string
  readonly afterMs?: number
}

const newToken = 'make a new access token in Events Manager (the pixel’s settings) and put it into the settings.'
const fixes = {
  token: `The token is no longer good: ${newToken}`,
  appRemoved: `The app behind the token was removed from the account: ${newToken}`,
  login:
    'The person behind the token must log in to Facebook and answer what it asks; or make a token in Events Manager.',
  password: `A changed password has ended the token: ${newToken}`,
  expired: `The token has expired: ${newToken} Such a token does not expire.`,
  unconfirmed: 'The person behind the token must confirm the Facebook account; or make a token in Events Manager.',
  invalid: `The token is not one of Meta’s as it stands: paste it whole, or ${newToken}`,
  proof: 'The token or its app secret proof does not fit; make a new access token in Events Manager.',
  permission:
    'Let the token’s system user manage this pixel in Business Settings, or make the token in the pixel’s own settings.',
  pixel: 'Check the pixel ID, and assign the pixel to the system user the token belongs to.',
  policy: 'Meta has blocked this account for policy reasons; see Account Quality in Business Manager.',
  old: 'Send events within seven days of their time; this one came too late.',
  value: 'Give the purchase a value.',
  currency: 'Give the purchase a currency of three letters.',
  keys: 'Send more about the visitor: e-mail, phone, click ID, Meta’s cookies, or IP address with user agent.',
  field: 'Look at the event in the dashboard and mend the field Meta names.',
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
  { code: 368, kind: 'halted', fix: fixes.policy, afterMs: hourMs },
  { code: 190, subcode: 458, kind: 'halted', fix: fixes.appRemoved },
  { code: 190, subcode: 459, kind: 'halted', fix: fixes.login },
  { code: 190, subcode: 460, kind: 'halted', fix: fixes.password },
  { code: 190, subcode: 463, kind: 'halted', fix: fixes.expired },
  { code: 190, subcode: 464, kind: 'halted', fix: fixes.unconfirmed },
  { code: 190, subcode: 467, kind: 'halted', fix: fixes.invalid },
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
  { code: 100, kind: 'rejected', fix: fixes.field },
  { code: 105, kind: 'rejected', fix: fixes.field },
]

type Statuses = readonly (Pick<StatusRow, 'from' | 'to' | 'fix'> & { readonly kind: Kind })[]

/** What a status says whatever stands in the body. */
const anyBody: Statuses = [
  { from: 300, to: 399, kind: 'halted', fix: redirectFix },
  { from: 408, to: 408, kind: 'retry' },
  { from: 413, to: 413, kind: 'rejected', fix: tooLargeFix },
  { from: 429, to: 429, kind: 'throttle' },
  { from: 500, to: 599, kind: 'retry' },
]
/** Of an answer in JSON, even with a code nobody knows. */
const json: Statuses = [...anyBody, { from: 401, to: 401, kind: 'halted', fix: fixes.token }]
/** Of an answer in JSON without a code. With one, 403 may be throttling and 404 the event's own fault. */
const jsonWithoutCode: Statuses = [
  ...json,
  { from: 403, to: 403, kind: 'halted', fix: fixes.permission },
  { from: 404, to: 404, kind: 'halted', fix: fixes.pixel },
]

/** What an answer that is no yes means. `code`: Meta's code and subcode, else the status. `afterMs`: Meta's hint. */
export interface Verdict {
  readonly kind: Kind
  readonly why: string
  readonly fix: string
  readonly code: string
  readonly trace?: string
  readonly afterMs?: number
  /** Meta gave no hint, and `afterMs` is where to begin. */
  readonly growing?: true
}

const throttleMs = 60_000

/** Decides on code and subcode, where there are none on the status. */
export function verdictOf(response: HttpResponse): Verdict {
  const body = readBody(response)
  const error = isJson(body?.error) ? body.error : {}
  const [code, subcode] = [numberIn(error.code), numberIn(error.error_subcode)]
  const byCode = rowForCode(code, subcode)
  const row =
    byCode ??
    (!body ? anyBody : code === undefined ? jsonWithoutCode : json).find(
      ({ from, to }) => response.status >= from && response.status <= to,
    )
  // HTML, text or nothing is a fault of a server in between, whatever its status.
  const said = row?.kind ?? (body ? 'unknown' : 'retry')
  const kind = error.is_transient === true && said !== 'throttle' ? 'retry' : said
  const numbers = [code, subcode].filter((part) => part !== undefined).join('/')
  const asked = kind === 'throttle' ? (regainMs(response) ?? retryAfterMs(response)) : retryAfterMs(response)
  return {
    kind,
    why: wordsOf(error, numbers) || (body ? `status ${response.status}` : rawWords(response)),
    fix: row?.fix ?? fixes.field,
    code: numbers || String(response.status),
    trace: typeof error.fbtrace_id === 'string' ? error.fbtrace_id : undefined,
    afterMs: asked ?? (kind === 'throttle' ? throttleMs : kind === 'halted' ? byCode?.afterMs : undefined),
    ...(kind === 'throttle' && asked === undefined && { growing: true }),
  }
}

const numberIn = (value: unknown): number | undefined =>
  Number.isFinite(value) || (typeof value === 'string' && /^-?\d+$/.test(value)) ? Number(value) : undefined

function rowForCode(code: number | undefined, subcode: number | undefined): Row | undefined {
  if (code === undefined) return undefined
  return rows.find((row) => {
    const [low, high] = typeof row.code === 'number' ? [row.code, row.code] : row.code
    return code >= low && code <= high && (row.subcode === undefined || row.subcode === subcode)
  })
}

/** Meta's words, the fields it blames, and its numbers. */
function wordsOf({ message, error_user_title, error_user_msg, error_data }: Json, numbers: string): string {
  const data = typeof error_data === 'string' ? readBody({ status: 0, headers: {}, body: error_data }) : error_data
  const blamed = isJson(data) && Array.isArray(data.blame_field_specs) ? data.blame_field_specs.flat(2) : []
  return words(
    message,
    error_user_title,
    error_user_msg,
    blamed.filter((one) => typeof one === 'string').join(', '),
    numbers,
  )
}
