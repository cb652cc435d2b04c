import type { Overview, Reads } from '../../../server/dashboard/shapes.ts'
import { platforms, uuid } from './world-rows.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

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
