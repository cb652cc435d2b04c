import type { StoredEvent } from '../../shared/event.ts'
import { dayMs, hourMs } from '../../shared/limits.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import type { Reason } from '../../shared/reasons.ts'
import type { Destination, InstanceSettings } from '../destinations/destination.ts'
import { actionSource } from '../destinations/wire.ts'

const marginMs = hourMs
/** Attempts stop this long after the first. */
export const retryWindowMs = dayMs

export interface Deadline {
  readonly at: number
  readonly reason: Reason
}

/**
 * Until when a delivery may be sent. Where the pixel's hit was asked for, or may have been, a copy past the platform's
 * pairing window counts twice; where no pixel spoke, the platform's age limit is the end.
 */
export function deadlineOf(
  event: StoredEvent,
  pixel: PixelState | undefined,
  { limits, actionSources }: Destination,
  instance: InstanceSettings,
): Deadline {
  // What is said to have happened elsewhere has no pixel, unless one was seen to speak.
  const onPage =
    pixel !== undefined || actionSource(event, instance.action_source, actionSources) === actionSources.website
  const noHit = pixel === 'blocked' || pixel === 'absent' || pixel === 'held'
  const age = { at: event.event_time + limits.maxAgeMs(event, instance) - marginMs, reason: 'too_old' } as const
  if (!onPage || noHit) return age
  const pairing = { at: event.event_time + limits.pairingMs - marginMs, reason: 'window_passed' } as const
  return pairing.at < age.at ? pairing : age
}
