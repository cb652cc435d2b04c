import { hash } from 'node:crypto'
import { remembering } from './remember.ts'

/** SHA-256 over UTF-8, 64 lower-case hex digits: what all three platforms ask for. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex')

/** Already hashed: 64 hex digits in any case. 32 of them are ordinary text (a UUID without dashes). */
export const isDigest = (text: string): boolean => text.length === 64 && /^[\da-f]{64}$/i.test(text)

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

/** The steps every hashed field shares: digests pass, the rest is brought to its form and hashed. */
export function digested(text: string, rule: Rule, around: Around): Digested {
  if (isDigest(text)) return { hash: text.toLowerCase() }
  const normalised = rule(text, around)
  return normalised ? { normalised, hash: sha256(normalised) } : {}
}

/** Each field's rule as the whole way from text to digest; those of `places` remember what they were asked. */
export function digestersOf<Field extends string>(
  rules: Readonly<Record<Field, Rule>>,
  places: readonly NoInfer<Field>[] = [],
): Readonly<Record<Field, (text: string, around: Around) => Digested>> {
  const entries = (Object.entries(rules) as [Field, Rule][]).map(([field, rule]) => {
    const key = (text: string, around: Around): Digested => digested(text, rule, around)
    return [field, places.includes(field) ? remembering(key) : key] as const
  })
  return Object.fromEntries(entries) as Record<Field, (text: string, around: Around) => Digested>
}

/** Text without white space around it; a finite number as decimal text. */
export function plainText(input: unknown): string | undefined {
  if (typeof input === 'string') return input.trim() || undefined
  return typeof input === 'number' && Number.isFinite(input) ? String(input) : undefined
}

/** The composed form (Unicode NFC). ASCII is in it as it stands, and most text is ASCII. */
export const composed = (text: string): string => (/[^ -~]/.test(text) ? text.normalize('NFC') : text)
