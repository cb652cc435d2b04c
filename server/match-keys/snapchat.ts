import { countryCode } from './country.ts'
import { composed, digestersOf, plainText, type Around, type Digested, type Rule } from './digest.ts'
import { usStates } from './states.ts'

export type SnapchatField = 'em' | 'ph' | 'fn' | 'ln' | 'ge' | 'ct' | 'st' | 'zp' | 'country' | 'external_id'

const letters: Rule = (text) => {
  const lower = text.toLowerCase()
  return /^[a-z]*$/.test(lower) ? lower : lower.replace(/[^\p{L}\p{M}]/gu, '')
}

/** The first so many characters, never half of one. */
const first = (text: string, most: number): string => Array.from(text).slice(0, most).join('')

const rules: Readonly<Record<SnapchatField, Rule>> = {
  em: (text) => (text.includes('@') ? text.toLowerCase() : undefined),
  ph: (text) =>
    text
      .replace(/\(\s*0\s*\)/g, '')
      // The trunk zero that people leave behind a country code: +44 0447 … is +44 447 …
      .replace(/^(\+|00)(\d{1,3}[\s\-.(]+)0/, '$1$2')
      .replace(/\D/g, '')
      .replace(/^0+/, ''),
  fn: letters,
  ln: letters,
  ge: (text) => /^(?:(m)(?:ale)?|(f)(?:emale)?)$/.exec(text.toLowerCase().replace(/\P{L}/gu, ''))?.slice(1).join(''),
  ct: letters,
  st: (text, around) => {
    const state = letters(text, around) ?? ''
    return (isUsOrUnknown(around.country) && usStates.get(state)) || state
  },
  zp: (text, { country }) => {
    const code = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
    return country === 'us' || (!country && /^\d{5}-\d{4}$/.test(text)) ? first(code, 5) : code
  },
  country: countryCode,
  external_id: (text) => text.toLowerCase(),
}

const isUsOrUnknown = (country: string | undefined): boolean => !country || country === 'us'

/** Lower case, and what is taken out, may bring a letter and its accent together: J̌ has no composed form, ǰ has. */
const composing =
  (rule: Rule): Rule =>
  (text, around) => {
    const normalised = rule(text, around)
    return normalised && composed(normalised)
  }

const digesters = digestersOf(
  Object.fromEntries(Object.entries(rules).map(([field, rule]) => [field, composing(rule)])) as typeof rules,
  ['ge', 'ct', 'st', 'zp', 'country'],
)

/** One value of one of Snapchat's hashed fields. */
export function snapchatKey(field: SnapchatField, input: unknown, around: Around): Digested {
  const text = plainText(input)
  return text === undefined ? {} : digesters[field](composed(text), around)
}

/** A mobile advertising ID: Snapchat takes it in clear, lower case. */
export const snapchatMadid = (input: unknown): string | undefined => plainText(input)?.toLowerCase()
