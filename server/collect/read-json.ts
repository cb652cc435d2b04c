import { limits } from '../../shared/limits.ts'
import type { Refusal } from './read-body.ts'

export type Json = { readonly value: unknown } | { readonly refusal: Refusal }

/** Text → JSON value: not nested beyond 12, and without keys that would reach a prototype. */
export function readJson(text: string): Json {
  if (depthOf(text, limits.jsonDepth) > limits.jsonDepth)
    return {
      refusal: { status: 400, code: 'BODY_TOO_DEEP', message: `The JSON is nested deeper than ${limits.jsonDepth}.` },
    }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { refusal: { status: 400, code: 'BODY_NOT_JSON', message: 'The body is not JSON.' } }
  }
  // Only a text that spells the word, or escapes a letter of it, can hold such a key.
  if (/__proto__|\\u00/i.test(text) && hasForbiddenKey(value))
    return { refusal: { status: 400, code: 'KEY_FORBIDDEN', message: 'A key named __proto__ is not taken.' } }
  return { value }
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

/** Depth is bounded by then, so plain recursion is safe. */
function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasForbiddenKey)
  return Object.entries(value).some(([key, entry]) => key === '__proto__' || hasForbiddenKey(entry))
}
