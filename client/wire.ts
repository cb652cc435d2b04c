import type { Context } from '../shared/event.ts'
import type { PixelState } from '../shared/pixel-state.ts'
import type { Facts } from './capture/props.ts'

/** An event as the pixel posts it (docs/architecture.md, The event); values are as the page gave them. */
export interface WireEvent extends Facts {
  readonly event: string
  readonly event_id: string
  readonly event_time: number
  readonly context?: Context
  readonly truncated?: boolean
  /** Grows while the event waits; what changes later leaves as a proof. */
  fired?: Record<string, PixelState>
}

export interface WireProof {
  readonly event: string
  readonly event_id: string
  readonly fired?: Record<string, PixelState>
  readonly at: number
}
