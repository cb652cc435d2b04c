import { canonicalNames } from '../../shared/names.ts'
import { Sums } from './sums.ts'

/** What this process has seen since it started. Plain sums: `figures.ts` reads them, nobody waits for them. */
export interface Counters {
  /** Copies by what the store said of them. */
  readonly copies: Sums<'site' | 'kind' | 'event' | 'result'>
  /** Events that no destination could use, refused with every issue named. */
  readonly refused: Sums<'site' | 'kind'>
  /** Posts by what was answered. */
  readonly requests: Sums<'route' | 'status'>
  /** What claimed deliveries came to; `retry` is not final. `reason` is '' where there is none. */
  readonly settlements: Sums<'instance' | 'state' | 'reason'>
  /** Requests that were written, counted for each event they carried. */
  readonly attempts: Sums<'instance'>
  /** Deliveries that ended, by pair state. */
  readonly pairs: Sums<'instance' | 'state'>
  /** Instance → when it last delivered, epoch ms. */
  readonly deliveredAt: Map<string, number>
  /** Site → when a copy of it was last taken, epoch ms. */
  readonly heardAt: Map<string, number>
}

/** All at nothing. */
export const createCounters = (): Counters => ({
  copies: new Sums('site', 'kind', 'event', 'result'),
  refused: new Sums('site', 'kind'),
  requests: new Sums('route', 'status'),
  settlements: new Sums('instance', 'state', 'reason'),
  attempts: new Sums('instance'),
  pairs: new Sums('instance', 'state'),
  deliveredAt: new Map(),
  heardAt: new Map(),
})

const standard = new Set(canonicalNames)

/** Names come from anybody, so only our own are told apart. */
export const eventLabel = (name: string): string => (standard.has(name) ? name : 'custom')
