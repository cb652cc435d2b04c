import type { PixelState } from '../../shared/pixel-state.ts'
import { reasons } from '../../shared/reasons.ts'
import { pairState } from '../pair/pair-state.ts'
import type { PairView } from '../pair/pair-state.ts'
import type { Counts, DeliveryState, EventRow } from '../store/store.ts'
import { countFor } from './counted.ts'
import type { Conversion, PlatformCount } from './counted.ts'
import { sentFields } from './sent-fields.ts'
import type { SentField } from './sent-fields.ts'

/** A configured destination, as far as the page shows it. */
export interface ShownInstance {
  readonly name: string
  readonly platform: string
  readonly site: string
  readonly dryRun: boolean
  /** Absent: it is switched on. */
  readonly enabled?: boolean
  readonly pixelId?: string
  /** The platform's own page for this pixel. */
  readonly managerUrl?: string
  /** How its deliveries fare at this moment; absent: this process delivers none of them. */
  readonly lane?: {
    readonly state: 'ok' | 'retrying' | 'halted'
    readonly why?: string
    readonly fix?: string
    /** Epoch ms. */
    readonly since?: number
  }
  /** What was last asked of the platform about its token. */
  readonly token?: {
    readonly set: boolean
    readonly checkedAt?: number
    readonly good?: boolean
    readonly words?: string
  }
  readonly apiVersion?: { readonly name: string; readonly endsAt?: number }
  readonly testMode?: { readonly code?: string; readonly until?: number }
}

/** Something to see to in a destination's settings, in words. */
export interface ShownNotice {
  readonly level: 'urgent' | 'warning' | 'info'
  readonly message: string
  readonly fix?: string
}

type DeliveryRow = EventRow['deliveries'][number]

export interface DeliveryView extends DeliveryRow {
  /** Absent: the destination is no longer configured. */
  readonly platform?: string
  readonly dryRun: boolean
  readonly pixel?: PixelState
  readonly pair: PairView
  readonly reasonText?: string
  readonly fields: readonly SentField[]
  readonly counted?: PlatformCount
  /** Absent: nothing to see to. */
  readonly notices?: readonly ShownNotice[]
}

export type RowView = Omit<EventRow, 'deliveries'> & { readonly deliveries: readonly DeliveryView[] }
export type PlatformConversions = Readonly<Record<string, readonly Conversion[]>>

/** A stored row with everything the page says about it. Pure. */
export function viewRow(
  row: EventRow,
  instances: readonly ShownInstance[],
  seen: PlatformConversions = {},
  noticesBy: ReadonlyMap<string, readonly ShownNotice[]> = new Map(),
): RowView {
  const deliveries = row.deliveries.map((delivery): DeliveryView => {
    const known = instances.filter(({ name }) => name === delivery.instance)
    const instance = known.find(({ site }) => site === row.site) ?? known[0]
    const platform = instance?.platform
    const pixel = platform === undefined ? undefined : row.fired[platform]
    const { explanation, reason } = delivery
    const notices = noticesBy.get(delivery.instance) ?? []
    const counted = platform && countFor(seen[platform] ?? [], row, platform, explanation?.name)
    return {
      ...delivery,
      ...(platform && { platform }),
      dryRun: instance?.dryRun ?? false,
      ...(pixel && { pixel }),
      pair: pairState(platform ?? delivery.instance, pixel, delivery),
      ...(reason && { reasonText: reasons[reason].text }),
      fields: sentFields(explanation?.sent, explanation?.origins),
      ...(counted && { counted }),
      ...(notices.length > 0 && { notices }),
    }
  })
  return { ...row, deliveries }
}

const states = ['delivered', 'dead', 'suppressed', 'expired', 'pending'] as const satisfies readonly DeliveryState[]

/** Every delivery created ends in one of four states or is pending. */
export type Conservation = Readonly<Record<(typeof states)[number] | 'created', number>> & { readonly addsUp: boolean }
export type Totals = Counts & { readonly at: number; readonly conservation: Conservation }

/** The store's counts with the line that says whether every delivery is accounted for. Pure. */
export function totals(counts: Counts, now: number): Totals {
  const perInstance = Object.values(counts.deliveries)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  const [delivered, dead, suppressed, expired, pending] = states.map((state) =>
    sum(perInstance.map((instance) => instance[state] ?? 0)),
  ) as [number, number, number, number, number]
  // All the store counts, under whatever name: a state outside the five shows as a sum that is off.
  const created = sum(perInstance.flatMap((instance) => Object.values(instance)))
  const addsUp = created === sum([delivered, dead, suppressed, expired, pending])
  return { ...counts, at: now, conservation: { created, delivered, dead, suppressed, expired, pending, addsUp } }
}
