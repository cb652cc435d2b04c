import { destinationOf } from '../destinations/index.ts'
import type { InstanceSettings } from '../destinations/destination.ts'
import { settingsAt } from '../destinations/test-mode.ts'
import type { Ended } from '../store/store.ts'
import { prepare } from './prepare.ts'

/**
 * Why an ended delivery should not be tried again, in one sentence; undefined: it may be. It is made ready as the lane
 * would, so what would end at once is not even begun. @param forced past its time all the same
 */
export function mayReplay(
  ended: Ended,
  instances: readonly (InstanceSettings & { readonly enabled: boolean })[],
  now: number,
  forced: boolean,
): string | undefined {
  const instance = instances.find(({ name, enabled }) => name === ended.instance && enabled)
  if (!instance) return 'Its destination is no longer configured, or switched off.'
  // Whoever tries it again knows that an earlier request may have arrived.
  const again = { ...ended, inFlight: false, replayed: { at: now, forced } }
  const prepared = prepare(again, settingsAt(instance, now), destinationOf(instance), now)
  return 'settlement' in prepared && 'why' in prepared.settlement ? prepared.settlement.why : undefined
}
