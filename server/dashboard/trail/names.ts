import { isStandard } from '../../../shared/names.ts'

/** Custom names of one site that are counted by themselves; the rest is counted together, as `other`. */
export const mostNames = 100
export const otherName = 'other'

/** Lets so many custom names of each site through, first come first served: a flood of names cannot fill the memory. */
export function createNames() {
  let known = new Map<string, Set<string>>()
  return {
    /** The name under which an event is counted. */
    countedAs(site: string, event: string): string {
      if (event === '' || event === otherName || isStandard(event)) return event
      let names = known.get(site)
      if (!names) known.set(site, (names = new Set()))
      if (names.has(event)) return event
      if (names.size >= mostNames) return otherName
      names.add(event)
      return event
    },
    /** Only these are in use: others make room. */
    keep(used: Iterable<{ readonly site: string; readonly event: string }>): void {
      known = new Map()
      for (const { site, event } of used) this.countedAs(site, event)
    },
  }
}
