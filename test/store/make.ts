import type { StoredEvent } from '../../shared/event.ts'
import type { Reason } from '../../shared/reasons.ts'
import type { Claim, EventRow, NewCopy, Settlement, Store } from '../../server/store/store.ts'

/** Epoch ms all tests count from. */
export const start = Date.UTC(2026, 10, 21, 10)
export const holdMs = 3000

const bodyOf = (eventId: string, fields: Partial<StoredEvent> = {}): StoredEvent => ({
  event: 'purchase',
  event_id: eventId,
  event_time: start,
  keys: { meta: {}, reddit: {}, snapchat: {} },
  ...fields,
})

let made = 0

/** A valid browser copy of a key of its own, for one instance; change what matters. */
export function aCopy(changes: Partial<NewCopy> = {}): NewCopy {
  const n = ++made
  const eventId = changes.eventId ?? `event-${n}`
  return {
    site: 'shop',
    name: 'purchase',
    eventId,
    kind: 'browser',
    origin: 'js',
    receivedAt: start,
    digest: `digest-${n}`,
    bytesDigest: `bytes-${n}`,
    event: bodyOf(eventId),
    facts: {},
    deliveries: to('meta'),
    ...changes,
  }
}

export const to = (...instances: string[]): NewCopy['deliveries'] =>
  instances.map((instance) => ({ instance, dueAt: start + holdMs, granted: true }))

/** As a copy asks for them that is silent about consent. */
export const silentTo = (...instances: string[]): NewCopy['deliveries'] =>
  instances.map((instance) => ({ instance, dueAt: start + holdMs }))

export const denied = (...instances: string[]): NewCopy['deliveries'] =>
  instances.map((instance) => ({ instance, dueAt: start + holdMs, suppressed: 'consent_denied' }))

export const claimAt = (store: Store, now: number, instance = 'meta', limit = 10): Promise<Claim> =>
  store.claim(instance, limit, 30_000, now)

/** Claims what is due of an instance and settles all of it alike. */
export async function settleAll(
  store: Store,
  result: (delivery: number) => Settlement,
  now = start + holdMs,
  instance = 'meta',
): Promise<void> {
  const claim = await claimAt(store, now, instance)
  await store.reserve(
    claim.token,
    claim.deliveries.map(({ delivery }) => ({ delivery, keys: [`${instance} ${delivery}`] })),
    now,
  )
  await store.settle(
    claim.token,
    claim.deliveries.map(({ delivery }) => result(delivery)),
    now,
  )
}

/** A settlement of no delivery yet. */
export type Result = Settlement extends infer One ? (One extends Settlement ? Omit<One, 'delivery'> : never) : never

export const suppressed =
  (reason: Reason) =>
  (delivery: number): Settlement => ({ delivery, state: 'suppressed', reason, why: 'said the test' })

export const delivered = (delivery: number): Settlement => ({
  delivery,
  attempted: true,
  state: 'delivered',
  trace: 't',
})

export async function rowOf(store: Store, eventId: string): Promise<EventRow> {
  const [row] = await store.recent({ limit: 1, eventId })
  if (!row) throw new Error(`no row for ${eventId}`)
  return row
}

export const stateOf = async (store: Store, eventId: string, instance = 'meta'): Promise<string> => {
  const delivery = (await rowOf(store, eventId)).deliveries.find((one) => one.instance === instance)
  return delivery ? [delivery.state, delivery.reason].filter(Boolean).join(' ') : 'none'
}
