import { limits } from './limits.ts'

/** One thing wrong with an input: where (`items[2].price`), a short code, one sentence. */
export interface Issue {
  readonly path: string
  readonly code: string
  readonly message: string
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Collects what was wrong while one event is read; a bad field is dropped with a warning, the event goes on. */
export type Warn = (path: string, code: string, message: string) => undefined

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `null` and the empty string mean absent, everywhere. */
export const isAbsent = (value: unknown): value is null | undefined | '' =>
  value === undefined || value === null || value === ''

/** At most so many code points; most texts are short enough by any count. */
export const isWithin = (text: string, maxChars: number): boolean =>
  text.length <= maxChars || (text.length <= 2 * maxChars && Array.from(text).length <= maxChars)

/**
 * Text, trimmed; a finite number becomes its decimal text, but for one so large that JSON has lost digits of it: two order
 * numbers would be one. Too long or of another type: dropped with a warning.
 */
export function readText(
  value: unknown,
  path: string,
  warn: Warn,
  maxChars: number = limits.textChars,
): string | undefined {
  if (isAbsent(value)) return undefined
  const text =
    typeof value === 'string'
      ? value.trim()
      : typeof value === 'number' && Number.isFinite(value)
        ? String(value)
        : undefined
  if (text === undefined) return warn(path, 'not_text', 'is not text')
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return warn(path, 'inexact', 'is a number too large to be exact; send it as text')
  if (!isWithin(text, maxChars)) return warn(path, 'too_long', `is longer than ${maxChars} characters`)
  return text || undefined
}

/** A finite number, or text that is one (`"14"`, `" 1.5 "`); `"1,299.00"` is refused, not guessed. */
export function readNumber(value: unknown, path: string, warn: Warn): number | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string') {
    if (!value.trim()) return undefined
    if (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value) && Number.isFinite(Number(value)))
      return Number(value)
  }
  return warn(path, 'not_a_number', 'is not a number')
}

export function readFlag(value: unknown, path: string, warn: Warn): boolean | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value === 'boolean') return value
  if (value === 1 || value === '1' || value === 'true') return true
  if (value === 0 || value === '0' || value === 'false') return false
  return warn(path, 'not_a_flag', 'is neither true nor false')
}

const earliest = -62_135_596_800_000 // year 1, so that a four-digit year always prints
const latest = 253_402_300_799_999 // year 9999

/**
 * ISO 8601 with a zone or `Z` (a bare date and time counts as UTC), or epoch milliseconds as number or digits.
 * Numbers below 1e12 look like seconds: at `sent_at` and `event_time` they are refused, not guessed.
 */
export function readTime(value: unknown): number | undefined {
  let ms: number | undefined
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{9,16}$/.test(value.trim()))) {
    ms = Number(value)
    if (!Number.isFinite(ms) || ms < 1e12) return undefined
    ms = Math.floor(ms)
  } else if (typeof value === 'string') {
    const match = /^(\d{4}-\d\d-(\d\d))(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/i.exec(
      value.trim(),
    )
    if (!match) return undefined
    const [, date = '', day, time = '00:00', offset = 'Z'] = match
    // A 30th of February would quietly become the 2nd of March.
    if (new Date(`${date}T00:00Z`).getUTCDate() !== Number(day)) return undefined
    const zone = offset
      .toUpperCase()
      .replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`)
    ms = Date.parse(`${date}T${time}${zone}`)
  }
  return ms !== undefined && ms >= earliest && ms <= latest ? ms : undefined
}

/** At most `max` members of an array; what is no array is dropped with a warning. */
export function readList(value: unknown, path: string, warn: Warn, max: number): readonly unknown[] {
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) {
    warn(path, 'not_a_list', 'is not a list')
    return []
  }
  if (value.length > max) warn(path, 'too_many', `has more than ${max} entries; the rest is left out`)
  return value.slice(0, max) as readonly unknown[]
}

/** An object, or an empty one with a warning. */
export function readObject(value: unknown, path: string, warn: Warn): JsonObject {
  if (isAbsent(value)) return {}
  if (isObject(value)) return value
  warn(path, 'not_an_object', 'is not an object')
  return {}
}

/** The same object without absent members; undefined when nothing is left. */
export function compact<T extends object>(object: T): T | undefined {
  const found: Partial<T> = {}
  let isEmpty = true
  for (const key in object) {
    const value = object[key]
    if (value === undefined) continue
    found[key] = value
    isEmpty = false
  }
  return isEmpty ? undefined : (found as T)
}
