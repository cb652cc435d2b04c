import type { Reads } from '../../../server/dashboard/shapes.ts'
import { viewRow } from '../../../server/dashboard/view.ts'
import type { ShownInstance } from '../../../server/dashboard/view.ts'
import type { EventRow } from '../../../server/store/store.ts'
import { aCopy, aDelivery, aRow } from '../../dashboard/make-rows.ts'

type Row = Reads['events'][number]

const second = 1000
const minute = 60 * second

export const platforms = ['meta', 'reddit', 'snapchat'] as const
export const instances: readonly ShownInstance[] = platforms.map((name) => ({
  name,
  platform: name,
  site: 'shop',
  dryRun: false,
}))

/** What a purchase at Meta carries, match keys masked as the collector masks them. */
const sent = {
  data: [
    {
      event_name: 'Purchase',
      event_id: '1042',
      event_time: 1795262400,
      action_source: 'website',
      event_source_url: 'https://www.shop.example/thanks',
      user_data: {
        em: ['9b74c989... (64 characters)'],
        client_ip_address: '203.0.113....',
        client_user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)',
        fbc: 'fb.1.1795259112000.IwAR0dem... (27 characters)',
        fbp: 'fb.1.1795259112000.17952... (28 characters)',
      },
      custom_data: { value: 142.5, currency: 'EUR', order_id: '1042', content_ids: ['SKU-7'], num_items: 1 },
    },
  ],
}
const origins = {
  email: 'backend',
  value: 'backend',
  currency: 'backend',
  items: 'backend',
  order_id: 'backend',
  ip: 'browser',
  user_agent: 'browser',
  _fbp: 'browser',
  url: 'browser',
  fbclid: 'vault',
} as const

function purchase(eventId: string, at: number, value: number, change: Partial<EventRow> = {}): EventRow {
  const explanation = {
    name: 'Purchase',
    request: { method: 'POST', url: 'https://graph.facebook.com/v26.0/1234567890/events' },
    sent,
    origins,
    answer: { status: 200, words: 'events_received 1' },
  }
  return aRow({
    site: 'shop',
    eventId,
    firstAt: at,
    fired: { meta: 'requested', reddit: 'requested', snapchat: 'called' },
    copies: [
      aCopy({ receivedAt: at, facts: { value, currency: 'EUR' }, duplicates: 1 }),
      aCopy({
        kind: 'backend',
        origin: 'api',
        receivedAt: at + 1240,
        result: 'joined',
        facts: { value, currency: 'EUR' },
      }),
    ],
    deliveries: platforms.map((instance) =>
      aDelivery({ instance, dueAt: at + 1240, settledAt: at + 1420, trace: 'AbC12-trace', explanation }),
    ),
    ...change,
  })
}

const view = (name: string, eventId: string, at: number, change: Partial<EventRow> = {}): EventRow =>
  aRow({
    site: 'shop',
    name,
    eventId,
    firstAt: at,
    fired: { meta: 'requested', reddit: 'requested', snapchat: 'called' },
    copies: [aCopy({ receivedAt: at, facts: {} })],
    deliveries: platforms.map((instance) => aDelivery({ instance, dueAt: at + 3000, settledAt: at + 3120 })),
    ...change,
  })

export const uuid = (at: number): string => `01993c5f-7a${at.toString(16).padStart(2, '0')}-7c1e-9a7e-0d1f6f6a8b11`

/** A day at a shop that does well, with one platform whose token was revoked. */
export function rowsAt(now: number): readonly Row[] {
  const blocked = { meta: 'blocked', reddit: 'blocked', snapchat: 'absent' } as const
  const rows: readonly EventRow[] = [
    purchase('1042', now - 4 * second, 142.5),
    view('page_view', uuid(1), now - 9 * second),
    view('begin_checkout', uuid(2), now - 31 * second, { fired: blocked }),
    view('add_to_cart', uuid(3), now - 52 * second, {
      deliveries: [
        aDelivery({ instance: 'meta', dueAt: now - 49 * second, settledAt: now - 48 * second }),
        aDelivery({
          instance: 'reddit',
          state: 'dead',
          reason: 'rejected_by_platform',
          why: 'Invalid currency',
          explanation: { name: 'AddToCart', answer: { status: 400, words: 'metadata.currency is invalid' } },
        }),
        aDelivery({
          instance: 'snapchat',
          state: 'pending',
          attempts: 3,
          dueAt: now + 40 * second,
          settledAt: undefined,
        }),
      ],
    }),
    view('view_item', uuid(4), now - 70 * second),
    view('page_view', uuid(5), now - 75 * second, {
      fired: { meta: 'unmatched', reddit: 'requested', snapchat: 'called' },
      deliveries: platforms.map((instance) =>
        instance === 'meta'
          ? aDelivery({ instance, state: 'suppressed', reason: 'pixel_unmatched', attempts: 0 })
          : aDelivery({ instance }),
      ),
    }),
    purchase('1041', now - 3 * minute, 64, { conflict: true }),
    view('search', uuid(6), now - 4 * minute, {
      deliveries: platforms.map((instance) =>
        aDelivery({ instance, state: 'suppressed', reason: 'consent_denied', attempts: 0 }),
      ),
    }),
  ]
  return rows.map((row) => viewRow(row, instances))
}

export function eventAt(row: Row): Reads['event'] {
  const at = row.firstAt
  return {
    row,
    hops: [
      { at, what: 'Browser copy came', detail: 'From the page, by POST /e' },
      { at: at + 2, gapMs: 2, what: 'On disk', detail: 'The page was told yes' },
      {
        at: at + 310,
        gapMs: 308,
        what: 'The page told of its pixels',
        detail: 'meta requested, reddit requested, snapchat called',
      },
      { at: at + 1240, gapMs: 930, what: 'Back-end copy joined', detail: 'All expected copies are there: due at once' },
      ...row.deliveries.map(({ instance, state }, index) => ({
        at: at + 1420 + index * 35,
        gapMs: index ? 35 : 180,
        instance,
        what: state === 'delivered' ? 'Delivered' : `Ended ${state}`,
        detail: state === 'delivered' ? '200, events_received 1' : undefined,
      })),
    ],
    canResend: row.deliveries
      .filter(({ state }) => state !== 'delivered' && state !== 'pending')
      .map(({ instance }) => instance),
  }
}
