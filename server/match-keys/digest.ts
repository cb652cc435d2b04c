import { hash } from 'node:crypto'

/** SHA-256 over UTF-8, 64 lower-case hex digits: what all three platforms ask for. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex')

/** Already hashed: 64 hex digits in any case. 32 of them are ordinary text (a UUID without dashes). */
export const isDigest = (text: string): boolean => /^[\da-f]{64}$/i.test(text)

/** What a rule may look at besides the value. */
export interface Around {
  /** ISO alpha-2, lower case, of the same copy; where the site says so, its default. */
  readonly country?: string
  /** Year of the event: nobody is born after it. */
  readonly year: number
}

/** Trimmed, non-empty text → the platform's canonical form; undefined when it is nothing a platform could match. */
export type Rule = (text: string, around: Around) => string | undefined

/** `normalised` is absent for what came hashed, both are absent for what cannot be used. */
export interface Digested {
  readonly normalised?: string
  readonly hash?: string
}

/** The steps every hashed field shares: numbers become text, white space goes, digests pass, the rest is hashed. */
export function digested(input: unknown, rule: Rule, around: Around): Digested {
  const text = plainText(input)
  if (text === undefined) return {}
  if (isDigest(text)) return { hash: text.toLowerCase() }
  const normalised = rule(text, around)
  return normalised ? { normalised, hash: sha256(normalised) } : {}
}

/** Text without white space around it; a finite number as decimal text. */
export function plainText(input: unknown): string | undefined {
  if (typeof input === 'number' && Number.isFinite(input)) return String(input)
  return typeof input === 'string' ? input.trim() || undefined : undefined
}
