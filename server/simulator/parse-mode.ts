import { flag, integer, isFields, list, text, type Check } from './check.ts'
import { modeNames, type Mode } from './modes.ts'
import type { PlatformName } from './platform.ts'

interface Key {
  readonly check: Check
  /** Says something in the mode `error` only, and there for these platforms. */
  readonly errorsOf?: readonly PlatformName[]
}

const everywhere = ['meta', 'reddit', 'snapchat'] as const

const keys: Readonly<Record<Exclude<keyof Mode, 'mode'>, Key>> = {
  for: { check: integer(0) },
  retry_after: { check: integer(0) },
  delay_ms: { check: integer(0) },
  code: { check: integer(), errorsOf: ['meta', 'snapchat'] },
  subcode: { check: integer(1), errorsOf: ['meta'] },
  status: { check: integer(400, 599), errorsOf: everywhere },
  message: { check: text, errorsOf: everywhere },
  poison: { check: list(text) },
  names: { check: flag },
  partial: { check: flag },
  requests_per_second: { check: integer(1) },
  events_per_second: { check: integer(1) },
  dedup_s: { check: integer(0) },
}

/** What a platform's error cannot do without. */
const needed = { meta: 'code', reddit: 'status', snapchat: 'status' } as const

/** The mode asked for, or one sentence on what is wrong with the request. */
export function parseMode(input: unknown, platform: PlatformName): Mode | string {
  if (!isFields(input)) return 'A JSON object with "mode" is needed.'
  const { mode: name, ...rest } = input
  const mode = modeNames.find((one) => one === name)
  if (!mode) return `"mode" must be one of ${modeNames.join(', ')}.`
  for (const [key, value] of Object.entries(rest)) {
    const known = Object.hasOwn(keys, key) ? keys[key as keyof typeof keys] : undefined
    if (!known) return `"${key}" is not known; a mode may have ${Object.keys(keys).join(', ')}.`
    if (known.errorsOf && mode !== 'error') return `"${key}" goes with the mode error only.`
    if (known.errorsOf && !known.errorsOf.includes(platform)) return `"${key}" is unknown to ${platform}.`
    const problem = known.check(value, `"${key}"`)
    if (problem) return `${problem}.`
  }
  if (mode === 'error' && rest[needed[platform]] === undefined)
    return `The mode error needs "${needed[platform]}" at ${platform}.`
  return { ...rest, mode }
}
