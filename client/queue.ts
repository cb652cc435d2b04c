import { wireVersion } from '../shared/event.ts'
import type { Kit } from './kit.ts'
import { readCookie } from './memory/cookie.ts'
import { safe, toJson } from './safe.ts'
import { bytesOf } from './send.ts'
import type { WireBatch, WireEvent } from './wire.ts'

const maxWaitMs = 1000
const maxEvents = 20
/** Of events, and with what else a request carries at most 16 KiB: four of them outlive a page together. */
const maxBytes = 12_000

interface Queue {
  /** Conversions leave at once: in a microtask, so that several calls of one task share a request. */
  readonly addEvent: (event: WireEvent, atOnce: boolean) => void
  /** The pixels of an event have a new state: it leaves with the event, or as a proof when that has gone. */
  readonly addChange: (event: WireEvent) => void
  /** Sends all there is. `leaving`: anything that says the page goes; nothing can wait for an answer. */
  readonly flushAll: (leaving?: unknown) => void
}

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

/** The platforms' own cookies. Their pixels write them late, so they are read when an event leaves. */
const cookieNames = ['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid']

/** Events and proofs that wait for a shared request. Click IDs join an event when it leaves, as the cookies do. */
export function createQueue(kit: Kit): Queue {
  const waiting: WireEvent[] = []
  const changes = new Set<WireEvent>()
  let timer: unknown

  const flushAll = safe((leaving?: unknown) => {
    // A timer that still runs finds nothing to do then.
    timer = 0
    const context = {
      click_ids: kit.knownClicks,
      cookies: Object.fromEntries(cookieNames.map((name) => [name, readCookie(name)!])),
    }
    const events = waiting.splice(0).map((event) => ({ ...event, context: { ...event.context, ...context } }))
    const proofs = Array.from(changes, ({ event, event_id, fired }) => ({ event, event_id, fired, at: Date.now() }))
    changes.clear()
    while (events[0] || proofs[0])
      void kit.postBatch(makeBatch(kit, { events: takeBatch(events), proofs: takeBatch(proofs) }), leaving)
  })
  const flushSoon = (): void => {
    timer ||= setTimeout(flushAll, maxWaitMs)
  }

  return {
    flushAll,
    addEvent(event, atOnce) {
      waiting.push(event)
      if (atOnce) queueMicrotask(flushAll)
      else flushSoon()
    },
    addChange(event) {
      if (!waiting.includes(event)) {
        changes.add(event)
        flushSoon()
      }
    },
  }
}
