import type { Figures, InstanceFigures } from './figures.ts'
import { deliveryStates } from './figures.ts'
import type { Sums } from './sums.ts'

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric: its name without `pairpixel_`, its labels, and how its samples are read off the figures. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  readonly read: (figures: Figures) => readonly Sample[]
}

const one = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [{ labels: {}, value }])
const flag = (is: boolean): number => (is ? 1 : 0)
const who = ({ site, name, platform }: InstanceFigures) => ({ site, instance: name, platform })
const ofInstance = ['site', 'instance', 'platform'] as const

const perInstance =
  (read: (instance: InstanceFigures) => number | undefined): Family['read'] =>
  ({ instances }) =>
    instances.flatMap((instance) => {
      const value = read(instance)
      return value === undefined ? [] : [{ labels: who(instance), value }]
    })

const plain = <Label extends string>(sums: Sums<Label>): readonly Sample[] =>
  sums.rows().map(({ labels, n }) => ({ labels, value: n }))

/** Sums by instance, with its site and platform; those of instances that were taken out of the settings are one. */
function withInstance<Label extends string>({ instances }: Figures, sums: Sums<Label | 'instance'>): readonly Sample[] {
  const merged = new Map<string, Sample>()
  for (const { labels, n } of sums.rows()) {
    const instance = instances.find(({ name }) => name === labels.instance)
    const full = { ...labels, ...(instance ? who(instance) : removed) }
    const key = JSON.stringify(full)
    merged.set(key, { labels: full, value: (merged.get(key)?.value ?? 0) + n })
  }
  return [...merged.values()]
}
const removed = { site: '', instance: 'removed', platform: 'removed' }

/** What went through this process since it started. */
const passed: readonly Family[] = [
  {
    name: 'copies_total',
    type: 'counter',
    help: 'Arrivals of events, by what the store said of them. event: a standard name, or custom.',
    labels: ['site', 'kind', 'event', 'result'],
    read: ({ counters }) => plain(counters.copies),
  },
  {
    name: 'events_refused_total',
    type: 'counter',
    help: 'Events refused with their issues named, because no destination could use them.',
    labels: ['site', 'kind'],
    read: ({ counters }) => plain(counters.refused),
  },
  {
    name: 'requests_total',
    type: 'counter',
    help: 'Posts of pages (events) and back ends (v1), by status.',
    labels: ['route', 'status'],
    read: ({ counters }) => plain(counters.requests),
  },
  {
    name: 'settlements_total',
    type: 'counter',
    help: 'What deliveries came to, by state and reason; retry is not final. A delivery tried again settles again.',
    labels: [...ofInstance, 'state', 'reason'],
    read: (figures) => withInstance(figures, figures.counters.settlements),
  },
  {
    name: 'attempts_total',
    type: 'counter',
    help: 'Attempts: one for each event in each request that was written.',
    labels: ofInstance,
    read: (figures) => withInstance(figures, figures.counters.attempts),
  },
  {
    name: 'pairs_total',
    type: 'counter',
    help: 'Ended deliveries by pair state; capi-only is counted two minutes later, for a page may still tell of its pixel.',
    labels: [...ofInstance, 'state'],
    read: (figures) => withInstance(figures, figures.counters.pairs),
  },
]

/** What the store has counted since it was created; the same from every process on it. */
const stored: readonly Family[] = [
  ...(
    [
      ['ambiguous_resends_total', 'Requests repeated because an answer was lost.', 'ambiguousResends'],
      ['retransmits_total', 'Posts that came again, equal to the byte.', 'retransmits'],
      ['late_copies_total', 'Copies that came after their event was sent.', 'late'],
      ['stale_settlements_total', 'Settlements of claims that had ended; they change nothing.', 'staleSettlements'],
    ] as const
  ).map(([name, help, key]): Family => ({
    name,
    type: 'counter',
    help,
    labels: [],
    read: ({ counts }) => one(counts?.[key]),
  })),
  ...(
    [
      ['ledger_events', 'Events that the ledger remembers.', 'events'],
      ['ledger_copies', 'Copies that the ledger remembers.', 'copies'],
      ['ledger_duplicates', 'Copies that said nothing new, since the store was created.', 'duplicates'],
    ] as const
  ).map(([name, help, key]): Family => ({
    name,
    type: 'gauge',
    help,
    labels: [],
    read: ({ counts }) => one(counts?.[key]),
  })),
  {
    name: 'deliveries',
    type: 'gauge',
    help: 'Deliveries that the ledger remembers, by state.',
    labels: [...ofInstance, 'state'],
    read: ({ instances, removed: gone, counts }) =>
      counts
        ? [
            ...instances.map((each) => ({ labels: who(each), states: each.states })),
            { labels: removed, states: gone },
          ].flatMap(({ labels, states }) =>
            deliveryStates.map((state) => ({ labels: { ...labels, state }, value: states[state] })),
          )
        : [],
  },
  {
    name: 'deliveries_created',
    type: 'gauge',
    help: 'All deliveries that the ledger remembers: the sum of pairpixel_deliveries, where nothing is lost.',
    labels: [],
    read: ({ counts, conservation }) => (counts ? one(conservation.created) : []),
  },
  {
    name: 'conservation_difference',
    type: 'gauge',
    help: 'Deliveries created less those delivered, dead, suppressed, expired and pending; anything but 0 is a fault.',
    labels: [],
    read: ({ counts, conservation }) => (counts ? one(conservation.difference) : []),
  },
]

