import { countryCode } from './country.ts'
import { composed, digestersOf, plainText, type Around, type Digested, type Rule } from './digest.ts'
import { northAmericanStates } from './states.ts'

export type MetaField = 'em' | 'ph' | 'fn' | 'ln' | 'ge' | 'db' | 'ct' | 'st' | 'zp' | 'country' | 'external_id'

const atom = "[\\w!#$%&'*+/=?^`{|}~-]+"
const label = '[a-z\\d](?:[a-z\\d-]*[a-z\\d])?'
const address = new RegExp(`^${atom}(?:\\.${atom})*@(?:${label}\\.)+${label}$`, 'i')
const spaceAndPunctuation = /[\s!-/:-@[-`{-~]/g

// A digest as Meta's own libraries write it: an ending says which library, its case matters, and Meta reads it.
const libraryDigest = /^[\da-fA-F]{64}\.(?:[\w-]{8}|AQ|Ag|Aw|BA|BQ|Bg)$/

const genders = new Map<string, string>(
  Object.entries({
    m: `man male boy gentleman guy sir mister mr son father dad daddy papa uncle nephew brother husband boyfriend groom
      widower king prince duke count emperor god lord lad fellow chap bloke dude he him his himself m`,
    f: `woman female girl lady miss ms mrs madam maam daughter mother mom mama mommy aunt niece sister wife girlfriend
      bride widow queen princess duchess countess empress goddess maiden lass gal chick dame belle she her hers herself
      f`,
  }).flatMap(([gender, words]) => words.split(/\s+/).map((word) => [word, gender] as const)),
)

// Meta's documented digests of accented names are those of the composed form. What is taken out and the lower case may
// both bring a letter and its accent together (J̌ has no composed form, ǰ has), so it is composed again at the end.
const name: Rule = (text) => composed(composed(text).replace(spaceAndPunctuation, '').toLowerCase())
const latin = (text: string): string => composed(text).replace(/[^a-z\d]/gi, '')
const fromLetter = (text: string): string | undefined => (/^[a-z]/.test(text) ? text : undefined)

const rules: Readonly<Record<MetaField, Rule>> = {
  em: (text) => (address.test(text) ? text.toLowerCase() : undefined),
  ph: (text) => /^[1-9]\d{6,14}$/.exec(text.replace(/\D/g, '').replace(/^0+/, ''))?.[0],
  fn: name,
  ln: name,
  ge: (text) => genders.get(text.toLowerCase().replace(spaceAndPunctuation, '').replace('’', '')),
  db: birthDate,
  // Meta cleans cities before it lowers their case and states after: İ in lower case is an i and a dot.
  ct: (text) => fromLetter(latin(text).toLowerCase()),
  st: (text) => {
    const state = latin(text.toLowerCase())
    return fromLetter(northAmericanStates.get(state) ?? state)
  },
  zp: (text, { country }) => {
    const zip = text.toLowerCase().replace(/\s/g, '')
    const bare = zip.replaceAll('-', '')
    const isZipPlus4 = /^\d{5}-\d{4}$/.test(zip) || (country === 'us' && /^\d{9}$/.test(bare))
    const code = isZipPlus4 ? bare.slice(0, 5) : bare
    return code.length < 2 ? undefined : code
  },
  country: countryCode,
  external_id: (text) => text.replace(/\s/g, '').toLowerCase(),
}

/** Any usual way to write a date → YYYYMMDD. A day that cannot be a month tells the order; else month before day. */
function birthDate(text: string, { year: thisYear }: Around): string | undefined {
  const [a = '', b = '', c] = text.match(/\d+/g) ?? []
  if (c === undefined)
    return /^\d{8}$/.test(a) && !b ? date(a.slice(0, 4), a.slice(4, 6), a.slice(6), thisYear) : undefined
  if (Number(a) > 31) return ordered(a, b, c, thisYear)
  return Number(b) > 31 ? ordered(b, c, a, thisYear) : ordered(c, a, b, thisYear)
}

const ordered = (year: string, month: string, day: string, thisYear: number): string | undefined =>
  Number(month) > 12 ? date(year, day, month, thisYear) : date(year, month, day, thisYear)

function date(year: string, month: string, day: string, thisYear: number): string | undefined {
  const within = (part: string, low: number, high: number) => Number(part) >= low && Number(part) <= high
  const ok = within(year, 1900, thisYear) && within(month, 1, 12) && within(day, 1, 31)
  return ok ? `${Number(year)}${twoDigits(month)}${twoDigits(day)}` : undefined
}

const twoDigits = (part: string): string => String(Number(part)).padStart(2, '0')

const digesters = digestersOf(rules, ['ge', 'ct', 'st', 'zp', 'country'])

/** One value of one of Meta's hashed fields. */
export function metaKey(field: MetaField, input: unknown, around: Around): Digested {
  const text = plainText(input)
  if (text === undefined) return {}
  return text.length > 64 && libraryDigest.test(text) ? { hash: text } : digesters[field](text, around)
}
