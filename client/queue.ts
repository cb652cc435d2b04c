import { readCookie } from './memory/cookie.ts'
import { safe } from './safe.ts'
import type { WireEvent, WireProof } from './wire.ts'

const maxWaitMs = 1000
const maxEvents = 20

export interface Queue {
  /** Conversions leave at once: in a microtask, so that several calls of one task share a request. */
  readonly addEvent: (event: WireEvent, atOnce: boolean) => void
  /** The pixels of an event have a new state: it leaves with the event, or as a proof when that has gone. */
  readonly addChange: (event: WireEvent) => void
  /** Sends all there is. `leaving`: anything that says the page goes; nothing can wait for an answer. */
  readonly flushAll: (leaving?: unknown) => void
}

/** The platforms' own cookies. Their pixels write them late, so they are read when an event leaves. */
const cookieNames = ['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid']

/** Events and proofs that wait for a shared request. */
export function createQueue(
  send: (events: readonly WireEvent[], proofs: readonly WireProof[], leaving?: unknown) => void,
): Queue {
  const waiting: WireEvent[] = []
  const changes = new Set<WireEvent>()
  let timer: unknown

  const flushAll = safe((leaving?: unknown) => {
    // A timer that still runs finds nothing to do then.
    timer = 0
    const cookies = Object.fromEntries(cookieNames.map((name) => [name, readCookie(name)!]))
    while (waiting[0] || changes.size) {
      const proofs = Array.from(changes, ({ event, event_id, fired }) => ({ event, event_id, fired, at: Date.now() }))
      changes.clear()
      const events = waiting.splice(0, maxEvents).map((event) => ({ ...event, context: { ...event.context, cookies } }))
      send(events, proofs, leaving)
    }
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
