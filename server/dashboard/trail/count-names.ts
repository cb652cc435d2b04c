import { isPixelState, type PixelState } from '../../../shared/pixel-state.ts'
import { isReason, type Reason } from '../../../shared/reasons.ts'
import type { DeliveryState } from '../../store/store.ts'

/**
 * How counts are called. Of a site's event (no instance): `received` `refused` `duplicate` `late` `stored` `joined`,
 * consent `c:STATE`. Of an event at an instance: `created` `retry` `ambiguous` `conflict`, an end (below), a match key
 * that was sent `k:FIELD`, the gap between the copies `g:STEP`. Of an instance alone: an error `e:CODE`. Of a site alone:
 * `revoked`, requests refused `r:STATUS`, browsers `b:FAMILY`, and those of them with a blocked pixel `x:FAMILY`. Of nobody:
 * how long the store took, `a:STEP`.
 */
export type CountName = string

/** An end holds all that names the pair state, so no two counts can tell different stories. */
export interface End {
  readonly state: DeliveryState
  readonly pixel?: PixelState
  readonly reason?: Reason
}

export const endName = ({ state, pixel, reason }: End): CountName => `p|${state}|${pixel ?? ''}|${reason ?? ''}`

const ends: ReadonlySet<string> = new Set<DeliveryState>(['delivered', 'dead', 'suppressed', 'expired'])

/** The end a count's name tells of; undefined for every other count. */
export function readEnd(name: string): End | undefined {
  const [mark, state = '', pixel = '', reason = ''] = name.split('|')
  if (mark !== 'p' || !ends.has(state)) return undefined
  return {
    state: state as DeliveryState,
    ...(isPixelState(pixel) && { pixel }),
    ...(isReason(reason) && { reason }),
  }
}
