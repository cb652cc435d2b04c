import type { StoredEvent } from '../../shared/event.ts'
import { isAbsent } from '../../shared/parse-field.ts'
import type { InstanceSettings } from './destination.ts'
import { readOr, type Reader } from './readers.ts'
import type { Warn } from './wire.ts'

/** An extra key that a platform takes. An empty one is read by other code, for it hangs together with more. */
export interface Extra<Place extends string> {
  /** The part of the payload it belongs in. */
  readonly place?: Place
  readonly read?: Reader
  /** Only events of this action source, or of this name, have it; in the platform's words. */
  readonly source?: string
  readonly event?: string
}

type Fields = Record<string, unknown>

/** Makes the reader of the extra keys that an event brings for one platform (`platform.NAME`). */
export function createExtrasReader<Place extends string>(known: Readonly<Record<string, Extra<Place>>>) {
  const places = [...new Set(Object.values(known).flatMap(({ place }) => place ?? []))]
  const emptied = () => Object.fromEntries(places.map((place) => [place, {}])) as Record<Place, Fields>
  const nothing: Readonly<Record<Place, Readonly<Fields>>> = emptied()
  /** The extra keys by their places. What cannot go is left out with a warning. */
  return (
    { platform: given }: StoredEvent,
    { platform }: InstanceSettings,
    { name, source }: { readonly name: string; readonly source: string },
    warn: Warn,
  ): Readonly<Record<Place, Readonly<Fields>>> => {
    const extras = given?.[platform]
    if (!extras) return nothing
    const found = emptied()
    let hasOthers = false
    for (const [key, value] of Object.entries(extras)) {
      if (isAbsent(value)) continue
      const extra = Object.hasOwn(known, key) ? known[key] : undefined
      if (!extra) hasOthers = true
      else if (extra.place && extra.read) {
        const field = `platform.${platform}.${key}`
        const isMeant = (extra.source ?? source) === source && (extra.event ?? name) === name
        const read = isMeant
          ? readOr(extra.read, value, field, warn)
          : warn(field, `It goes with ${extra.source ?? extra.event ?? ''} events alone; it is left out.`)
        const fields: Fields = found[extra.place]
        if (read !== undefined) fields[key] = read
      }
    }
    // Their names are not repeated: nobody knows what stands in them.
    if (hasOthers) warn(`platform.${platform}`, 'It has keys that are not on the list; they are left out.')
    return found
  }
}
