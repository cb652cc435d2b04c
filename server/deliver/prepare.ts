import type { StoredEvent } from '../../shared/event.ts'
import { canonicalName } from '../../shared/names.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import type { Reason } from '../../shared/reasons.ts'
import { bestCopy } from '../pair/best-copy.ts'
import { withClicks } from '../pair/click-vault.ts'
import { consentHold, pixelHold, serverCopyHold, unknownHold } from '../pair/may-forward.ts'
import type { Destination, InstanceSettings, Mapped } from '../destinations/destination.ts'
import { mapFor } from '../destinations/mapping.ts'
import { observedName } from '../destinations/wire.ts'
import type { Claimed, Explanation, Lent, Settlement } from '../store/store.ts'
import { deadlineOf, retryWindowMs } from './deadline.ts'
import { mask } from './mask.ts'
import { heldWords } from './settle.ts'

/** A delivery on its way: what is sent, and under which keys it may be sent once only. */
export interface Ready {
  readonly delivery: Claimed
  readonly payload: object
  readonly reservations: readonly string[]
  readonly explanation: Explanation
}

export type Prepared = { readonly ready: Ready } | { readonly settlement: Settlement }

/**
 * From a claimed delivery to the payload that goes out, or to the reason why nothing does. Pure.
 * @param pausedMs how long of the time since then the lane waited for the operator: that is no time of trying
 */
export function prepare(
  claimed: Claimed,
  instance: InstanceSettings,
  destination: Destination,
  now: number,
  pausedMs: (since: number) => number = () => 0,
): Prepared {
  const end = (state: 'suppressed' | 'expired', reason: Reason, why: string, explanation?: Explanation): Prepared => ({
    settlement: {
      delivery: claimed.delivery,
      state,
      reason,
      why,
      ...(state === 'suppressed' && { copies: claimed.copies.length }),
      ...(explanation && { explanation }),
    } as Settlement, // `copies` goes with one state
  })
  const pixel = claimed.fired[instance.platform]
  const best = bestCopy(claimed.eventId, claimed.copies, claimed.firstAttemptAt)
  if (!best) return end('suppressed', 'consent_denied', 'Nothing was kept of the event that may be sent.')
  const held = holdOf(claimed, best.event, pixel, instance)
  if (held) return end('suppressed', held.reason, held.detail)
  if (claimed.inFlight && instance.on_ambiguous === 'hold') {
    const why = heldWords('A request was under way when the collector ended.')
    return { settlement: { delivery: claimed.delivery, state: 'dead', reason: 'answer_lost', why } }
  }
  const deadline = deadlineOf(best.event, pixel, destination, instance)
  if (now >= deadline.at && !claimed.replayed?.forced)
    return end('expired', deadline.reason, 'Its time to be sent had passed.')
  const triedSince = claimed.replayed?.at ?? claimed.firstAttemptAt
  if (triedSince !== undefined && now - triedSince - pausedMs(triedSince) >= retryWindowMs)
    return end('expired', 'window_passed', 'Attempts stop 24 hours after the first.')
  const { borrowed } = claimed
  const event = borrowed ? withClicks(best.event, borrowed.clicks) : best.event
  const mapped = mapFor(destination, event, instance, now, pixel)
  if ('skip' in mapped) return end('suppressed', mapped.skip, mapped.detail)
  const explanation = explain(
    mapped,
    addressOf(destination, mapped.payload, instance),
    borrowed ? { ...best.origins, ...lentOrigins(borrowed) } : best.origins,
  )
  if (instance.dry_run)
    return end(
      'suppressed',
      'disabled',
      'Dry run: no destination is configured, so this is only what would be sent.',
      explanation,
    )
  return {
    ready: {
      delivery: claimed,
      payload: mapped.payload,
      reservations: reservationKeys(instance.name, mapped.name, best.event),
      explanation,
    },
  }
}

/** Why the copies that came are not enough, or forbid it; a no before all else. */
function holdOf(
  { name, copies }: Claimed,
  event: StoredEvent,
  pixel: PixelState | undefined,
  instance: InstanceSettings,
) {
  // A page may say that its pixel told of a purchase, whatever the event is called.
  const told = observedName(event, instance)
  const consents = copies.map(({ event }) => event?.consent)
  return (
    consents.map((consent) => consentHold(consent, instance)).find(Boolean) ??
    unknownHold(consents, instance) ??
    pixelHold(pixel, instance) ??
    serverCopyHold(name, copies, instance) ??
    (told === undefined ? undefined : serverCopyHold(canonicalName(told), copies, instance))
  )
}

/** Where the settings send to, without their token. It is the same for all events, so it is asked for once. */
const addresses = new WeakMap<InstanceSettings, Explanation['request']>()
function addressOf(destination: Destination, payload: object, instance: InstanceSettings): Explanation['request'] {
  const known = addresses.get(instance)
  if (known) return known
  const { method, url } = destination.request([payload], { ...instance, access_token: '***' })
  addresses.set(instance, { method, url })
  return { method, url }
}

const lentOrigins = ({ clicks }: Lent): Explanation['origins'] =>
  Object.fromEntries(Object.keys(clicks).map((name) => [name, 'vault' as const]))

function explain(
  mapped: Extract<Mapped, { payload: object }>,
  request: Explanation['request'],
  origins: Explanation['origins'],
): Explanation {
  return {
    name: mapped.name,
    ...(request && { request }),
    sent: mask(mapped.payload),
    ...(origins && { origins }),
    ...(mapped.warnings.length > 0 && { warnings: mapped.warnings }),
  }
}

/** Under these a platform would count, so each is sent once in 30 days. */
function reservationKeys(instance: string, name: string, event: StoredEvent): string[] {
  const keys = [JSON.stringify([instance, name, event.event_id])]
  if ([event.event, canonicalName(name)].includes('purchase') && event.order_id)
    keys.push(JSON.stringify([instance, 'order', event.order_id]))
  return keys
}
