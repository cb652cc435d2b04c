import { readFileSync } from 'node:fs'
import { protect } from '../../server/match-keys/protect.ts'
import type { Destination, InstanceSettings } from '../../server/destinations/destination.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { readTime } from '../../shared/parse-field.ts'

export type Json = Record<string, unknown>

export interface EventVector {
  readonly id: string
  readonly api?: string
  readonly input: Json
  readonly config?: Json
  readonly expect: Json
  readonly absent?: readonly string[]
}

export interface NormaliseVector {
  readonly id: string
  readonly field: string
  readonly input: unknown
  readonly normalised: unknown
  readonly hash: string | null
}

export interface Vectors {
  readonly normalise: readonly NormaliseVector[]
  readonly fbc: readonly { readonly id: string; readonly kind: string; readonly input: Json; readonly expect: Json }[]
  readonly events: readonly EventVector[]
}

export const readVectors = (platform: string): Vectors =>
  JSON.parse(readFileSync(new URL(`../vectors/${platform}.json`, import.meta.url), 'utf8')) as Vectors

/** Obviously no token. */
export const fakeToken = 'EAA' + 'x'.repeat(187)

export const instance = (
  platform: InstanceSettings['platform'],
  more: Partial<InstanceSettings> = {},
): InstanceSettings => ({
  name: platform,
  platform,
  pixel_id: '1234567890',
  access_token: fakeToken,
  ...more,
})

export interface Forwarded {
  readonly skipped?: true
  readonly reason?: string
  readonly detail?: string
  readonly name?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly warnings?: readonly { readonly field: string }[]
  readonly body?: Json
}

/** One event the way every event goes: parsed, protected, mapped, put into a request. */
export function forward(
  destination: Destination,
  input: unknown,
  settings: InstanceSettings,
  now?: number,
  site: { default_country?: string } = {},
): Forwarded {
  const parsed = parseEvent(input, { now: 1_788_000_000_000, newId: () => 'made-up-id' })
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join(' '))
  const { event } = protect(parsed.event, site)
  const mapped = destination.map(event, settings, now ?? event.event_time + 60_000)
  if ('skip' in mapped) return { skipped: true, reason: mapped.skip, detail: mapped.detail }
  const { url, headers, body } = destination.request([mapped.payload], settings)
  return { name: mapped.name, url, headers, warnings: mapped.warnings, body: JSON.parse(body) as Json }
}

export const nowOf = (vector: EventVector): number | undefined => readTime(vector.config?.now)

/**
 * Where `part` is not contained in `whole`: objects by key, arrays by exact content, a text where a list of that one
 * text stands. Empty: it is.
 */
export function differences(whole: unknown, part: unknown, path = ''): string[] {
  if (Array.isArray(part)) {
    if (!Array.isArray(whole) || whole.length !== part.length)
      return [`${path}: ${JSON.stringify(whole)} is not ${JSON.stringify(part)}`]
    return part.flatMap((entry, index) => differences(whole[index], entry, `${path}/${index}`))
  }
  if (typeof part === 'object' && part !== null) {
    if (typeof whole !== 'object' || whole === null) return [`${path}: ${JSON.stringify(whole)} is no object`]
    return Object.entries(part).flatMap(([key, value]) => differences((whole as Json)[key], value, `${path}/${key}`))
  }
  const value: unknown = typeof part === 'string' && Array.isArray(whole) && whole.length === 1 ? whole[0] : whole
  return value === part ? [] : [`${path}: ${JSON.stringify(whole)} is not ${JSON.stringify(part)}`]
}

/** What stands at a path; undefined when nothing does. */
export const at = (whole: unknown, path: readonly string[]): unknown =>
  path.reduce((value, key) => (typeof value === 'object' && value !== null ? (value as Json)[key] : undefined), whole)
