import { limits } from '../../shared/limits.ts'
import type { Refusal } from './read-body.ts'

export type Json = { readonly value: unknown } | { readonly refusal: Refusal }

/** What is read no further: nested deeper than 12, or with a key that would reach a prototype. */
export type Fault = 'too_deep' | 'key_forbidden'

/** Text → JSON value, whatever is in it; `isSuspect` when `faultOf` has to be asked about it. */
export function parseJson(
  text: string,
): { readonly value: unknown; readonly isSuspect: boolean } | { readonly refusal: Refusal } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { refusal: { status: 400, code: 'BODY_NOT_JSON', message: 'The body is not JSON.' } }
  }
  // Only a text that spells the word, or escapes a letter of it, can hold such a key.
  const isSuspect = depthOf(text, limits.jsonDepth) > limits.jsonDepth || /__proto__|\\u00/i.test(text)
  return { value, isSuspect }
}

/** Text → JSON value without a fault anywhere. */
export function readJson(text: string): Json {
  const json = parseJson(text)
  if ('refusal' in json) return json
  const fault = json.isSuspect ? faultOf(json.value) : undefined
  return fault ? refusalOf(fault) : { value: json.value }
}

export const refusalOf = (fault: Fault): { readonly refusal: Refusal } => ({
  refusal:
    fault === 'too_deep'
      ? { status: 400, code: 'BODY_TOO_DEEP', message: `The JSON is nested deeper than ${limits.jsonDepth}.` }
      : { status: 400, code: 'KEY_FORBIDDEN', message: 'A key named __proto__ is not taken.' },
})

/** The first fault of a parsed value; it is looked into no further than `most` levels, so plain recursion is safe. */
export function faultOf(value: unknown, most: number = limits.jsonDepth): Fault | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (most === 0) return 'too_deep'
  const isList = Array.isArray(value)
  for (const [key, entry] of Object.entries(value)) {
    const fault = !isList && key === '__proto__' ? 'key_forbidden' : faultOf(entry, most - 1)
    if (fault) return fault
  }
  return undefined
}

/** Deepest nesting of brackets outside strings, counted no further than one past `most`. Reads bytes, builds nothing. */
function depthOf(text: string, most: number): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 92) at++
      else if (code === 34) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) {
      if (++depth > deepest) deepest = depth
      if (deepest > most) return deepest
    } else if (code === 125 || code === 93) depth--
  }
  return deepest
}
