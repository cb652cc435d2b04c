import type { Counts, DeliveryState } from './store.ts'

/** A running sum as a driver keeps it; `instance` is '' but for deliveries by state. */
export interface Sum {
  readonly name: string
  readonly instance: string
  readonly n: number
}

const noDeliveries: Readonly<Record<DeliveryState, number>> = {
  pending: 0,
  delivered: 0,
  dead: 0,
  suppressed: 0,
  expired: 0,
}
const isState = (name: string): name is DeliveryState => Object.hasOwn(noDeliveries, name)

/** The contract's counts from the sums a driver keeps. */
export function countsOf(sums: readonly Sum[]): Counts {
  const sum = (name: string): number => sums.find((one) => one.name === name && one.instance === '')?.n ?? 0
  const byInstance = new Map<string, Record<DeliveryState, number>>()
  for (const { name, instance, n } of sums)
    if (instance !== '' && isState(name))
      byInstance.set(instance, { ...(byInstance.get(instance) ?? noDeliveries), [name]: n })
  return {
    events: sum('events'),
    copies: sum('copies'),
    duplicates: sum('duplicates') + sum('retransmits'),
    deliveries: Object.fromEntries(byInstance),
    ambiguousResends: sum('ambiguous'),
    retransmits: sum('retransmits'),
    late: sum('late'),
    staleSettlements: sum('stale'),
  }
}
