import type { Finding, GuideTopic, InstanceSettings } from './destination.ts'

/** One way in which a pasted value can be wrong. No words repeat the value, which may be a secret. */
export interface PastedRow {
  /** Sees the value without white space around it. */
  readonly fits: RegExp | ((text: string) => boolean)
  readonly level: Finding['level']
  /** What was found, behind `The access token`; a length may be told. */
  readonly says: string | ((text: string) => string)
  /** Absent: it has to be copied again. */
  readonly fix?: string
  /** Absent: the part that says where the value is. */
  readonly guide?: GuideTopic
}

/** A setting that people paste. */
export interface PastedValue {
  readonly field: 'pixel_id' | 'access_token' | 'test_id'
  /** What people call it. */
  readonly name: string
  /** Where it is to be copied from, one sentence. */
  readonly copy: string
  /** The part of the guide that says where it is. */
  readonly guide: GuideTopic
  /** What this platform's own look like, and what those of others do: the first row that fits decides. */
  readonly rows: readonly PastedRow[]
}

/** What guides and examples put in the place of a value. */
const standIns: readonly RegExp[] = [
  /^[<[{]|_here$/i,
  /^(your|paste)([\s_-]|pixel|access|token)|^(my|the)[\s_-](pixel|access|token|test|secret|id)/i,
  /^(pixel_?id|(access_?)?token|test_?id|change[_-]?me|x{4,40})$/i,
]

const isEmpty: PastedRow = { fits: /^$/, level: 'wrong', says: 'is empty.' }
const alone = 'Paste the value alone, without anything before or behind it.'

/** What copying and pasting does to any value, whoever reads it. Without a fix it has to be copied again. */
const slips: readonly (readonly [fits: PastedRow['fits'], says: string, fix?: string])[] = [
  [/^\W*(authorization\s*:\s*)?bearer\b/i, 'has the word Bearer before it.', alone],
  [/["'`´‘’“”„«»]/, 'has quotation marks in it.', 'Take the quotation marks away.'],
  [/[*•●…]|\.{3}/, 'was copied where stars or dots hide a part of it, and such a page cannot give it back.'],
  [(text) => standIns.some((form) => form.test(text)), 'is a placeholder.'],
  [/^https?:|access_token=/i, 'is inside a whole address.', alone],
  // Equals signs may end a value; a name has something behind it.
  [/^[\w -]{2,30}[=:](?!=*$)/, 'has its own name before it.', alone],
  [/\s/, 'has white space or a line break inside.', 'Paste it again in one piece, without spaces or line breaks.'],
  [/%[\da-f]{2}/i, 'is written as inside an address, with % and two digits for some characters.'],
  [/[^!-~]/, 'has characters in it that it never has; some of them may be invisible.'],
]

/** Looked at before a value's own rows. */
const pasted: readonly PastedRow[] = [
  isEmpty,
  ...slips.map(([fits, says, fix]) => ({ fits, level: 'wrong', says, fix, guide: 'paste' }) as const),
]

/** It works, for it is taken away; it shows that the rest was not pasted with care. */
const spaced: Omit<PastedRow, 'fits'> = {
  level: 'odd',
  says: 'has white space around it, which is not sent.',
  fix: 'Paste it again without the white space.',
  guide: 'paste',
}

/** The first thing wrong with a pasted value, and white space around it; nothing where it is not set. */
export function checkPasted(settings: InstanceSettings, value: PastedValue): readonly Finding[] {
  const { field, name, copy, guide, rows } = value
  const given = settings[field]
  if (given === undefined) return []
  const text = given.trim()
  if (field === 'access_token' && !text) {
    const message = 'No access token is set: events for this destination wait.'
    return [{ level: 'wrong', field, message, fix: copy, guide }]
  }
  const first = [...pasted, ...rows].find(({ fits }) => (fits instanceof RegExp ? fits.test(text) : fits(text)))
  return [...(first ? [first] : []), ...(text && text !== given ? [spaced] : [])].map((row) => ({
    level: row.level,
    field,
    message: `The ${name} ${typeof row.says === 'string' ? row.says : row.says(text)}`,
    fix: row.fix ?? copy,
    guide: row.guide ?? guide,
  }))
}

/** A value that is too short or too long, by how long it is. @param usual how long they are, as a sentence's end */
export const oddLength = (fits: (chars: number) => boolean, level: Finding['level'], usual: string): PastedRow => ({
  fits: ({ length }) => fits(length),
  level,
  says: ({ length }) => `has ${length} characters; ${usual}`,
  guide: 'paste',
})

/** A UUID, as Snapchat's pixel IDs are. */
export const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
