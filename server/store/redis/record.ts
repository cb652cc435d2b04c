import type { Fired } from '../../../shared/pixel-state.ts'
import { type Denial, type Flight, flights } from '../rules.ts'
import type { AppendResult, CopyKind, DeliveryState, Facts } from '../store.ts'

/** A copy as it rests beside its event; its body is a key of its own. */
export interface CopyRecord {
  readonly kind: CopyKind
  readonly origin: string
  readonly receivedAt: number
  /** Both shortened: they are only ever compared. */
  readonly digest: string
  readonly bytes: string
  facts: Facts
  readonly result: AppendResult
  duplicates: number
  retransmits: number
  readonly alias?: string
  hasBody: boolean
}

export interface DeliveryRecord {
  readonly instance: string
  state: DeliveryState
  dueAt: number
  /** dueAt is the end of the hold, not of a back-off. */
  held: boolean
  attempts: number
  firstAttemptAt?: number
  flight: Flight
  ambiguous: number
  /** Consent went, or the person did, while a request was under way: no further one. */
  denied?: Denial | undefined
  settledAt?: number
  /** Bodies are kept until then, for a copy that brings what was missing. */
  reopenUntil?: number
  reason?: string
  why?: string
  trace?: string
  /** Tried again by hand. */
  replayed?: { readonly at: number; readonly forced: boolean }
}

/** All that is kept of one key, as one value that is changed by compare and set. */
export interface EventRecord {
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly firstAt: number
  /** Rises with arrival within a process; what is newest first is told by it. */
  readonly order: number
  conflict: boolean
  /** The person asked for erasure: nothing of it is kept any more. */
  erased: boolean
  fired: Fired
  readonly copies: CopyRecord[]
  readonly deliveries: DeliveryRecord[]
}

/** To be changed while the original stays as it was read. */
export const copyOf = (event: EventRecord): EventRecord => ({
  ...event,
  copies: event.copies.map((copy) => ({ ...copy })),
  deliveries: event.deliveries.map((row) => ({ ...row })),
})

const results = ['stored', 'joined', 'duplicate', 'late', 'failed'] as const satisfies readonly AppendResult[]
const states = ['pending', 'delivered', 'dead', 'suppressed', 'expired'] as const satisfies readonly DeliveryState[]
const denials = [undefined, 'consent_denied', 'erased'] as const

type Cell = string | number | object

/** What is absent at the end of a list takes no room; elsewhere it is `""`. */
function trimmed(cells: readonly (Cell | undefined)[]): Cell[] {
  const last = cells.findLastIndex((cell) => cell !== undefined && cell !== 0 && cell !== '')
  return cells.slice(0, last + 1).map((cell) => cell ?? '')
}

/** Lists without names, times counted from the first copy: a third of what plain JSON would take. */
export function encode({ firstAt, ...event }: EventRecord): string {
  const since = (at: number | undefined) => (at === undefined ? undefined : at - firstAt)
  const copies = event.copies.map((copy) =>
    trimmed([
      copy.kind === 'browser' ? 0 : 1,
      copy.origin,
      since(copy.receivedAt),
      copy.digest,
      copy.bytes,
      results.indexOf(copy.result),
      Object.keys(copy.facts).length ? copy.facts : 0,
      copy.duplicates,
      copy.retransmits,
      copy.alias,
    ]),
  )
  const deliveries = event.deliveries.map((row) =>
    trimmed([
      row.instance,
      states.indexOf(row.state),
      since(row.dueAt),
      row.held ? 1 : 0,
      row.attempts,
      flights.indexOf(row.flight),
      row.ambiguous,
      denials.indexOf(row.denied),
      times(since(row.firstAttemptAt), since(row.settledAt), since(row.reopenUntil)),
      row.reason,
      row.why,
      row.trace,
      row.replayed && [row.replayed.at - firstAt, row.replayed.forced ? 1 : 0],
    ]),
  )
  const order = event.order - firstAt * 1000
  const { site, name, eventId, conflict, erased, fired } = event
  const flags = (conflict ? 1 : 0) + (erased ? 2 : 0)
  return JSON.stringify([site, name, eventId, firstAt, order, flags, fired, copies, deliveries])
}

const times = (...at: readonly (number | undefined)[]): (number | null)[] | undefined =>
  at.some((time) => time !== undefined) ? at.map((time) => time ?? null) : undefined

/** Which copies have a body, as the value's head tells the scripts: bit n for copy n. */
export const maskOf = (copies: readonly CopyRecord[]): number =>
  copies.reduce((mask, { hasBody }, index) => mask | (hasBody ? 1 << index : 0), 0)

/** One event as a shard holds it. */
export interface Stored {
  /** Version and number: what a change must still find to be allowed. */
  readonly version: string
  /** The event's number within its shard. */
  readonly number: number
  readonly event: EventRecord
}

/** The stored value: `version number mask [lists]`. It was written by `encode`, so its shape is trusted. */
export function decode(text: string): Stored {
  const [version = '', number = '', mask = ''] = text.slice(0, text.indexOf('[') - 1).split(' ')
  const [site, name, eventId, firstAt, order, flags, fired, copies, deliveries] = JSON.parse(
    text.slice(text.indexOf('[')),
  ) as [string, string, string, number, number, number, Fired, Cell[][], Cell[][]]
  const at = (since: Cell | null | undefined) => (typeof since === 'number' ? firstAt + since : undefined)
  const textOf = (cell: Cell | undefined) => (typeof cell === 'string' && cell ? cell : undefined)
  const event: EventRecord = {
    site,
    name,
    eventId,
    firstAt,
    order: order + firstAt * 1000,
    conflict: (flags & 1) !== 0,
    erased: (flags & 2) !== 0,
    fired,
    copies: copies.map(([kind, origin, since, digest, bytes, result, facts, duplicates, retransmits, alias], n) => ({
      kind: kind === 1 ? 'backend' : 'browser',
      origin: origin as string,
      receivedAt: at(since ?? 0) ?? firstAt,
      digest: digest as string,
      bytes: bytes as string,
      result: results[Number(result ?? 0)] ?? 'stored',
      facts: typeof facts === 'object' ? facts : {},
      duplicates: Number(duplicates ?? 0),
      retransmits: Number(retransmits ?? 0),
      ...(textOf(alias) !== undefined && { alias: alias as string }),
      hasBody: (Number(mask) & (1 << n)) !== 0,
    })),
    deliveries: deliveries.map(
      ([instance, state, since, held, attempts, flight, ambiguous, denied, when, reason, why, trace, again]) => {
        const [replayedAt, forced] = Array.isArray(again) ? (again as number[]) : []
        const [first, settled, reopen] = Array.isArray(when) ? (when as (number | null)[]) : []
        return {
          instance: instance as string,
          state: states[Number(state ?? 0)] ?? 'pending',
          dueAt: at(since ?? 0) ?? firstAt,
          held: held === 1,
          attempts: Number(attempts ?? 0),
          flight: flights[Number(flight ?? 0)] ?? 'none',
          ambiguous: Number(ambiguous ?? 0),
          denied: denials[Number(denied ?? 0)],
          firstAttemptAt: at(first),
          settledAt: at(settled),
          reopenUntil: at(reopen),
          reason: textOf(reason),
          why: textOf(why),
          trace: textOf(trace),
          ...(replayedAt !== undefined && { replayed: { at: firstAt + replayedAt, forced: forced === 1 } }),
        }
      },
    ),
  }
  return { version: `${version} ${number}`, number: Number(number), event }
}
