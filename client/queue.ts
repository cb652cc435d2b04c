import { wireVersion } from '../shared/event.ts'
import type { Kit } from './kit.ts'
import { toJson } from './safe.ts'
import { bytesOf } from './send.ts'
import type { WireBatch } from './wire.ts'

const maxEvents = 20
/** Of events, and with what else a request carries at most 16 KiB: four of them outlive a page together. */
const maxBytes = 12_000

/** Takes off a list what one request should carry: its first at least, however large. */
export function takeBatch<T>(list: T[]): T[] {
  let count = 0
  let bytes = 0
  while (list[count] && count < maxEvents && ((bytes += bytesOf(toJson(list[count]))) <= maxBytes || !count)) count++
  return list.splice(0, count)
}

/** A batch of this site, of this moment. */
export const makeBatch = (kit: Kit, more: Partial<WireBatch>): WireBatch => ({
  v: wireVersion,
  site: kit.siteConfig.key,
  domain: kit.getDomain(),
  sent_at: Date.now(),
  ...more,
})
