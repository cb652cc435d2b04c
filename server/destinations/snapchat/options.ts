import { isObject } from '../../../shared/parse-field.ts'

/** Limited use, and deletion: the data processing options Snapchat knows. */
const known = ['LMU', 'DELETE'] as const

/** As Snapchat wants them: a list, in its own words. */
export const areOptions = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.every((word) => known.some((option) => option === word))

/**
 * The options asked for, in any shape they have been seen in: a list, a word, `"['lmu']"`, Meta's and Reddit's objects.
 * LDU is their word for the same limit, and a visitor's limit must not be lost for a word.
 */
export function readOptions(given: unknown): readonly string[] {
  const said = (isObject(given) ? [given.data_processing_options, given.modes] : [given]).flat(2)
  const words = said.flatMap((entry) => (typeof entry === 'string' ? (entry.toUpperCase().match(/[A-Z]+/g) ?? []) : []))
  return known.filter((option) => words.includes(option) || (option === 'LMU' && words.includes('LDU')))
}
