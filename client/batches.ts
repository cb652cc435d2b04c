import type { WireEvent } from './wire.ts'

const maxMembers = 20
/** A page has 64 KiB in flight for all that it sends while leaving; the rest of 60,000 is for what stands around. */
const maxBytes = 59_000
const maxItems = 50

/** As UTF-8, with the comma behind it. */
const bytesOf = (member: object): number => new TextEncoder().encode(JSON.stringify(member)).length + 1

/** The event, or what of it fits a request: the facts of an order come before its fiftieth line and free properties. */
export const fitEvent = (event: WireEvent): WireEvent =>
  bytesOf(event) > maxBytes
    ? { ...event, items: event.items?.slice(0, maxItems), props: undefined, truncated: true }
    : event

/** Takes from the front what fits one request, at least one. */
export function takeBatch<T extends object>(members: T[]): T[] {
  let bytes = 0
  let count = 0
  while (count < members.length && count < maxMembers && ((bytes += bytesOf(members[count]!)) <= maxBytes || !count))
    count++
  return members.splice(0, count)
}
