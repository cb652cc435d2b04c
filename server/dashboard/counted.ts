import { createHash } from 'node:crypto'
import { canonicalName, foldName, standardName } from '../../shared/names.ts'

/** One conversion as a platform counts it: the demo's simulators tell, the real ones never do. */
export interface Conversion {
  /** The platform's own event name. */
  readonly event: string
  readonly id: string
  /** Arrivals from the pixel and from the Conversions API. */
  readonly hits: number
  readonly server_copies: number
  readonly paired: boolean
}

/** What a platform made of one of our events. `counted` is 1 when all went well. */
export interface PlatformCount {
  readonly name: string
  readonly browser: number
  readonly server: number
  readonly counted: number
  readonly paired: boolean
}

/** `unknown` → the conversions in it: a list, or a simulator's state with one. What has another shape is left out. */
export function readConversions(view: unknown): readonly Conversion[] {
  const list = isRecord(view) && 'counted' in view ? view.counted : view
  return Array.isArray(list) ? list.filter(isConversion) : []
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isConversion = (value: unknown): value is Conversion =>
  isRecord(value) &&
  typeof value.event === 'string' &&
  typeof value.id === 'string' &&
  typeof value.hits === 'number' &&
  typeof value.server_copies === 'number' &&
  typeof value.paired === 'boolean'

/** What became of an event there; undefined: nothing arrived. @param sentAs the platform-side name of our delivery */
export function countFor(
  conversions: readonly Conversion[],
  event: { readonly name: string; readonly eventId: string },
  platform: string,
  sentAs: string | undefined,
): PlatformCount | undefined {
  if (!conversions.length) return undefined
  // Reddit's pixel sends the digest of an ID.
  const ids = [event.eventId, createHash('sha256').update(event.eventId).digest('hex')]
  const names = [event.name, standardName(event.name, platform), sentAs].flatMap((name) => (name ? foldName(name) : []))
  const ours = conversions.filter(
    (one) => ids.includes(one.id) && (names.includes(foldName(one.event)) || canonicalName(one.event) === event.name),
  )
  if (!ours.length) return undefined
  return {
    name: ours[0]!.event,
    browser: ours.reduce((sum, { hits }) => sum + hits, 0),
    server: ours.reduce((sum, { server_copies }) => sum + server_copies, 0),
    counted: ours.length,
    paired: ours.some(({ paired }) => paired),
  }
}
