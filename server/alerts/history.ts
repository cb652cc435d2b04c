import { dayMs, hourMs, minuteMs } from '../../shared/limits.ts'

/** What came of deliveries within ten minutes. */
export interface Slot {
  readonly delivered: number
  readonly failed: number
  readonly paired: number
  readonly unpaired: number
}

const slotMs = 10 * minuteMs
const keepHoursMs = 15 * dayMs
const keepSlotsMs = 26 * hourMs
/** Of how many other days the same hour must be known before a silence can be odd. */
const leastDays = 3
const nothing: Slot = { delivered: 0, failed: 0, paired: 0, unpaired: 0 }

type Numbers = Readonly<Record<string, number>>
type Packed = readonly [delivered: number, failed: number, paired: number, unpaired: number]

/** As it rests: by hour and by ten minutes since 1970. */
export interface SavedHistory {
  readonly hours: Readonly<Record<string, Numbers>>
  readonly slots: Readonly<Record<string, Readonly<Record<string, Packed>>>>
}

/** What is usual: events by source and hour for two weeks, deliveries by instance and ten minutes for a day. */
export function createHistory(saved: SavedHistory = { hours: {}, slots: {} }) {
  const hours = new Map(Object.entries(saved.hours).map(([source, given]) => [source, numbered(given)] as const))
  const slots = new Map(Object.entries(saved.slots).map(([name, given]) => [name, numbered(given)] as const))

  const hourCounts = (source: string): Map<number, number> => {
    const known = hours.get(source) ?? new Map<number, number>()
    hours.set(source, known)
    return known
  }

  /**
   * The hour before a shop closes is no longer one in which silence is odd, and what came in the minute around the full
   * hour may be counted in the next: so the lower one of two hours counts.
   */
  function expectedIn(source: string, hour: number): number | undefined {
    const [usual, next] = [usualIn(source, hour), usualIn(source, hour + 1)]
    return usual === undefined ? undefined : Math.min(usual, next ?? usual)
  }

  /** How many come in this hour of the day, as a rule; undefined: too few days are known. */
  function usualIn(source: string, hour: number): number | undefined {
    const known = hours.get(source)
    const days = Array.from({ length: keepHoursMs / dayMs - 1 }, (_, day) => known?.get(hour - 24 * (day + 1)))
    const counts = days.flatMap((count) => count ?? []).sort((a, b) => a - b)
    if (counts.length < leastDays) return undefined
    const median = counts[Math.floor((counts.length - 1) / 2)]!
    // A shop that rests on Sundays rests on this one too.
    const sameDay = [days[6], days[13]].flatMap((count) => count ?? [])
    return sameDay.length ? Math.min(median, Math.max(...sameDay)) : median
  }

  return {
    /** Events of a source that came since the last look; 0 is worth knowing too. */
    heard(source: string, n: number, now: number): void {
      const known = hourCounts(source)
      const hour = Math.floor(now / hourMs)
      known.set(hour, (known.get(hour) ?? 0) + n)
    },
    settled(instance: string, more: Slot, now: number): void {
      const known = slots.get(instance) ?? new Map<number, Packed>()
      slots.set(instance, known)
      const slot = Math.floor(now / slotMs)
      const [delivered, failed, paired, unpaired] = known.get(slot) ?? [0, 0, 0, 0]
      known.set(slot, [
        delivered + more.delivered,
        failed + more.failed,
        paired + more.paired,
        unpaired + more.unpaired,
      ])
    },
    /** How many events this time would usually have brought; undefined: not known yet. */
    usual(source: string, from: number, to: number): number | undefined {
      let sum = 0
      for (let hour = Math.floor(from / hourMs); hour * hourMs < to; hour++) {
        const usual = expectedIn(source, hour)
        if (usual === undefined) return undefined
        const share = (Math.min(to, (hour + 1) * hourMs) - Math.max(from, hour * hourMs)) / hourMs
        sum += usual * share
      }
      return sum
    },
    /** What came of an instance's deliveries from one time to another, to ten minutes. */
    between(instance: string, from: number, to: number): Slot {
      let sum = nothing
      for (const [slot, [delivered, failed, paired, unpaired]] of slots.get(instance) ?? [])
        if (slot >= Math.floor(from / slotMs) && slot * slotMs <= to)
          sum = {
            delivered: sum.delivered + delivered,
            failed: sum.failed + failed,
            paired: sum.paired + paired,
            unpaired: sum.unpaired + unpaired,
          }
      return sum
    },
    /** For a later `createHistory`; what is too old, or far in the future (a clock was wrong), is left out. */
    save(now: number): SavedHistory {
      const recent = <Value>(known: Map<number, Value>, sizeMs: number, keepMs: number): Record<string, Value> =>
        Object.fromEntries([...known].filter(([at]) => now - at * sizeMs < keepMs && at * sizeMs <= now + hourMs))
      return {
        hours: Object.fromEntries(Array.from(hours, ([source, known]) => [source, recent(known, hourMs, keepHoursMs)])),
        slots: Object.fromEntries(Array.from(slots, ([name, known]) => [name, recent(known, slotMs, keepSlotsMs)])),
      }
    },
  }
}
export type History = ReturnType<typeof createHistory>

const numbered = <Value>(given: Readonly<Record<string, Value>>): Map<number, Value> =>
  new Map(Object.entries(given).map(([at, value]) => [Number(at), value]))
