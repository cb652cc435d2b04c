import type { Overview } from '../../../server/dashboard/shapes.ts'
import { totals } from '../../../server/dashboard/view.ts'

type Card = Overview['instances'][number]

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

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
