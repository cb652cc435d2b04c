import { createHash } from 'node:crypto'
import { isIP } from 'node:net'

/** Says what is wrong with the value at a path, or nothing. */
export type Check = (value: unknown, path: string) => string | undefined

export type Fields = Readonly<Record<string, unknown>>
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a nested value; anything missing on the way is undefined. */
export const pick = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), value)

/** The same for a text that says something. */
export const pickText = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = pick(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Undefined for what is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A finite amount of zero or more, as a number or as numeric text. */
export const isAmount = (value: unknown): boolean =>
  (typeof value === 'number' && Number.isFinite(value) && value >= 0) ||
  (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))

/** The amount as a number; undefined for what is none. */
export const toAmount = (value: unknown): number | undefined => (isAmount(value) ? Number(value) : undefined)

/** 64 hex digits in small letters. */
export const isSha256 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

const nothing = createHash('sha256').digest('hex')
/** Digests of the empty text, alone or in a list: somebody hashed a field that had no value. */
export const isDigestOfNothing = (value: unknown): boolean => [value].flat().includes(nothing)

const must = (good: (value: unknown) => boolean, what: string): Check => {
  return (value, path) => (good(value) ? undefined : `${path} must be ${what}`)
}

/** Text with something in it. */
export const text = must((value) => typeof value === 'string' && value.trim() !== '', 'text that is not empty')
export const flag = must((value) => typeof value === 'boolean', 'true or false')
export const amount = must(isAmount, 'a number of 0 or more')
export const ipAddress = must((value) => typeof value === 'string' && isIP(value) > 0, 'an IP address, not hashed')
export const webUrl = must(
  (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
  'an http or https address',
)

const range = (min: number, max: number): string => {
  if (max !== Infinity) return ` from ${min} to ${max}`
  return min === -Infinity ? '' : ` of ${min} or more`
}

/** A whole number within bounds. */
export const integer = (min = -Infinity, max = Infinity): Check =>
  must(
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    `an integer${range(min, max)}`,
  )

/** A number, not a numeric text. */
export const decimal = (min: number): Check =>
  must((value) => typeof value === 'number' && Number.isFinite(value) && value >= min, `a number of at least ${min}`)

/** One of a few values. */
export const oneOf = (...allowed: readonly unknown[]): Check =>
  must((value) => allowed.includes(value), `one of ${allowed.join(', ')}`)

/** Text of a form. */
export const matches = (pattern: RegExp, what: string): Check =>
  must((value) => typeof value === 'string' && pattern.test(value), what)

/** A list of so many entries, each of them good. */
export const list =
  (item: Check, min = 0, max = Infinity): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max)
      return `${path} must be a list${min === 0 && max === Infinity ? '' : `${range(min, max)} entries`}`
    return firstProblem(value.map((entry, at) => () => item(entry, `${path}[${at}]`)))
  }

/** Many platforms take one text or a list of them. */
export const oneOrMore =
  (item: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? list(item, 1)(value, path) : item(value, path)

interface ObjectRules {
  readonly required?: readonly string[]
  /** Refuse keys that are not in the table. */
  readonly closed?: boolean
}

/** An object whose known keys are good. */
export const object =
  (fields: Readonly<Record<string, Check>>, { required = [], closed = false }: ObjectRules = {}): Check =>
  (value, path) => {
    if (!isFields(value)) return `${path} must be an object`
    const missing = required.find((key) => value[key] === undefined)
    if (missing) return `${join(path, missing)} is required`
    const unknown = closed ? Object.keys(value).find((key) => !Object.hasOwn(fields, key)) : undefined
    if (unknown) return `${join(path, unknown)} is not a known field`
    return firstProblem(
      Object.entries(fields)
        .filter(([key]) => value[key] !== undefined)
        .map(
          ([key, check]) =>
            () =>
              check(value[key], join(path, key)),
        ),
    )
  }

/** Path of the first null, empty text, empty list or empty object at any depth. */
export function findEmpty(value: unknown, path: string): string | undefined {
  if (value === null || value === '') return path
  if (typeof value !== 'object') return undefined
  const entries = Object.entries(value)
  if (entries.length === 0) return path
  for (const [key, inner] of entries) {
    const found = findEmpty(inner, Array.isArray(value) ? `${path}[${key}]` : join(path, key))
    if (found) return found
  }
  return undefined
}

const join = (path: string, key: string): string => (path ? `${path}.${key}` : key)

function firstProblem(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check()
    if (problem) return problem
  }
  return undefined
}
