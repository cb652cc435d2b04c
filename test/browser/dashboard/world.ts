import type { Overview, Reads } from '../../../server/dashboard/shapes.ts'
import { totals, viewRow } from '../../../server/dashboard/view.ts'
import type { ShownInstance } from '../../../server/dashboard/view.ts'
import type { EventRow } from '../../../server/store/store.ts'
import { aCopy, aDelivery, aRow } from '../../dashboard/make-rows.ts'

type Row = Reads['events'][number]
type Card = Overview['instances'][number]

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const platforms = ['meta', 'reddit', 'snapchat'] as const
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
        em: ['9b74c989…'],
        client_ip_address: '203.0.113.…',
        client_user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)…',
        fbc: 'fb.1.1795259112000.IwAR0dem…',
        fbp: 'fb.1.1795259112000.17952…',
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

const uuid = (at: number): string => `01993c5f-7a${at.toString(16).padStart(2, '0')}-7c1e-9a7e-0d1f6f6a8b11`

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

const card = (platform: string, now: number, change: Partial<Card> = {}): Card => ({
  name: platform,
  platform,
  site: 'shop',
  pixelId: '1234567890123456',
  enabled: true,
  dryRun: false,
  state: 'healthy',
  managerUrl: 'https://business.facebook.com/events_manager2/list/pixel/1234567890123456',
  lastSuccessAt: now - 4 * second,
  successRate: { '1h': 1, '24h': 0.9984 },
  queued: 2,
  oldestQueuedAt: now - 3 * second,
  pairedRate: 0.914,
  lastSuccessByEvent: [
    { event: 'purchase', at: now - 4 * second },
    { event: 'add_to_cart', at: now - 52 * second },
    { event: 'page_view', at: now - 9 * second },
  ],
  otherPixelIds: [],
  token: { set: true, checkedAt: now - 12 * minute, good: true },
  apiVersion: { name: 'v26.0' },
  notices: [],
  ...change,
})

const wave = (length: number, high: number, low: number, phase = 0): number[] =>
  Array.from({ length }, (_, at) =>
    Math.round(low + (high - low) * (0.5 + 0.5 * Math.sin(at / 7 + phase)) * (0.82 + 0.18 * Math.sin(at * 2.4))),
  )

export function overviewAt(now: number, range: Overview['range'] = '1h'): Overview {
  const received = wave(60, 42, 18)
  return {
    at: now,
    range,
    sites: ['shop'],
    instances: [
      card('meta', now),
      card('reddit', now, {
        state: 'degraded',
        pixelId: 'a2_f4k3p1x3l',
        reason: 'Reddit refuses the access token: it was revoked or has expired.',
        fix: 'Make a new conversion access token in Reddit’s Events Manager and save it under Set-up.',
        lastSuccessAt: now - 14 * minute,
        successRate: { '1h': 0.812, '24h': 0.991 },
        queued: 318,
        oldestQueuedAt: now - 14 * minute,
        pairedRate: 0.862,
        token: { set: true, checkedAt: now - 40 * second, good: false, words: '401 Unauthorized' },
        apiVersion: { name: 'v3' },
        managerUrl: 'https://ads.reddit.com/',
      }),
      card('snapchat', now, {
        pixelId: '0f5c1b9e-77aa-4a1d-8f2e-3d9b7c5a1e20',
        pairedRate: 0.887,
        otherPixelIds: ['9a7e0d1f-6f6a-4b11-8c5a-44002f7b9d1c'],
        apiVersion: { name: 'v3', endsAt: now + 44 * day },
        testMode: { code: 'TEST-7', until: now + 5 * hour + 12 * minute },
        managerUrl: 'https://ads.snapchat.com/',
        notices: [
          { level: 'warning', message: 'Version v3 ends in 44 days.', fix: 'Set api_version to the next one.' },
        ],
      }),
    ],
    funnel: {
      received: 2064,
      refused: 3,
      duplicate: 171,
      late: 6,
      stored: 1884,
      held: 9,
      queued: 311,
      retrying: 7,
      delivered: 5114,
      suppressed: 188,
      dead: 21,
      expired: 2,
    },
    series: {
      from: now - hour,
      stepMs: minute,
      received,
      delivered: received.map((count) => Math.round(count * 0.93)),
      paired: received.map((count) => Math.round(count * 0.84)),
      failed: received.map((_, at) => (at > 46 ? (at * 7) % 5 : 0)),
    },
    totals: totals(
      {
        events: 48_210,
        copies: 61_377,
        duplicates: 3120,
        ambiguousResends: 4,
        deliveries: {
          meta: { pending: 2, delivered: 47_800, dead: 3, suppressed: 380, expired: 1 },
          reddit: { pending: 318, delivered: 47_300, dead: 18, suppressed: 540, expired: 2 },
          snapchat: { pending: 7, delivered: 47_511, dead: 0, suppressed: 690, expired: 2 },
        },
      },
      now,
    ),
    consent: { granted: 1533, denied: 188, unknown: 94, revoked: 3 },
    system: {
      version: '0.1.0',
      store: 'sqlite',
      durability: 'fsync',
      writable: true,
      alerts: [],
      uptimeMs: 9 * day + 4 * hour,
      memoryBytes: 148_000_000,
      ackP50Ms: 1.8,
      ackP99Ms: 9.2,
    },
    since: now - 9 * day,
  }
}

