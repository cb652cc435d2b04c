import type { Counts, DeliveryState, Health } from '../store/store.ts'
import type { Counters } from './counters.ts'

/** A configured destination as it is at this moment. */
export interface InstanceFigures {
  readonly name: string
  readonly site: string
  readonly platform: string
  readonly states: Readonly<Record<DeliveryState, number>>
  /** Absent: this process does not deliver for it. */
  readonly lane?: {
    readonly state: 'ok' | 'retrying' | 'halted'
    readonly why?: string
    readonly fix?: string
    /** Epoch ms. */
    readonly since?: number
  }
  /** No access token is set, so its lane is halted. */
  readonly lacksToken?: true
  /** How long the oldest delivery waits past its hold, ms; absent: none does that we know of. */
  readonly oldestMs?: number
  /** Epoch ms, of this process. */
  readonly deliveredAt?: number
  readonly isTest: boolean
  /** The API version in use; `daysLeft` where its end is announced. */
  readonly version: { readonly name: string; readonly daysLeft?: number }
  /** What time brings to its settings. */
  readonly notices: readonly {
    readonly code: string
    readonly level: 'urgent' | 'warning' | 'info'
    readonly message: string
    readonly fix?: string
  }[]
}

/** Every delivery created ends in one of four states or is pending. */
export interface Conservation {
  readonly created: number
  readonly states: Readonly<Record<DeliveryState, number>>
  /** Created less the sum of the five; anything but 0 is a fault. */
  readonly difference: number
}

/** All that health, metrics and alerts go by, of one moment. */
export interface Figures {
  readonly at: number
  readonly sites: readonly string[]
  readonly instances: readonly InstanceFigures[]
  /** Of the store, since it was created; absent: it cannot be read. */
  readonly counts?: Counts
  /** Deliveries of instances that are no longer configured. */
  readonly removed: Readonly<Record<DeliveryState, number>>
  readonly conservation: Conservation
  readonly health: Health
  /** Bytes free on the disk of the store; absent: it has none here. */
  readonly diskFreeBytes?: number
  readonly isReady: boolean
  /** Sentences about what goes on but not as it should. */
  readonly warnings: readonly string[]
  readonly counters: Counters
}

export const deliveryStates = [
  'pending',
  'delivered',
  'dead',
  'suppressed',
  'expired',
] as const satisfies readonly DeliveryState[]

type States = Record<DeliveryState, number>
export const noDeliveries: Readonly<States> = { pending: 0, delivered: 0, dead: 0, suppressed: 0, expired: 0 }

/** Deliveries by state, summed over instances. */
export function sumStates(all: readonly Readonly<States>[]): States {
  const sum: States = { ...noDeliveries }
  for (const states of all) for (const state of deliveryStates) sum[state] += states[state]
  return sum
}

/** The conservation line from the store's counts. A state outside the five shows as a difference. */
export function conservationOf(counts: Counts | undefined): Conservation {
  const all = Object.values(counts?.deliveries ?? {})
  const created = all.flatMap((states) => Object.values(states)).reduce((sum, n) => sum + n, 0)
  const states = sumStates(all)
  return { created, states, difference: created - deliveryStates.reduce((sum, state) => sum + states[state], 0) }
}
