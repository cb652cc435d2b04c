import { describe, expect, test } from 'vitest'
import { judge, type CardFacts } from '../../server/dashboard/read/card-rules.ts'
import { deadGroups, idOf, keyOf, mostGroups } from '../../server/dashboard/read/dead.ts'
import { fixFor } from '../../server/dashboard/read/fixes.ts'
import { hopsOf } from '../../server/dashboard/read/hops.ts'
import { overviewOf } from '../../server/dashboard/read/overview.ts'
import { pairingOf } from '../../server/dashboard/read/pairing.ts'
import { qualityOf } from '../../server/dashboard/read/quality.ts'
import { stepsOf } from '../../server/dashboard/read/setup.ts'
import { windowOf } from '../../server/dashboard/read/window.ts'
import { emptyTrail } from '../../server/dashboard/deps.ts'
import type { TrailView } from '../../server/dashboard/trail/index.ts'
import { seriesKey, type Counts } from '../../server/dashboard/trail/series.ts'
import { viewRow } from '../../server/dashboard/view.ts'
import type { Ended, Ending } from '../../server/store/store.ts'
import { aCopy, aDelivery, aNotice, aRow, instances, noCounts, noDeliveries, noon } from './make-rows.ts'

const minute = 60_000
const hour = 60 * minute

/** A trail with these counts, each a number of minutes ago. */
function aView(
  list: readonly (readonly [agoMs: number, key: string, counts: Counts])[],
  more: Partial<TrailView> = {},
): TrailView {
  const bucketsOf = (stepMs: number) => {
    const buckets = new Map<number, Map<string, Counts>>()
    for (const [ago, key, counts] of list) {
      const at = noon - ago - ((noon - ago) % stepMs)
      const bucket = buckets.get(at) ?? new Map<string, Counts>()
      buckets.set(at, bucket)
      const known = bucket.get(key) ?? {}
      bucket.set(key, {
        ...known,
        ...Object.fromEntries(Object.entries(counts).map(([n, c]) => [n, (known[n] ?? 0) + c])),
      })
    }
    return buckets
  }
  return { ...emptyTrail(noon), parts: [{ minute: bucketsOf(minute), hour: bucketsOf(hour) }], ...more }
}
const own = (instance: string, event = 'purchase') => seriesKey('default', event, instance)

const meta = { ...instances[0]!, enabled: true }
const someFacts: CardFacts = {
  instance: meta,
  now: noon,
  notices: [],
  lastHour: { delivered: 100, failed: 0 },
  lastDay: { delivered: 100, paired: 90 },
  queued: 0,
}

