import { dayMs } from '../../shared/limits.ts'
import { readStoredList, writeStored } from './storage.ts'

type FiredOrder = readonly [id: string, at: number]

/** The last purchases fired from this browser, so that a reloaded thank-you page does not count again. */
export function createFiredOrders(): (id: string, now: number) => boolean {
  // The page's own list serves where storage is refused.
  const here: FiredOrder[] = []
  /** True for an ID that was fired within a day; any other is noted as fired now. */
  return (id, now) => {
    const known = [...(readStoredList('_ppo') as FiredOrder[]), ...here]
    if (known.some((order) => order[0] === id && now - order[1] < dayMs)) return true
    here.push([id, now])
    writeStored('_ppo', [...known, [id, now]].slice(-20))
    return false
  }
}
