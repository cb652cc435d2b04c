import { isAbsent, isObject, readFlag, readNumber, readText } from '../../shared/parse-field.ts'
import type { Warn } from './wire.ts'

/** One given value as a platform takes it; undefined when it is nothing of the kind. `path` is for warnings about its parts. */
export type Reader = (value: unknown, path: string, warn: Warn) => unknown

export const notOfItsKind = 'It is not of the kind that is taken here; it is left out.'

const quiet = (): undefined => undefined

export const text = (value: unknown): string | undefined => readText(value, '', quiet)
export const flag = (value: unknown): boolean | undefined => readFlag(value, '', quiet)
export const number = (value: unknown): number | undefined => readNumber(value, '', quiet)

/** A whole number from zero on. */
export const countTo =
  (most: number) =>
  (value: unknown): number | undefined => {
    const read = number(value)
    return Number.isInteger(read) && read! >= 0 && read! <= most ? read : undefined
  }

export const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): string | undefined =>
    words.find((word) => word === value)

/** An object of these members; undefined when a needed one is missing or none is left. */
export const objectOf =
  (members: Readonly<Record<string, Reader>>, ...needed: readonly string[]): Reader =>
  (value, path, warn) => {
    if (!isObject(value)) return undefined
    const found: Record<string, unknown> = {}
    for (const [key, given] of Object.entries(value)) {
      if (!Object.hasOwn(members, key)) warn(path, 'It has a member that is not on the list; that is left out.')
      else {
        const read = readOr(members[key]!, given, `${path}.${key}`, warn)
        if (read !== undefined) found[key] = read
      }
    }
    return Object.keys(found).length && needed.every((key) => Object.hasOwn(found, key)) ? found : undefined
  }

/** A value as its reader takes it, with a warning when it is there and cannot be taken. */
export function readOr(read: Reader, value: unknown, path: string, warn: Warn): unknown {
  if (isAbsent(value)) return undefined
  return read(value, path, warn) ?? warn(path, notOfItsKind)
}