describe('the state of a card', () => {
  test.each<readonly [string, Partial<CardFacts>, string, RegExp]>([
    ['nothing is configured', { instance: { ...meta, dryRun: true } }, 'not_set', /No pixel ID and token/],
    ['switched off', { instance: { ...meta, enabled: false } }, 'paused', /switched off/],
    [
      'refused by the platform',
      { instance: { ...meta, lane: { state: 'halted', why: 'Token ended.', fix: 'New one.' } }, queued: 3 },
      'degraded',
      /Token ended\. 3 events wait, none is lost/,
    ],
    [
      'refused with a number of the platform’s behind its words',
      { instance: { ...meta, lane: { state: 'halted', why: 'The session has expired. 190/463' } }, queued: 1 },
      'degraded',
      /^The platform refuses us: The session has expired \(190\/463\)\. One event waits, and is not lost\.$/,
    ],
    [
      'no token is set',
      { instance: { ...meta, token: { set: false } }, queued: 9 },
      'not_set',
      /^No access token is set\. 9 events wait, none is lost\.$/,
    ],
    ['a notice that is urgent', { notices: [{ ...aNotice, level: 'urgent' }] }, 'degraded', /deprecated/],
    [
      'a token that was asked about and is not good',
      {
        instance: { ...meta, token: { set: true, good: false, checkedAt: noon, words: 'Expired.' } },
        lastSuccessAt: noon - 1,
      },
      'degraded',
      /Expired/,
    ],
    [
      'a failing platform',
      { instance: { ...meta, lane: { state: 'retrying', why: 'status 500' } } },
      'degraded',
      /status 500/,
    ],
    [
      '94 of 100 taken',
      { lastHour: { delivered: 94, failed: 6 }, error: 'No value.' },
      'degraded',
      /Only 94 %.*No value/,
    ],
    [
      'the oldest waits for 12 minutes',
      { queued: 2, oldestAt: noon - 12 * minute },
      'degraded',
      /2 events wait, the oldest for 12 minutes/,
    ],
    [
      'one of two failed: too few for a rate, so they are told',
      { lastHour: { delivered: 1, failed: 1 }, error: 'No value.' },
      'degraded',
      /^1 of the last hour’s 2 events was not taken: No value\.$/,
    ],
    [
      'the only one failed',
      { lastHour: { delivered: 0, failed: 1 } },
      'degraded',
      /^The only event of the last hour was not taken\.$/,
    ],
    [
      'the pages load another pixel only',
      { instance: { ...meta, pixelId: '111' }, pixels: { others: ['222', '333'], isOwnSeen: false } },
      'degraded',
      /load pixel 222, 333 and not 111/,
    ],
    ['few are paired', { lastDay: { delivered: 100, paired: 49 } }, 'degraded', /Only 49 %.*paired/],
  ])('%s', (_sentence, change, state, reason) => {
    const verdict = judge({ ...someFacts, ...change })
    expect(verdict.state).toBe(state)
    expect('reason' in verdict && verdict.reason).toMatch(reason)
    expect('fix' in verdict && verdict.fix.length).toBeGreaterThan(5)
  })

  test.each<readonly [string, Partial<CardFacts>]>([
    ['all is well', {}],
    ['95 of 100 taken', { lastHour: { delivered: 95, failed: 5 } }],
    ['nothing has ended', { lastHour: { delivered: 0, failed: 0 } }],
    ['another pixel beside the one that is set', { pixels: { others: ['222'], isOwnSeen: true } }],
    ['no pixel was seen', { pixels: { others: [], isOwnSeen: false } }],
    ['half are paired', { lastDay: { delivered: 100, paired: 50 } }],
    ['the oldest waits for ten minutes', { queued: 1, oldestAt: noon - 11 * minute }],
    [
      'an event was taken after the token was doubted',
      { instance: { ...meta, token: { set: true, good: false, checkedAt: noon - 1 } }, lastSuccessAt: noon },
    ],
    ['a warning', { notices: [aNotice] }],
  ])('healthy: %s', (_sentence, change) => expect(judge({ ...someFacts, ...change })).toEqual({ state: 'healthy' }))
})

test.each([
  ['10m', minute, 10],
  ['1h', minute, 60],
  ['24h', hour, 24],
  ['7d', hour, 168],
] as const)('%s is whole steps, the last one under way', (range, stepMs, steps) => {
  const at = noon + 61_234
  const window = windowOf(range, at)
  expect(window).toMatchObject({ stepMs, steps })
  expect(window.from % stepMs).toBe(0)
  expect(window.from + steps * stepMs).toBeGreaterThan(at)
  expect(window.from + (steps - 1) * stepMs).toBeLessThanOrEqual(at)
})