/** How it is at this moment. */
const now: readonly Family[] = [
  {
    name: 'queue_depth',
    type: 'gauge',
    help: 'Deliveries that are pending, those in their hold included.',
    labels: ofInstance,
    read: (figures) => (figures.counts ? perInstance(({ states }) => states.pending)(figures) : []),
  },
  {
    name: 'queue_oldest_seconds',
    type: 'gauge',
    help: 'How long the oldest delivery that a lane took up waits past its hold; 0 where none does.',
    labels: ofInstance,
    read: perInstance(({ lane, oldestMs = 0 }) => (lane ? oldestMs / 1000 : undefined)),
  },
  {
    name: 'lane_state',
    type: 'gauge',
    help: '1 for the state a lane is in. halted: the platform refuses the account, and somebody must act.',
    labels: [...ofInstance, 'state'],
    read: ({ instances }) =>
      instances.flatMap((each) =>
        each.lane
          ? (['ok', 'retrying', 'halted'] as const).map((state) => ({
              labels: { ...who(each), state },
              value: flag(each.lane?.state === state),
            }))
          : [],
      ),
  },
  {
    name: 'last_delivery_timestamp_seconds',
    type: 'gauge',
    help: 'When this process last delivered there.',
    labels: ofInstance,
    read: perInstance(({ deliveredAt }) => (deliveredAt === undefined ? undefined : deliveredAt / 1000)),
  },
  {
    name: 'last_event_timestamp_seconds',
    type: 'gauge',
    help: 'When this process last took an event of the site.',
    labels: ['site'],
    read: ({ counters }) => Array.from(counters.heardAt, ([site, at]) => ({ labels: { site }, value: at / 1000 })),
  },
  {
    name: 'test_mode',
    type: 'gauge',
    help: '1 while what is sent is marked as a test.',
    labels: ofInstance,
    read: perInstance(({ isTest }) => flag(isTest)),
  },
  {
    name: 'api_version_days_left',
    type: 'gauge',
    help: 'Days until the API version in use ends; absent where no end is announced.',
    labels: ofInstance,
    read: perInstance(({ version }) => version.daysLeft),
  },
  {
    name: 'notices',
    type: 'gauge',
    help: 'What there is to see to in the settings of destinations.',
    labels: ['level'],
    read: ({ instances }) =>
      (['urgent', 'warning', 'info'] as const).map((level) => ({
        labels: { level },
        value: instances.flatMap(({ notices }) => notices).filter((notice) => notice.level === level).length,
      })),
  },
  {
    name: 'warnings',
    type: 'gauge',
    help: 'Sentences under warnings in /readyz: what goes on but not as it should.',
    labels: [],
    read: ({ warnings }) => one(warnings.length),
  },
  {
    name: 'ready',
    type: 'gauge',
    help: '1 while /readyz answers 200.',
    labels: [],
    read: ({ isReady }) => one(flag(isReady)),
  },
  {
    name: 'store_writable',
    type: 'gauge',
    help: '1 while events can be put into the store.',
    labels: [],
    read: ({ health }) => one(flag(health.writable)),
  },
  {
    name: 'store_durability',
    type: 'gauge',
    help: '1 for what a 2xx means just now.',
    labels: ['durability'],
    read: ({ health }) =>
      ['fsync', 'everysec', 'replicated', 'memory', 'unknown'].map((durability) => ({
        labels: { durability },
        value: flag(health.durability.replace(/\(.*/, '') === durability),
      })),
  },
  {
    name: 'disk_free_bytes',
    type: 'gauge',
    help: 'Free space on the disk of the store.',
    labels: [],
    read: ({ diskFreeBytes }) => one(diskFreeBytes),
  },
]

/** Every metric about events and deliveries, as a table; a row here is a line in docs/metrics.md. */
export const families: readonly Family[] = [...passed, ...stored, ...now]
