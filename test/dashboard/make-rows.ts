import type { ShownInstance, ShownNotice } from '../../server/dashboard/index.ts'
import type { Counts, Ended, EventRow, RecentFilter, ReplayFilter, Store } from '../../server/store/store.ts'

export const noon = Date.UTC(2026, 10, 21, 12)

export const instances: readonly ShownInstance[] = [
  { name: 'meta', platform: 'meta', site: 'default', dryRun: false },
  { name: 'reddit', platform: 'reddit', site: 'default', dryRun: false },
  { name: 'snapchat', platform: 'snapchat', site: 'default', dryRun: true },
]

/** What a destination's settings may call for. */
export const aNotice = {
  level: 'warning',
  message: 'Version v2.0 is deprecated.',
  fix: 'Set api_version to v3.',
} as const satisfies ShownNotice

/** A valid row: a purchase known from both copies, delivered to Meta. Change what matters. */
export const aRow = (change: Partial<EventRow> = {}): EventRow => ({
  site: 'default',
  name: 'purchase',
  eventId: 'T-1001',
  firstAt: noon,
  conflict: false,
  fired: { meta: 'requested' },
  copies: [aCopy()],
  deliveries: [aDelivery()],
  ...change,
})

type Copy = EventRow['copies'][number]
export const aCopy = (change: Partial<Copy> = {}): Copy => ({
  kind: 'browser',
  origin: 'js',
  receivedAt: noon,
  duplicates: 0,
  result: 'stored',
  facts: { value: 42.5, currency: 'EUR' },
  ...change,
})

type Delivery = EventRow['deliveries'][number]
export const aDelivery = (change: Partial<Delivery> = {}): Delivery => ({
  instance: 'meta',
  state: 'delivered',
  attempts: 1,
  ambiguous: 0,
  dueAt: noon + 3000,
  settledAt: noon + 3120,
  ...change,
})

export const noDeliveries = { pending: 0, delivered: 0, dead: 0, suppressed: 0, expired: 0 }
export const noCounts: Counts = { events: 0, copies: 0, duplicates: 0, deliveries: {}, ambiguousResends: 0 }

/** A store that holds what the test puts in and keeps what it was asked. */
export class FakeStore implements Pick<Store, 'recent' | 'counts' | 'ended' | 'endings'> {
  rows: readonly EventRow[] = []
  numbers: Counts = noCounts
  /** Those that can be tried again, by number. */
  dead: readonly Ended[] = []
  broken = false
  readonly asked: RecentFilter[] = []
  recent(filter: RecentFilter): Promise<readonly EventRow[]> {
    this.asked.push(filter)
    if (this.broken) return Promise.reject(new Error('disk gone'))
    const fitting = this.rows.filter(({ eventId }) => filter.eventId === undefined || eventId === filter.eventId)
    return Promise.resolve(fitting.slice(0, filter.limit))
  }
  counts(): Promise<Counts> {
    return this.broken ? Promise.reject(new Error('disk gone')) : Promise.resolve(this.numbers)
  }
  async *endings() {
    yield await Promise.resolve(this.dead.filter(({ state }) => state !== 'suppressed'))
  }
  ended(filter: ReplayFilter, limit: number, after = 0): Promise<readonly Ended[]> {
    const { state, instance, reason, eventId } = filter
    const fitting = this.dead.filter(
      (one) =>
        one.delivery > after &&
        (state === undefined ? one.state !== 'suppressed' : one.state === state) &&
        (instance === undefined || one.instance === instance) &&
        (reason === undefined || one.reason === reason) &&
        (eventId === undefined || one.eventId === eventId),
    )
    return Promise.resolve(fitting.slice(0, limit))
  }
}