export const pairingAt = (range: Overview['range'] = '1h'): Reads['pairing'] => ({
  range,
  rows: platforms.flatMap((platform) => [
    {
      event: 'purchase',
      instance: platform,
      platform,
      counts: { paired: 96, 'capi-only': 11, 'pixel-only': platform === 'reddit' ? 6 : 0, waiting: 2, neither: 1 },
      why: [
        { words: 'the pixel or its hit was blocked or failed in this browser', count: 9 },
        { words: 'no browser told of a pixel', count: 2 },
      ],
      conflicts: platform === 'meta' ? 2 : 0,
      late: 1,
      gapMs: { p50: 1240, p95: 48_000 },
    },
    {
      event: 'add_to_cart',
      instance: platform,
      platform,
      counts: { paired: 310, 'capi-only': 41, 'pixel-only': 0, waiting: 5, neither: 0 },
      why: [{ words: 'the page has no such pixel', count: 41 }],
      conflicts: 0,
      late: 0,
    },
  ]),
  browsers: [
    { browser: 'Safari', events: 912, blocked: 12 },
    { browser: 'Chrome', events: 884, blocked: 61 },
    { browser: 'Firefox', events: 143, blocked: 48 },
  ],
  warnings: [
    {
      what: 'Something else also sends purchases to Meta’s Conversions API, with IDs of its own: they count twice.',
      fix: 'Switch off the other integration, or give both the order number as event ID.',
    },
  ],
})

export const qualityAt = (range: Overview['range'] = '1h'): Reads['quality'] => ({
  range,
  rows: platforms.flatMap((platform) => [
    {
      event: 'purchase',
      instance: platform,
      platform,
      events: 116,
      keys: [
        { key: 'email', share: 0.991, notUnique: false },
        { key: 'phone', share: 0.42, notUnique: false },
        { key: 'ip', share: 1, notUnique: false },
        { key: 'user_agent', share: 1, notUnique: false },
        { key: 'click_id', share: 0.618, notUnique: false },
        { key: 'external_id', share: 0.87, notUnique: platform === 'meta' },
      ],
      estimate: platform === 'meta' ? 8.4 : 7.1,
      next: 'Send the phone number with purchases: it is known for 42 % of them.',
    },
    {
      event: 'page_view',
      instance: platform,
      platform,
      events: 1402,
      keys: [
        { key: 'email', share: 0.004, notUnique: false },
        { key: 'ip', share: 1, notUnique: false },
        { key: 'user_agent', share: 1, notUnique: false },
        { key: 'click_id', share: 0.31, notUnique: false },
      ],
      estimate: 4.6,
    },
  ]),
})

