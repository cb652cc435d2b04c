import { hash, type KeyObject } from 'node:crypto'
import type { Fired } from '../../../shared/pixel-state.ts'
import { type Change, changeOf, denialOf, isBornOpen, isFull, reopenUntil } from '../rules.ts'
import { factsDiffer, restingFacts } from '../facts.ts'
import { type Erased, erasedCopy, erasureOf, nothingErased } from '../people.ts'
import { mergeFired } from '../fired.ts'
import type { AppendResult, NewCopy, NewDelivery } from '../store.ts'
import type { CopyRecord, DeliveryRecord, EventRecord } from './record.ts'

/** Sums that a change adds to, by their name. */
export type Sums = Record<string, number>

/** A key's own name and ID: of an event that joins by its order it is not the copy's. */
export interface Identity {
  readonly site: string
  readonly name: string
  readonly eventId: string
}

export const isPending = ({ state }: DeliveryRecord): boolean => state === 'pending'

/** Can a body still be of use? */
export const isOpen = ({ deliveries }: EventRecord, now: number): boolean =>
  deliveries.some((row) => isPending(row) || (row.reopenUntil !== undefined && row.reopenUntil > now))

/** Bodies whose time is over are gone, whether Redis has dropped them yet or not: what opens later shall not find them. */
export function closeBodies(event: EventRecord, now: number): void {
  if (!isOpen(event, now)) for (const copy of event.copies) copy.hasBody = false
}

/** Digests only ever meet for equality, so 120 bits do. */
const short = (digest: string, chars: number): string => hash('sha256', digest, 'base64url').slice(0, chars)

const restingCopy = (
  copy: NewCopy,
  key: Identity,
  secret: KeyObject,
  result: AppendResult,
  hasBody: boolean,
): CopyRecord => ({
  kind: copy.kind,
  origin: copy.origin,
  receivedAt: copy.receivedAt,
  digest: short(copy.digest, 20),
  bytes: short(copy.bytesDigest, 12),
  facts: restingFacts(secret, copy.site, copy.facts),
  result,
  duplicates: 0,
  retransmits: 0,
  ...(copy.eventId !== key.eventId && { alias: copy.eventId }),
  hasBody,
})

const newDelivery = ({ instance, dueAt, suppressed, detail }: NewDelivery, now: number): DeliveryRecord => ({
  instance,
  state: suppressed ? 'suppressed' : 'pending',
  dueAt,
  held: true,
  attempts: 0,
  flight: 'none',
  ambiguous: 0,
  ...(suppressed && {
    reason: suppressed,
    why: detail,
    settledAt: now,
    reopenUntil: reopenUntil('suppressed', suppressed, now) ?? undefined,
  }),
})

/** The first copy of a key. */
export function createEvent(copy: NewCopy, key: Identity, order: number, secret: KeyObject): EventRecord {
  const keepsBody = copy.event !== undefined && copy.deliveries.some(isBornOpen)
  return {
    ...key,
    firstAt: copy.receivedAt,
    order,
    conflict: false,
    erased: false,
    fired: firedBy({}, copy.fired),
    copies: [restingCopy(copy, key, secret, 'stored', keepsBody)],
    deliveries: copy.deliveries.map((wanted) => newDelivery(wanted, copy.receivedAt)),
  }
}

/** Strongest word per platform; the same object when nothing got stronger. */
export function firedBy(rested: Fired, fired: Fired | undefined): Fired {
  const before = JSON.stringify(rested)
  const after = mergeFired(before, fired)
  return after === before ? rested : (JSON.parse(after) as Fired) // written by mergeFired
}

/** Ends a delivery that nobody may send any more; the caller drops what claim there is. */
export function suppress(row: DeliveryRecord, reason: string, why: string | undefined, now: number): void {
  Object.assign(row, {
    state: 'suppressed',
    reason,
    why,
    settledAt: now,
    reopenUntil: reopenUntil('suppressed', reason, now) ?? undefined,
    denied: undefined,
  } satisfies Partial<DeliveryRecord>)
}

/** What the shared decisions ask of a delivery. */
export const met = ({ state, reason, flight, denied }: DeliveryRecord) => ({
  state,
  reason,
  isFlying: flight === 'flying',
  denied,
})

/** True: it is open again. */
export function apply(row: DeliveryRecord, change: Change, now: number): boolean {
  if (change?.do === 'suppress') suppress(row, change.reason, change.why, now)
  else if (change?.do === 'mark') row.denied = change.denied
  else if (change?.do === 'close') row.reopenUntil = undefined
  else if (change?.do === 'reopen') {
    const again = { reason: undefined, why: undefined, settledAt: undefined, reopenUntil: undefined }
    Object.assign(row, {
      state: 'pending',
      dueAt: change.dueAt,
      held: true,
      ...again,
    } satisfies Partial<DeliveryRecord>)
  }
  return change?.do === 'reopen'
}

