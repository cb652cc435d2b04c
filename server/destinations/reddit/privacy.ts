import type { StoredEvent } from '../../../shared/event.ts'
import { isAbsent, isObject } from '../../../shared/parse-field.ts'
import { pruned, type Warn } from '../wire.ts'
import { countryForm, limitedMode, regionForm } from './rules.ts'

/** Data processing options as somebody wrote them. `modes` undefined: nothing was said of them. */
export interface Options {
  readonly modes?: readonly string[]
  readonly country?: string
  readonly region?: string
}

const field = 'data_processing_options'

/**
 * `{ modes: ['LDU'], country, region }`. The event's own words go before the setting's, modes and place each for
 * themselves; the visitor's limit sets the mode by itself. So does Reddit's older word, `opt_out`, which v3 does not
 * know and v2.0 only still takes: the options say the same in both.
 */
export function processingOptions(
  event: StoredEvent,
  setting: unknown,
  hasOptedOut: boolean,
  warn: Warn,
): object | undefined {
  const own = readOptions(event.platform?.reddit?.[field], warn)
  // Settings are checked once, not with every event.
  const general = readOptions(setting, () => undefined)
  const modes = own.modes ?? general.modes ?? []
  const { country, region } = own.country || own.region ? own : general
  const isLimited = event.consent?.limited || hasOptedOut || modes.includes(limitedMode)
  return isLimited ? pruned({ modes: [limitedMode], country, region }) : undefined
}

/** The whole object, a list of modes, or modes as text with commas between. What cannot be read is left out. */
export function readOptions(given: unknown, warn: Warn): Options {
  if (isAbsent(given)) return {}
  if (typeof given === 'string' || Array.isArray(given)) return { modes: readModes(given, warn) }
  const { modes, country, region, ...others } = isObject(given) ? given : { others: given }
  if (Object.keys(others).length)
    warn(field, 'They are { modes, country, region }, a list of modes or text; what is none of these is left out.')
  return {
    modes: readModes(modes, warn),
    country: readCode(country, countryForm, () =>
      warn(field, 'The country is no ISO code of two letters; it is left out.'),
    ),
    region: readCode(region, regionForm, () => warn(field, 'The region is no ISO 3166-2 code; it is left out.')),
  }
}

/** An empty list says that there are no limits; a list without any known mode says nothing. */
function readModes(given: unknown, warn: Warn): readonly string[] | undefined {
  if (isAbsent(given)) return undefined
  const words = (Array.isArray(given) ? given : [given])
    .flatMap((entry: unknown) => (typeof entry === 'string' ? entry.split(',') : ['?']))
    .map((word) => word.trim().toUpperCase())
    .filter(Boolean)
  const known = words.filter((word) => word === limitedMode)
  if (known.length < words.length) warn(field, 'Reddit knows the mode LDU alone; any other is left out.')
  return known.length || !words.length ? known : undefined
}

function readCode(given: unknown, form: RegExp, warn: () => undefined): string | undefined {
  if (isAbsent(given)) return undefined
  const code = typeof given === 'string' ? given.trim().toUpperCase() : ''
  return form.test(code) ? code : warn()
}