describe('the overview', () => {
  const facts = (view: TrailView) => ({
    ...{ view, instances, notices: new Map() },
    counts: { ...noCounts, deliveries: { meta: { ...noDeliveries, pending: 5 }, reddit: noDeliveries } },
    system: {
      version: '1',
      store: 'sqlite',
      durability: 'fsync',
      writable: true,
      alerts: [],
      uptimeMs: 1,
      memoryBytes: 1,
    },
  })
  const view = aView(
    [
      [0, own(''), { received: 5, stored: 2, joined: 1, duplicate: 1, late: 1 }],
      [
        5 * minute,
        own('meta'),
        { created: 4, 'p|delivered|requested|': 2, 'p|delivered|blocked|': 1, 'p|dead||rejected_by_platform': 1 },
      ],
      [90 * minute, own('meta'), { 'p|delivered|requested|': 7 }],
      [0, seriesKey('other', 'purchase', ''), { received: 50, stored: 50 }],
    ],
    { gauges: () => ({ held: 1, retrying: 2 }) },
  )

  test('counts what lies within the range, of the site that was asked for', () => {
    const hourly = overviewOf(facts(view), '1h', 'default')
    expect(hourly.funnel).toEqual({
      ...{ received: 5, refused: 0, duplicate: 1, late: 1, stored: 3, held: 1, queued: 2, retrying: 2 },
      ...{ delivered: 3, suppressed: 0, dead: 1, expired: 0 },
    })
    expect(hourly.funnel.received).toBe(
      hourly.funnel.refused + hourly.funnel.duplicate + hourly.funnel.late + hourly.funnel.stored,
    )
    expect(overviewOf(facts(view), '24h', 'default').funnel.delivered).toBe(10)
    expect(overviewOf(facts(view), '1h').funnel.received).toBe(55)
  })
  test('each step of the series is its own, and they add up to the funnel', () => {
    const { series, funnel } = overviewOf(facts(view), '10m', 'default')
    expect(series.delivered).toHaveLength(10)
    expect(series.delivered[4]).toBe(3)
    expect(series.paired[4]).toBe(2)
    expect(series.failed[4]).toBe(1)
    expect(series.received.reduce((a, b) => a + b)).toBe(funnel.received)
  })
  test('the rate of an instance is of those that ended delivered or not', () => {
    const card = overviewOf(facts(view), '1h').instances.find(({ name }) => name === 'meta')
    expect(card).toMatchObject({ successRate: { '1h': 0.75, '24h': 10 / 11 }, pairedRate: 0.9, queued: 5 })
  })
})

describe('the pairing board', () => {
  const view = aView([
    [
      0,
      own('meta'),
      {
        created: 8,
        'p|delivered|requested|': 3,
        'p|delivered|blocked|': 2,
        'p|suppressed|unmatched|pixel_unmatched': 1,
        'p|suppressed||consent_denied': 1,
        'g:4': 3,
        conflict: 1,
      },
    ],
    [0, own(''), { received: 9, late: 2 }],
    [0, seriesKey('default', '', ''), { 'b:Firefox': 4, 'x:Firefox': 1 }],
  ])
  test('every end has its pair state and its sentence, commonest first', () => {
    const { rows, browsers } = pairingOf(view, instances, '1h')
    expect(rows).toEqual([
      {
        ...{ event: 'purchase', instance: 'meta', platform: 'meta', conflicts: 1, late: 2 },
        counts: { paired: 3, 'capi-only': 2, 'pixel-only': 1, waiting: 1, neither: 1 },
        why: [
          { count: 2, words: expect.stringContaining('blocked') as string },
          { count: 1, words: expect.stringContaining('pixel_unmatched') as string },
          { count: 1, words: expect.stringContaining('consent_denied') as string },
        ],
        gapMs: { p50: 1500, p95: 1950 },
      },
    ])
    expect(browsers).toEqual([{ browser: 'Firefox', events: 4, blocked: 1 }])
  })
  test.each<readonly [string, Counts, RegExp]>([
    ['IDs that were sent already', { 'p|suppressed||already_sent': 5 }, /already been sent/],
    ['copies that disagree', { conflict: 5, 'p|delivered||': 100 }, /disagree/],
    ['calls without an ID', { 'p|suppressed|unmatched|pixel_unmatched': 5 }, /without an ID/],
  ])('warns of %s', (_sentence, counts, what) => {
    const { warnings } = pairingOf(aView([[0, own('meta'), counts]]), instances, '1h')
    expect(warnings).toMatchObject([{ what: expect.stringMatching(what) as string }])
  })
  test('warns of two senders, and of nothing where all is well', () => {
    const twice = pairingOf(aView([[0, own(''), { received: 50, duplicate: 20 }]]), instances, '1h')
    expect(twice.warnings).toMatchObject([{ what: expect.stringContaining('40 %') as string }])
    expect(pairingOf(view, instances, '1h').warnings).toEqual([])
  })
})

