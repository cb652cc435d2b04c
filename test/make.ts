import type { StoredEvent } from '../shared/event.ts'
import type { Claimed, KeptCopy, NewCopy } from '../server/store/store.ts'

const digest = (letter: string) => letter.repeat(64)

/** A valid purchase; change what matters. */
export const anEvent = (change: Partial<StoredEvent> = {}): StoredEvent => ({
  event: 'purchase',
  event_id: 'order-1',
  event_time: Date.parse('2026-11-21T10:00:00Z'),
  url: 'https://shop.example/thanks',
  value: 10,
  currency: 'USD',
  order_id: 'order-1',
  context: { ip: '203.0.113.7', user_agent: 'test agent' },
  keys: {
    meta: { em: [digest('a')] },
    reddit: { email: [digest('b')], conversion_id: [digest('c')] },
    snapchat: { em: [digest('a')] },
  },
  ...change,
})

/** A copy as it rests in the ledger. */
export const aKeptCopy = (change: Partial<KeptCopy> = {}): KeptCopy => ({
  kind: 'browser',
  origin: 'js',
  receivedAt: Date.parse('2026-11-21T10:00:01Z'),
  event: anEvent(),
  facts: {},
  ...change,
})

/** A claimed delivery of one browser copy to `meta`. */
export const aClaimed = (change: Partial<Claimed> = {}): Claimed => ({
  delivery: 1,
  instance: 'meta',
  site: 'default',
  name: 'purchase',
  eventId: 'order-1',
  firstAt: Date.parse('2026-11-21T10:00:01Z'),
  attempts: 0,
  inFlight: false,
  fired: { meta: 'requested' },
  copies: [aKeptCopy()],
  ...change,
})

/** A browser copy of a purchase on its way into the ledger, due at once at `meta`. */
export const aCopy = (change: Partial<NewCopy> = {}): NewCopy => ({
  site: 'default',
  name: 'purchase',
  eventId: 'order-1',
  orderId: 'order-1',
  kind: 'browser',
  origin: 'js',
  receivedAt: 1000,
  digest: 'digest',
  bytesDigest: 'bytes',
  event: anEvent(),
  facts: { value: 10, currency: 'USD' },
  deliveries: [{ instance: 'meta', dueAt: 1000 }],
  ...change,
})
