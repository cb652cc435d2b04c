import type { StoredEvent } from '../../../shared/event.ts'
import { isAbsent, isObject, readNumber } from '../../../shared/parse-field.ts'
import type { InstanceSettings } from '../destination.ts'
import type { Warn } from '../wire.ts'
import { processingKeys, stateCodes } from './rules.ts'

interface Limits {
  /** Absent: nothing was said that can be read. */
  readonly isLimited?: boolean
  readonly place?: { readonly country: number; readonly state: number }
}

const [optionsKey, countryKey, stateKey] = processingKeys
const isOurs = (key: string): boolean => processingKeys.some((known) => known === key)

/** Limited data use as a setting or an event says it: a word, a list of words, Meta's three keys, or Reddit's `modes`. */
export function readLimits(given: unknown, field: string, warn: Warn): Limits {
  if (isAbsent(given)) return {}
  if (!isObject(given)) return { isLimited: readWords(given, field, warn) }
  if (!Object.keys(given).every(isOurs))
    warn(field, `It has other keys than ${processingKeys.join(', ')}; they are left out.`)
  const options = given[optionsKey] ?? given.modes
  return {
    ...(!isAbsent(options) && { isLimited: readWords(options, field, warn) }),
    place: readPlace(given[countryKey], given[stateKey], field, warn),
  }
}

/** An empty list is a no. Snapchat's word for the same wish counts: no limit may be lost for a word. */
function readWords(given: unknown, field: string, warn: Warn): boolean | undefined {
  const entries = [given].flat()
  const words = entries.flatMap((entry) => (typeof entry === 'string' ? (entry.match(/\w+/g) ?? []) : ['?']))
  const known = words.filter((word) => /^(LDU|LMU)$/i.test(word))
  if (words.some((word) => !/^LDU$/i.test(word)))
    warn(field, known.length ? 'Meta’s word for limited data use is LDU alone.' : 'Meta knows LDU alone here.')
  return known.length > 0 || (words.length ? undefined : false)
}

/** All states Meta lists are of the USA (1), so one names its country; a country alone leaves the place to Meta. */
function readPlace(givenCountry: unknown, givenState: unknown, field: string, warn: Warn): Limits['place'] {
  const state = readCode(givenState, (code) => code === 0 || (code >= stateCodes.first && code <= stateCodes.last))
  const country = readCode(givenCountry, (code) => code === 0 || code === 1)
  const isBad = state === null || country === null || (country === 0 && state)
  if (isBad)
    warn(
      field,
      `Meta knows country 0 or 1, and with 1 states ${stateCodes.first} to ${stateCodes.last}; it finds the place.`,
    )
  if (isBad || (state === undefined && country === undefined)) return undefined
  return { country: country ?? (state ? 1 : 0), state: state ?? 0 }
}

/** A known code, undefined when absent, null when it is none. */
function readCode(value: unknown, isKnown: (code: number) => boolean): number | null | undefined {
  if (isAbsent(value)) return undefined
  const code = readNumber(value, '', () => undefined)
  return code !== undefined && isKnown(code) ? code : null
}

const ownKeys = (given: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(given).filter(([key]) => isOurs(key)))

/** Limited data use: the visitor’s wish, else the event’s own options, else the setting’s. */
export function processing(
  event: StoredEvent,
  settings: InstanceSettings,
  hasAddress: boolean,
  warn: Warn,
): Record<string, unknown> {
  const given = event.platform?.[settings.platform]
  const own = given ? readLimits(ownKeys(given), `platform.${settings.platform}.${optionsKey}`, warn) : {}
  const set = readLimits(settings.data_processing_options, optionsKey, warn)
  if (!event.consent?.limited && !(own.isLimited ?? set.isLimited)) return {}
  const { country, state } = own.place ?? set.place ?? { country: 0, state: 0 }
  if (country === 0 && !hasAddress)
    warn(optionsKey, 'Meta finds the place of the limit by the IP address, and there is none.')
  return { [optionsKey]: ['LDU'], [countryKey]: country, [stateKey]: state }
}