describe('match quality', () => {
  const rowOf = (counts: Counts, isShared = false) =>
    qualityOf(aView([[0, own('meta'), counts]], { isShared: () => isShared }), instances, '1h').rows[0]
  test('nothing is 0, everything is 10, and the next step is the one that brings most', () => {
    expect(rowOf({ 'p|delivered||': 10 })).toMatchObject({
      events: 10,
      estimate: 0,
      next: expect.stringContaining('e-mail') as string,
    })
    const all = Object.fromEntries(
      [
        'email',
        'phone',
        'click_id',
        'browser_id',
        'external_id',
        'ip',
        'user_agent',
        'first_name',
        'last_name',
        'zip',
        'city',
        'date_of_birth',
        'country',
      ].map((key) => [`k:${key}`, 10]),
    )
    expect(rowOf({ 'p|delivered||': 10, ...all })).toMatchObject({ estimate: 10 })
    expect(rowOf({ 'p|delivered||': 10, ...all })).not.toHaveProperty('next')
  })
  test('a value that all share counts for nothing', () => {
    const counts = { 'p|delivered||': 10, 'k:email': 10 }
    expect(rowOf(counts)?.estimate).toBeGreaterThan(3)
    const shared = rowOf(counts, true)
    expect(shared).toMatchObject({ estimate: 0, next: expect.stringContaining('share one email') as string })
    expect(shared?.keys[0]).toEqual({ key: 'email', share: 1, notUnique: true })
  })
})

test.each([
  ['meta', '190/460', /password/],
  ['meta', '100/33', /pixel ID/],
  ['meta', '100/2804010', /currency/],
  ['meta', '80004', /slow down/],
  ['meta', 'HTTP 503', /tried again by itself/],
  ['reddit', 'HTTP 401', /ads account/],
  ['snapchat', '507', /who the visitor is/],
  ['reddit', 'UND_ERR_CONNECT_TIMEOUT', /slow/],
  ['snapchat', 'ECONNREFUSED', /connection failed/],
  ['constructor', 'no such code', /platform’s own words/],
])('%s %s has a fix', (platform, code, fix) => expect(fixFor(platform, code)).toMatch(fix))

describe('the checklist', () => {
  const seen = { events: 0, ends: [], instances: [meta] }
  const causeOf = (change: object, id: string) => stepsOf({ ...seen, ...change }).find((step) => step.id === id)?.cause
  const end = (pixel: 'absent' | 'blocked', count = 1) => ({
    state: 'delivered' as const,
    pixel,
    count,
    pair: { state: 'capi-only' as const, why: 'Because.' },
  })
  test.each([
    ['nothing at all', {}, 'script', /No page has asked/],
    ['only the back end sends', { events: 3 }, 'script', /from elsewhere/],
    [
      'a foreign origin',
      { refusedPost: { at: 1, status: 403, origin: 'https://x.example' } },
      'event',
      /https:\/\/x\.example/,
    ],
    ['a site that is not here', { refusedPost: { at: 1, status: 404 } }, 'event', /not here/],
    ['the script alone', { scriptAt: 1 }, 'event', /nothing has come/],
    ['no pixel on the page', { events: 1, ends: [end('absent', 2), end('blocked')] }, 'hit', /no pixel/],
    ['a blocked one', { events: 1, ends: [end('absent'), end('blocked', 2)] }, 'hit', /blocked/],
    [
      'a halted lane',
      { instances: [{ ...meta, lane: { state: 'halted', why: 'Token ended.' } }] },
      'sent',
      /meta: Token ended/,
    ],
    ['a dry run', { instances: [{ ...meta, dryRun: true }] }, 'sent', /dry run/],
    ['switched off', { instances: [{ ...meta, enabled: false }] }, 'sent', /switched off/],
    ['delivered and not paired', { events: 1, sentAt: 1, ends: [end('absent')] }, 'paired', /Because/],
  ])('%s', (_sentence, change, id, cause) => expect(causeOf(change, id)).toMatch(cause))
})

