import { fitEvent, takeBatch } from './batches.ts'
import { compact } from './compact.ts'
import { readPlatformCookies } from './memory/platform-cookies.ts'
import { safe } from './safe.ts'
import type { WireEvent, WireProof } from './wire.ts'

const maxWaitMs = 1000

export interface Queue {
  /** Conversions leave at once: in a microtask, so that several calls of one task share a request. */
  readonly addEvent: (event: WireEvent, atOnce: boolean) => void
  /** The pixels of an event have a new state: it leaves with the event, or as a proof when that has gone. */
  readonly addChange: (event: WireEvent) => void
  /** Sends all there is. `leaving`: the page goes, nothing can wait for an answer. */
  readonly flushAll: (leaving?: boolean) => void
}

export type SendMembers = (
  members: { readonly events: readonly WireEvent[] } | { readonly proofs: readonly WireProof[] },
  leaving: boolean | undefined,
) => void

/** Events and proofs that wait for a shared request. */
export function createQueue(send: SendMembers): Queue {
  const waiting: WireEvent[] = []
  const changes = new Set<WireEvent>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flushAll = safe((leaving?: boolean) => {
    clearTimeout(timer)
    timer = undefined
    const cookies = readPlatformCookies()
    const events = waiting
      .splice(0)
      .map((event) => fitEvent({ ...event, context: compact({ cookies, ...event.context }) }))
    const proofs = [...changes].map(({ event, event_id, fired }) => ({ event, event_id, fired, at: Date.now() }))
    changes.clear()
    while (events.length) send({ events: takeBatch(events) }, leaving)
    while (proofs.length) send({ proofs: takeBatch(proofs) }, leaving)
  })
  const flushSoon = (): void => {
    timer ??= setTimeout(flushAll, maxWaitMs)
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
