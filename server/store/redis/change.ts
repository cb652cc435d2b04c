import { encode, type EventRecord, maskOf, type Stored } from './record.ts'
import { closeBodies, isPending, type Sums } from './ledger.ts'

/** One event for the `put` scripts: what it must still be, what it becomes, and what goes with it. */
export interface Item {
  readonly id: string
  /** Version and number as read; empty: nothing may be there. */
  readonly want: string
  /** The claim it must be under. `live`: whose lease has not ended. */
  readonly claim?: { readonly instance: string; readonly token: string; readonly live: boolean }
  /** Undefined: forget it. */
  readonly event?: EventRecord
  readonly ops: readonly Op[]
}

/** A letter and its arguments; see the table in scripts.ts. */
export type Op = readonly [code: string, ...args: (string | number)[]]

export const itemArgs = ({ id, want, claim, event, ops }: Item): (string | number)[] => [
  id,
  want,
  claim?.instance ?? '',
  claim?.token ?? '',
  claim?.live ? 1 : '',
  event ? encode(event) : '',
  event ? maskOf(event.copies) : 0,
  ops.length,
  ...ops.flat(),
]

/** What of an event is also kept elsewhere, so that a change to it can be told. */
interface Before {
  readonly bodies: readonly boolean[]
  readonly wasPending: boolean
  readonly deliveries: readonly { readonly state: string; readonly dueAt: number }[]
}

/** Taken before an event is changed. */
export const beforeOf = ({ copies, deliveries }: EventRecord): Before => ({
  bodies: copies.map(({ hasBody }) => hasBody),
  wasPending: deliveries.some(isPending),
  deliveries: deliveries.map(({ state, dueAt }) => ({ state, dueAt })),
})

export const nothing: Before = { bodies: [], wasPending: false, deliveries: [] }

/** The list by hours that an event of this time stands in. */
export const hourOf = (at: number): number => Math.floor(at / 3_600_000)

interface Surroundings {
  readonly now: number
  /** Redis' clock less ours, ms: due times are told in its time. */
  readonly offset: number
  readonly sums: Sums
  /** Bodies that come with this change, by the number of their copy. */
  readonly bodies?: ReadonlyMap<number, string>
  /** A delivery whose claim ends with this change, though it stays pending. */
  readonly settled?: string
}

/** All that goes with a change: queue, bodies, sums. Scrubs the bodies of what is closed. */
export function opsOf(before: Before, event: EventRecord, { now, offset, sums, bodies, settled }: Surroundings): Op[] {
  const ops: Op[] = []
  event.deliveries.forEach((row, index) => {
    const was = before.deliveries[index]
    const score = Math.round(row.dueAt + offset)
    if (isPending(row) && row.instance === settled) ops.push(['R', row.instance, score])
    else if (isPending(row) && (was?.state !== 'pending' || was.dueAt !== row.dueAt))
      ops.push([before === nothing ? 'A' : 'D', row.instance, score])
    else if (!isPending(row) && was?.state === 'pending') ops.push(['E', row.instance])
    if (was?.state === row.state) return
    if (was) add(sums, `${was.state}:${row.instance}`, -1)
    add(sums, `${row.state}:${row.instance}`, 1)
  })
  ops.push(...bodyOps(before, event, now, bodies))
  for (const [name, sum] of Object.entries(sums)) if (sum) ops.push(['t', name, sum])
  return ops
}

const add = (sums: Sums, name: string, n: number): void => {
  sums[name] = (sums[name] ?? 0) + n
}

/** Bodies stay while a delivery waits, for a time while one may be opened again, and else go. */
function bodyOps(before: Before, event: EventRecord, now: number, bodies?: ReadonlyMap<number, string>): Op[] {
  closeBodies(event, now)
  const { copies, deliveries } = event
  const ops = copies.flatMap(({ hasBody }, n): Op[] => {
    if (before.bodies[n]) return hasBody ? [] : [['b', n]]
    return hasBody ? [['B', `${n}${bodies?.get(n) ?? ''}`]] : []
  })
  const isWaiting = deliveries.some(isPending)
  if (isWaiting && (before.wasPending || before === nothing)) return ops
  const until = Math.max(...deliveries.map(({ reopenUntil }) => reopenUntil ?? 0))
  copies.forEach(({ hasBody }, n) => {
    if (hasBody) ops.push(isWaiting ? ['P', n] : ['T', n, Math.max(1, until - now)])
  })
  return ops
}

/** Where an event stands in the list by hours, and its site and name for who looks for an event ID. */
export const arrivalOps = ({ firstAt, site, name }: EventRecord): Op[] => [
  ['H', hourOf(firstAt)],
  ['N', `${site}\0${name}`],
]

/** Takes an event out altogether: its sums, its bodies, its place among the hours. */
export function forgetOps({ event }: Stored, hour: string): Op[] {
  const sums: Sums = { events: -1, copies: -event.copies.length }
  for (const { state, instance } of event.deliveries) add(sums, `${state}:${instance}`, -1)
  return [
    ['L', hour],
    ...event.copies.flatMap(({ hasBody }, n): Op[] => (hasBody ? [['b', n]] : [])),
    ...Object.entries(sums).map(([name, sum]): Op => ['t', name, sum]),
  ]
}