const count = (sums: Sums, name: string): void => {
  sums[name] = (sums[name] ?? 0) + 1
}

const wantedOf = (wanted: readonly NewDelivery[], row: DeliveryRecord) =>
  wanted.find(({ instance }) => instance === row.instance)

/** A repeat changes nothing but counts; said again in another post, its denial counts too. */
function repeat(event: EventRecord, copy: NewCopy, known: CopyRecord, isResend: boolean, sums: Sums): 'duplicate' {
  if (isResend) known.retransmits++
  else known.duplicates++
  count(sums, isResend ? 'retransmits' : 'duplicates')
  if (isResend) return 'duplicate'
  for (const row of event.deliveries) {
    const mine = wantedOf(copy.deliveries, row)
    if (mine) apply(row, denialOf(met(row), mine), copy.receivedAt)
  }
  closeBodies(event, copy.receivedAt)
  return 'duplicate'
}

/** A new copy joins. False: it came too late to matter to any delivery. */
function joinDeliveries({ deliveries }: EventRecord, { deliveries: wanted, receivedAt }: NewCopy): boolean {
  const missing = wanted.filter(({ instance }) => !deliveries.some((row) => row.instance === instance))
  let matters = missing.length > 0 || deliveries.some(isPending)
  for (const row of deliveries)
    if (apply(row, changeOf(met(row), wantedOf(wanted, row), receivedAt), receivedAt)) matters = true
  deliveries.push(...missing.map((delivery) => newDelivery(delivery, receivedAt)))
  return matters
}

/** The person asked for erasure: all goes but the key and the states. What that did, once. */
export function eraseRecord(event: EventRecord, now: number): Erased {
  if (event.erased) return nothingErased
  event.erased = true
  for (const copy of event.copies) Object.assign(copy, { hasBody: false, facts: {} } satisfies Partial<CopyRecord>)
  const rows = event.deliveries.filter(({ state }) => state !== 'delivered')
  const sent = event.deliveries.filter(({ state }) => state === 'delivered')
  const mayHaveLeft = rows.filter(({ flight }) => flight !== 'none').length
  const waited = rows.filter(isPending)
  for (const row of rows) apply(row, denialOf(met(row), erasureOf(row.instance, now)), now)
  return {
    ...nothingErased,
    events: 1,
    cancelled: waited.filter((row) => !isPending(row)).length,
    mayHaveLeft,
    sentBefore: Object.fromEntries(sent.map(({ instance }) => [instance, 1])),
  }
}

/** Both kinds of copy are there: the hold has nothing left to wait for. A back-off is no hold. */
function hurry({ copies, deliveries }: EventRecord, now: number): void {
  if (new Set(copies.map(({ kind }) => kind)).size < 2) return
  for (const row of deliveries) if (isPending(row) && row.held && row.dueAt > now) row.dueAt = now
}

/**
 * Another copy of a key that is there: changes the event, and says what became of the copy. `foreignOrder`: it names an
 * order that another key owns.
 */
export function joinCopy(
  event: EventRecord,
  told: NewCopy,
  foreignOrder: boolean,
  secret: KeyObject,
  sums: Sums,
): AppendResult {
  const copy = event.erased ? erasedCopy(told) : told
  closeBodies(event, copy.receivedAt)
  event.fired = firedBy(event.fired, copy.fired)
  const digest = short(copy.digest, 20)
  const known = event.copies.find((other) => other.kind === copy.kind && other.digest === digest)
  if (known) return repeat(event, copy, known, known.bytes === short(copy.bytesDigest, 12), sums)
  const last = event.copies.at(-1)
  const kinds = event.copies.map(({ kind }) => kind)
  if (last && isFull(kinds, copy.kind)) return repeat(event, copy, last, false, sums)

  const result = joinDeliveries(event, copy) ? 'joined' : 'late'
  if (result === 'late') count(sums, 'late')
  const hasBody = copy.event !== undefined && isOpen(event, copy.receivedAt)
  const kept = restingCopy(copy, event, secret, result, hasBody)
  if (foreignOrder || event.copies.some(({ facts }) => factsDiffer(facts, kept.facts))) event.conflict = true
  event.copies.push(kept)
  count(sums, 'copies')
  hurry(event, copy.receivedAt)
  closeBodies(event, copy.receivedAt)
  return result
}
