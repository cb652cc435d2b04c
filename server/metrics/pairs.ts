import type { Fired } from '../../shared/pixel-state.ts'
import { minuteMs } from '../../shared/limits.ts'
import { pairState } from '../pair/pair-state.ts'
import type { Reason } from '../../shared/reasons.ts'

/** An ended delivery, as far as its pair state depends on it. */
export interface EndedDelivery {
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly instance: string
  readonly platform: string
  readonly fired: Fired
  readonly state: 'delivered' | 'dead' | 'suppressed' | 'expired'
  readonly reason?: Reason
}

/** A page tells what became of its pixel a little after the event; by then the event may be delivered. */
const proofWaitMs = 2 * minuteMs
const mostWaiting = 20_000

/**
 * Counts each ended delivery once by its pair state. One that was delivered without evidence of the pixel waits two
 * minutes for a later word of the page, then counts as `capi-only`.
 */
export function createPairCount(count: (instance: string, state: string) => void) {
  /** Oldest first. */
  const waiting = new Map<string, { readonly at: number; readonly ended: EndedDelivery }>()
  const byEvent = new Map<string, Set<string>>()
  const eventKey = (site: string, name: string, eventId: string) => `${site}\n${name}\n${eventId}`

  function close(key: string, state: string): void {
    const ended = waiting.get(key)?.ended
    if (!ended) return
    waiting.delete(key)
    const event = eventKey(ended.site, ended.name, ended.eventId)
    const others = byEvent.get(event)
    others?.delete(key)
    if (others?.size === 0) byEvent.delete(event)
    count(ended.instance, state)
  }

  return {
    ended(ended: EndedDelivery, now: number): void {
      const { state } = pairState(ended.platform, ended.fired[ended.platform], ended)
      if (state !== 'capi-only') return count(ended.instance, state)
      const event = eventKey(ended.site, ended.name, ended.eventId)
      const key = `${event}\n${ended.instance}`
      close(key, 'capi-only') // delivered again, by hand
      waiting.set(key, { at: now, ended })
      byEvent.set(event, (byEvent.get(event) ?? new Set()).add(key))
      if (waiting.size > mostWaiting) close(waiting.keys().next().value!, 'capi-only')
    },
    /** A later word on an event's pixels. */
    proved(site: string, name: string, eventId: string, fired: Fired): void {
      if (!waiting.size) return
      for (const key of [...(byEvent.get(eventKey(site, name, eventId)) ?? [])]) {
        const { platform } = waiting.get(key)!.ended
        if (pairState(platform, fired[platform], { state: 'delivered' }).state === 'paired') close(key, 'paired')
      }
    },
    /** Counts what has waited long enough. */
    flush(now: number): void {
      for (const [key, { at }] of waiting) {
        if (now >= at && now - at < proofWaitMs) return
        close(key, 'capi-only')
      }
    },
  }
}
