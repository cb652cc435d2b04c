import { coreClickIds } from '../../shared/click-ids.ts'
import type { Clicks } from '../memory/clicks.ts'
import { attempt } from '../safe.ts'

/**
 * Click IDs of the platforms in an address, in its query or behind its `#` (`#/x?a=1`, `#a=1`): names in any case,
 * values percent-decoded once, the first that is not empty. What cannot be one is left to the collector.
 */
export function findClicks(address: string, now: number): Clicks {
  const found: Clicks = {}
  for (const name of coreClickIds) {
    const value = RegExp(`[?&#]${name}=([^&#]+)`, 'i').exec(address)?.[1]
    // A stray % is part of the token then.
    if (value) found[name] = [attempt(() => decodeURIComponent(value)) ?? value, now]
  }
  return found
}
