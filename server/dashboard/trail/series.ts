import { dayMs, hourMs, minuteMs } from '../../../shared/limits.ts'

/** Counts of one site, event and instance within one step of time; the names are those of `count-names.ts`. */
export type Counts = Readonly<Record<string, number>>
/** Series key → its counts. */
export type Bucket = ReadonlyMap<string, Counts>

/** Minutes are kept for two hours, hours for seven days. */
export const keptFor = { minute: 2 * hourMs, hour: 7 * dayMs } as const
export const stepMs = { minute: minuteMs, hour: hourMs } as const
export type Step = keyof typeof stepMs

/** Begin of a step, epoch ms → what was counted in it. */
export type Buckets = Readonly<Record<Step, ReadonlyMap<number, Bucket>>>

export const startOf = (step: Step, at: number): number => at - (at % stepMs[step])

/** Site, event and instance as one text; none of site and instance may hold a NUL. An absent one is ''. */
export const seriesKey = (site: string, event: string, instance: string): string => `${site}\0${event}\0${instance}`

export function readKey(key: string): { readonly site: string; readonly event: string; readonly instance: string } {
  const first = key.indexOf('\0')
  const last = key.lastIndexOf('\0')
  return { site: key.slice(0, first), event: key.slice(first + 1, last), instance: key.slice(last + 1) }
}

type Writable = Record<Step, Map<number, Map<string, Record<string, number>>>>

export interface Series extends Buckets {
  /** Adds to the minute and the hour of a time. What lies outside both is dropped. */
  add(at: number, key: string, name: string, n: number): void
  /** Adds a bucket as a whole: read back after a restart. */
  merge(step: Step, at: number, bucket: Bucket): void
  /** Forgets what is past its time. */
  prune(now: number): void
  /** The begins of steps that changed since this was asked the last time. */
  changed(step: Step): readonly number[]
}

/** Counts by minute and by hour. Every count is put into both, so that each adds up by itself. */
export function createSeries(): Series {
  const steps: Writable = { minute: new Map(), hour: new Map() }
  const dirty: Record<Step, Set<number>> = { minute: new Set(), hour: new Set() }
  /** Where the counts of the minute under way go, found once for each series. */
  let places = new Map<string, readonly Record<string, number>[]>()
  let placesOf = -1

  function placeOf(step: Step, at: number, key: string): Record<string, number> {
    const from = startOf(step, at)
    const buckets = steps[step]
    dirty[step].add(from)
    let bucket = buckets.get(from)
    if (!bucket) buckets.set(from, (bucket = new Map<string, Record<string, number>>()))
    let counts = bucket.get(key)
    if (!counts) bucket.set(key, (counts = Object.create(null) as Record<string, number>))
    return counts
  }

  return {
    ...steps,
    add(at, key, name, n) {
      const minute = startOf('minute', at)
      if (placesOf !== minute) {
        places = new Map()
        placesOf = minute
      }
      let both = places.get(key)
      if (!both) places.set(key, (both = [placeOf('minute', at, key), placeOf('hour', at, key)]))
      for (const counts of both) counts[name] = (counts[name] ?? 0) + n
    },
    merge(step, at, bucket) {
      for (const [key, counts] of bucket) {
        const place = placeOf(step, at, key)
        for (const [name, n] of Object.entries(counts)) place[name] = (place[name] ?? 0) + n
      }
    },
    prune(now) {
      placesOf = -1
      for (const step of ['minute', 'hour'] as const)
        for (const at of steps[step].keys()) if (at <= now - keptFor[step] - stepMs[step]) steps[step].delete(at)
    },
    changed(step) {
      const list = [...dirty[step]]
      dirty[step].clear()
      placesOf = -1 // or what is added to its places would not be seen as a change
      return list
    },
  }
}
