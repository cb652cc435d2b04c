import { isIP } from 'node:net'

/** Says what is wrong with the value at a path, or nothing. */
export type Check = (value: unknown, path: string) => string | undefined

export type Fields = Readonly<Record<string, unknown>>
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a nested value; anything missing on the way is undefined. */
export const pick = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), value)

export const pickText = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = pick(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

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

export const toAmount = (value: unknown): number | undefined => (isAmount(value) ? Number(value) : undefined)

export const isSha256 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

const must = (good: (value: unknown) => boolean, what: string): Check => {
  return (value, path) => (good(value) ? undefined : `${path} must be ${what}`)
}

export const text = must((value) => typeof value === 'string' && value.trim() !== '', 'text that is not empty')
export const flag = must((value) => typeof value === 'boolean', 'true or false')
export const amount = must(isAmount, 'a number of 0 or more')
export const ipAddress = must((value) => typeof value === 'string' && isIP(value) > 0, 'an IP address, not hashed')
export const webUrl = must(
  (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
  'an http or https address',
)

export const integer = (min = -Infinity, max = Infinity): Check =>
  must(
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    `an integer from ${min} to ${max}`,
  )

export const decimal = (min: number): Check =>
  must((value) => typeof value === 'number' && Number.isFinite(value) && value >= min, `a number of at least ${min}`)

export const oneOf = (...allowed: readonly unknown[]): Check =>
  must((value) => allowed.includes(value), `one of ${allowed.join(', ')}`)

export const matches = (pattern: RegExp, what: string): Check =>
  must((value) => typeof value === 'string' && pattern.test(value), what)

export const list =
  (item: Check, min = 0, max = Infinity): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < min || value.length > max)
      return `${path} must be a list of ${min} to ${max} entries`
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
    const found = findEmpty(inner, join(path, key))
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
