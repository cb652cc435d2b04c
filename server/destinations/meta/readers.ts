import { isAbsent, isObject, readTime } from '../../../shared/parse-field.ts'
import { flag, number, text, type Reader } from '../readers.ts'

/** Meta counts yes and no as 1 and 0 here. */
export const bit: Reader = (value) => {
  const said = flag(value)
  return said === undefined ? undefined : Number(said)
}
export const share: Reader = (value) => {
  const read = number(value)
  return read !== undefined && read >= 0 && read <= 1 ? read : undefined
}

/** An integer ID. As a number, digits are lost from 2^53 on; as text, a long one goes as it is. */
export const integerId: Reader = (value) => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? value : undefined
  const digits = typeof value === 'string' ? /^\s*([1-9]\d{0,19})\s*$/.exec(value)?.[1] : undefined
  return digits === undefined || !Number.isSafeInteger(Number(digits)) ? digits : Number(digits)
}

/** Unix seconds. Milliseconds and ISO 8601, as everywhere else in an event, are brought to them. */
export const seconds: Reader = (value) => {
  const given = number(value)
  if (Number.isInteger(given) && given! > 0 && given! < 1e11) return given
  const ms = readTime(value)
  return ms !== undefined && ms > 0 ? Math.floor(ms / 1000) : undefined
}

export const texts: Reader = (value) => {
  const list = [value].flat().map((entry) => text(entry))
  return list.length && list.every((entry) => entry !== undefined) ? list : undefined
}

/** Anything JSON has, unchanged, unless a part of it is empty. */
export const unchanged: Reader = (value) => (isFilled(value) ? value : undefined)

function isFilled(value: unknown): boolean {
  if (Array.isArray(value) || isObject(value)) {
    const parts = Object.values(value)
    return parts.length > 0 && parts.every(isFilled)
  }
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '') || Number.isFinite(value)
}

/** Meta's list of 16 facts about a device. Unknown ones are empty texts, by Meta's own rule; two have to be known. */
export const deviceFacts: Reader = (value) => {
  if (!Array.isArray(value) || value.length !== 16) return undefined
  const facts = value.map((entry) => (isAbsent(entry) ? '' : text(entry)))
  return (facts[0] === 'a2' || facts[0] === 'i2') && facts[4] && !facts.includes(undefined) ? facts : undefined
}
