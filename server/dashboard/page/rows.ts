import type { Fired, PixelState } from '../../../shared/pixel-state.ts'

export interface Notice {
  readonly level: 'urgent' | 'warning' | 'info'
  readonly message: string
  readonly fix?: string
}

/** What the page reads from `/admin/api`; a test holds it against what the dashboard answers. */
export interface Setup {
  readonly instances: readonly {
    name: string
    platform: string
    site: string
    dryRun: boolean
    notices: readonly Notice[]
  }[]
  readonly demo?: { readonly shopUrl: string }
}

export type PairState = 'paired' | 'capi-only' | 'pixel-only' | 'waiting' | 'neither'
export type CopyKind = 'browser' | 'backend'
export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'suppressed' | 'expired'

export interface Copy {
  readonly kind: CopyKind
  readonly origin: string
  readonly receivedAt: number
  readonly duplicates: number
  readonly result: string
  readonly alias?: string
  readonly facts: { readonly value?: number; readonly currency?: string }
}

export interface Delivery {
  readonly instance: string
  readonly platform?: string
  readonly dryRun: boolean
  readonly pixel?: PixelState
  readonly state: DeliveryState
  readonly why?: string
  readonly reason?: string
  readonly reasonText?: string
  readonly attempts: number
  readonly ambiguous: number
  readonly dueAt: number
  readonly settledAt?: number
  readonly trace?: string
  readonly pair: { readonly state: PairState; readonly why: string }
  readonly fields: readonly { readonly path: string; readonly value: string; readonly from?: CopyKind | 'vault' }[]
  readonly explanation?: {
    readonly name?: string
    readonly request?: { readonly method: string; readonly url: string }
    readonly warnings?: readonly { readonly field: string; readonly message: string }[]
    readonly answer?: { readonly status: number; readonly words: string }
  }
  readonly counted?: {
    readonly name: string
    readonly browser: number
    readonly server: number
    readonly counted: number
    readonly paired: boolean
  }
  readonly notices?: readonly Notice[]
}

export interface Row {
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly firstAt: number
  readonly conflict: boolean
  readonly fired: Fired
  readonly copies: readonly Copy[]
  readonly deliveries: readonly Delivery[]
}

export interface Totals {
  readonly events: number
  readonly copies: number
  readonly duplicates: number
  readonly ambiguousResends: number
  readonly deliveries: Readonly<Record<string, Readonly<Record<DeliveryState, number>>>>
  readonly conservation: Readonly<Record<'created' | DeliveryState, number>> & { readonly addsUp: boolean }
}

export const keyOf = (row: Row): string => JSON.stringify([row.site, row.name, row.eventId])
