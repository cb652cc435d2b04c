import type { KeyObject } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Leases } from './leases.ts'
import type { Reservations } from './reservations.ts'
import type { Tally } from './tally.ts'

/** What every part of the writer works on. Each part prepares its SQL once, when it is made. */
export interface Ledger {
  readonly db: DatabaseSync
  readonly secret: KeyObject
  readonly tally: Tally
  readonly leases: Leases
  readonly reservations: Reservations
  /** Careful: each part of a group can fail alone. */
  readonly mode: { careful: boolean }
  /** Another process works on the file, and its claims are unknown here. */
  readonly isBeside?: boolean | undefined
}

/** Columns of an event that appending and proving need. Rows are cast to such types where the SQL names the same columns. */
export type FoundEvent = {
  id: number
  event_id: string
  conflict: number
  fired: string
  browser: number
  backend: number
  erased: number
}
export const foundColumns = 'e.id, e.event_id, e.conflict, e.fired, e.browser, e.backend, e.erased'