test('the hops of an event are in order, with the time between them', () => {
  const row = aRow({
    copies: [
      aCopy(),
      aCopy({ kind: 'backend', origin: 'api', receivedAt: noon + 400, result: 'joined', duplicates: 2 }),
    ],
    deliveries: [
      aDelivery({
        dueAt: noon + 3000,
        settledAt: noon + 3120,
        trace: 'A1',
        explanation: { answer: { status: 200, words: '{}' } },
      }),
      aDelivery({
        instance: 'reddit',
        state: 'suppressed',
        reason: 'no_match_key',
        attempts: 0,
        settledAt: noon + 3001,
      }),
    ],
  })
  expect(hopsOf(viewRow(row, instances)).map(({ what, gapMs, instance }) => [what, gapMs, instance])).toEqual([
    ['The page told of it', undefined, undefined],
    ['The page told of the pixel', undefined, undefined],
    ['The back end told of it', 400, undefined],
    ['Due', 2600, 'meta'],
    ['Not sent', 1, 'reddit'],
    ['A request was sent', 119, 'meta'],
    ['The platform answered 200', 0, 'meta'],
    ['Delivered', 0, 'meta'],
  ])
})

test('dead letters that differ in numbers and quoted values are one group', () => {
  const ended = (why: string, change: Partial<Ended> = {}) =>
    idOf(keyOf({ instance: 'meta', state: 'dead', why, ...change } as Ended))
  expect(ended('Invalid value "12.3" at 7')).toBe(ended('Invalid value "9" at 12'))
  expect(ended('Invalid value')).not.toBe(ended('Invalid currency'))
  expect(ended('Invalid value')).not.toBe(ended('Invalid value', { instance: 'reddit' }))
})

test('every dead letter is counted, of each kind the latest five are shown, and only so many kinds are told apart', async () => {
  const ending = (delivery: number, change: Partial<Ending> = {}): Ending => ({
    ...{ delivery, instance: 'meta', site: 'default', name: 'purchase', eventId: `T-${delivery}` },
    ...{
      state: 'dead',
      reason: 'rejected_by_platform',
      why: `No value ${delivery}`,
      settledAt: noon + delivery,
      ...change,
    },
  })
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const kind = (n: number) => `${letters[n % 26]}${letters[Math.floor(n / 26) % 26]}${letters[Math.floor(n / 676)]}`
  async function* endings() {
    for (let from = 0; from < 12_000; from += 4000)
      yield await Promise.resolve(Array.from({ length: 4000 }, (_, n) => ending(from + n)))
    yield [ending(1e6, { site: 'other' }), ending(1e6 + 1, { state: 'expired', reason: 'too_old' })]
    yield Array.from({ length: mostGroups }, (_, n) => ending(2e6 + n, { why: kind(n) }))
  }
  const groups = await deadGroups({ endings }, instances, 'default')
  expect(groups).toHaveLength(mostGroups)
  expect(groups[0]).toMatchObject({
    count: 12_000,
    firstAt: noon,
    lastAt: noon + 11_999,
    state: 'dead',
    why: 'No value 0',
  })
  expect(groups[0]?.sample.map(({ eventId }) => eventId)).toEqual(
    [11_995, 11_996, 11_997, 11_998, 11_999].map((n) => `T-${n}`),
  )
  expect(groups.filter(({ state }) => state === 'expired')).toMatchObject([{ count: 1, reason: 'too_old' }])
})