export const errorsAt = (now: number): Reads['errors'] => [
  {
    instance: 'reddit',
    platform: 'reddit',
    code: '401',
    words: 'Unauthorized',
    count: 14,
    firstAt: now - 14 * minute,
    lastAt: now - 40 * second,
    fix: 'Make a new conversion access token and save it under Set-up.',
  },
  {
    instance: 'meta',
    platform: 'meta',
    code: '2804009',
    words: 'Purchase events need a currency',
    count: 3,
    firstAt: now - 5 * hour,
    lastAt: now - 2 * hour,
    fix: 'Send currency with each purchase, or set default_currency.',
  },
]

export const deadAt = (now: number): Reads['dead'] => [
  {
    id: 'reddit-rejected',
    instance: 'reddit',
    platform: 'reddit',
    state: 'dead',
    reason: 'rejected_by_platform',
    why: 'Reddit says: metadata.currency is invalid.',
    fix: 'Send the currency as its three letters, such as EUR.',
    count: 18,
    firstAt: now - 3 * hour,
    lastAt: now - 52 * second,
    sample: [
      { event: 'add_to_cart', eventId: uuid(3), site: 'shop' },
      { event: 'purchase', eventId: '1039', site: 'shop' },
    ],
  },
  {
    id: 'meta-expired',
    instance: 'meta',
    platform: 'meta',
    state: 'expired',
    reason: 'window_passed',
    why: 'They waited longer than Meta pairs a hit with its event.',
    fix: 'Replay them only if the pixel was blocked: else they count twice.',
    count: 3,
    firstAt: now - 2 * day,
    lastAt: now - day,
    sample: [{ event: 'purchase', eventId: '977', site: 'shop' }],
  },
]

export const alertsAt = (now: number): Reads['alerts'] => [
  {
    rule: 'token_refused',
    subject: 'reddit',
    firing: true,
    since: now - 14 * minute,
    words: 'Reddit refuses the access token.',
  },
  { rule: 'no_events', subject: 'shop', firing: false, words: 'No event for longer than is usual at this hour.' },
  {
    rule: 'paired_down',
    subject: 'snapchat',
    firing: false,
    words: 'Paired share down 15 points against the week before.',
    mutedUntil: now + hour,
  },
]

export const setupAt = (now: number): Reads['setup'] => [
  {
    site: 'shop',
    steps: [
      { id: 'script', title: 'The script was fetched by a page', done: true, at: now - 9 * day },
      { id: 'event', title: 'An event came', done: true, at: now - 9 * day },
      { id: 'hit', title: 'A platform’s pixel was seen to send', done: true, at: now - 9 * day },
      {
        id: 'sent',
        title: 'An event was delivered',
        done: false,
        cause: 'Reddit refuses the access token.',
        fix: 'Paste a new token below.',
      },
      {
        id: 'paired',
        title: 'An event was paired',
        done: false,
        cause: 'Nothing is delivered yet.',
        fix: 'Mend the step above.',
      },
    ],
    snippet: '<script async src="/_p/p.js" data-pairpixel></script>',
    gtm: [{ name: 'pairpixel-tag.tpl', text: '___TERMS_OF_SERVICE___\n\nA tag for Google Tag Manager.' }],
    proxies: [
      {
        name: 'nginx',
        text: 'location /_p/ {\n  proxy_pass http://127.0.0.1:8787/;\n  proxy_set_header X-Forwarded-For $remote_addr;\n}',
      },
      { name: 'Caddy', text: 'handle_path /_p/* {\n  reverse_proxy 127.0.0.1:8787\n}' },
    ],
    tokens: [
      {
        instance: 'meta',
        platform: 'meta',
        set: true,
        format: '^EAA[A-Za-z0-9]{20,}$',
        guide: 'https://www.facebook.com/business/help',
      },
      {
        instance: 'reddit',
        platform: 'reddit',
        set: true,
        guide:
          '1. In Events Manager choose Conversions API.\n2. Press Generate Access Token.\n3. Copy it at once: `REDDIT_ACCESS_TOKEN`.',
      },
      { instance: 'snapchat', platform: 'snapchat', set: false, guide: 'Business settings, Conversions API tokens.' },
    ],
  },
]

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
