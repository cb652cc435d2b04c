import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { run, type Running } from '../../server/main.ts'
import { families } from '../../server/metrics/families.ts'
import { createMetrics } from '../../server/metrics/metrics.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { reasons } from '../../shared/reasons.ts'
import { canonicalNames } from '../../shared/names.ts'
import { ask } from '../dashboard/server.ts'
import {
  aPurchase,
  postBackend,
  postPage,
  settingsTree,
  startPlatforms,
  stopServer,
  waitFor,
  type Platforms,
} from '../integration/harness.ts'
import { readText, type Scrape } from './read-text.ts'

let platforms: Platforms
let running: Running | undefined

beforeEach(async () => {
  platforms = await startPlatforms()
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await stopServer(platforms.server)
})

const start = async (change: Record<string, unknown> = {}): Promise<void> => {
  running = await run(checkTree(settingsTree(platforms.url, change)), { logLevel: 'silent' })
}
const scrape = async (): Promise<Scrape> => {
  const { status, headers, body } = await ask(`${running!.adminUrl}/metrics`)
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  return readText(body)
}
const settled = (wanted: number, state = 'delivered') =>
  waitFor(`${wanted} deliveries ${state}`, async () => {
    const page = await scrape()
    return page.sum('pairpixel_deliveries', { state }) === wanted ? page : undefined
  })

const ofMeta = { site: 'default', instance: 'meta', platform: 'meta' }

test('what was posted and delivered is what is counted', async () => {
  await start()
  const fired = { meta: 'requested', reddit: 'blocked', snapchat: 'called' }
  const pages = [
    { ...aPurchase('m-1'), fired },
    { ...aPurchase('m-2'), fired },
    { ...aPurchase('m-3'), event: 'my own event', order_id: undefined },
  ]
  expect((await postPage(running!.url, { v: 1, events: [...pages, { no: 'name' }] })).status).toBe(200)
  expect((await postPage(running!.url, { v: 1, events: [pages[0]] })).status).toBe(204)
  expect((await postPage(running!.url, 'no JSON')).status).toBe(400)
  expect((await postPage(running!.url, { v: 1, events: [pages[0]] }, { origin: 'https://other.example' })).status).toBe(
    403,
  )
  expect((await postBackend(running!.url, { events: [aPurchase('m-4')] })).status).toBe(202)
  expect((await postBackend(running!.url, { events: [aPurchase('m-5')] }, 'a-wrong-key-0000000')).status).toBe(401)

  // Four events at three platforms; Snapchat has no place for a custom event.
  const page = await settled(11)
  const copies = (labels: Record<string, string>) => page.sum('pairpixel_copies_total', { site: 'default', ...labels })
  expect(copies({ kind: 'browser', event: 'purchase', result: 'stored' })).toBe(2)
  expect(copies({ kind: 'browser', event: 'custom', result: 'stored' })).toBe(1)
  expect(copies({ kind: 'backend', event: 'purchase', result: 'stored' })).toBe(1)
  expect(copies({})).toBe(5)
  expect(page.value('pairpixel_events_refused_total', { site: 'default', kind: 'browser' })).toBe(1)
  const requests = (route: string, status: string) => page.sum('pairpixel_requests_total', { route, status })
  expect(['200', '204', '400', '403'].map((status) => requests('events', status))).toEqual([1, 1, 1, 1])
  expect(['202', '401'].map((status) => requests('v1', status))).toEqual([1, 1])

  for (const platform of ['meta', 'reddit', 'snapchat'] as const) {
    const taken = platforms.simulators[platform].state().counted.reduce((sum, one) => sum + one.server_copies, 0)
    const labels = { site: 'default', instance: platform, platform }
    expect(page.value('pairpixel_deliveries', { ...labels, state: 'delivered' })).toBe(taken)
    expect(page.sum('pairpixel_settlements_total', { ...labels, state: 'delivered' })).toBe(taken)
    expect(page.value('pairpixel_attempts_total', labels)).toBe(taken)
    expect(page.value('pairpixel_lane_state', { ...labels, state: 'ok' })).toBe(1)
    expect(page.value('pairpixel_queue_depth', labels)).toBe(0)
  }
  expect(
    page.value('pairpixel_settlements_total', {
      site: 'default',
      instance: 'snapchat',
      platform: 'snapchat',
      state: 'suppressed',
      reason: 'not_mapped',
    }),
  ).toBe(1)
  // Meta saw the hit, Snapchat's call is all there is to see; Reddit's was blocked, and may still be told otherwise.
  expect(page.value('pairpixel_pairs_total', { ...ofMeta, state: 'paired' })).toBe(2)
  expect(page.sum('pairpixel_pairs_total', { instance: 'snapchat', state: 'paired' })).toBe(2)
  expect(page.sum('pairpixel_pairs_total', { instance: 'reddit' })).toBe(0)

  expect(page.value('pairpixel_deliveries_created')).toBe(12)
  expect(page.value('pairpixel_conservation_difference')).toBe(0)
  expect(page.sum('pairpixel_deliveries')).toBe(12)
  expect([page.value('pairpixel_ready'), page.value('pairpixel_store_writable')]).toEqual([1, 1])
  expect(page.value('pairpixel_store_durability', { durability: 'memory' })).toBe(1)
  expect(page.sum('pairpixel_store_durability')).toBe(1)
  expect(page.value('pairpixel_event_loop_delay_seconds', { stat: 'max' })).toBeGreaterThanOrEqual(0)
  expect(page.value('pairpixel_memory_bytes', { kind: 'resident' })).toBeGreaterThan(1e6)
  expect(page.sum('pairpixel_alerts_firing')).toBe(0)
})

test('a later word of the page makes a pair of what was delivered without', async () => {
  await start()
  await postPage(running!.url, { v: 1, events: [{ ...aPurchase('p-1'), fired: { meta: 'called' } }] })
  await settled(3)
  expect((await scrape()).sum('pairpixel_pairs_total', { instance: 'meta' })).toBe(0)
  await postPage(running!.url, {
    v: 1,
    events: [],
    proofs: [{ event: 'purchase', event_id: 'p-1', fired: { meta: 'requested' } }],
  })
  expect((await scrape()).value('pairpixel_pairs_total', { ...ofMeta, state: 'paired' })).toBe(1)
})

test('a refused token halts the lane, its deliveries wait and are told of', async () => {
  await start()
  platforms.simulators.meta.setMode({ mode: 'token_revoked' })
  await postPage(running!.url, { v: 1, events: [aPurchase('t-1'), aPurchase('t-2')] })
  const page = await waitFor('a halted lane', async () => {
    const now = await scrape()
    const isHalted = now.value('pairpixel_lane_state', { ...ofMeta, state: 'halted' }) === 1
    return isHalted && now.sum('pairpixel_deliveries', { state: 'delivered' }) === 4 ? now : undefined
  })
  expect(page.value('pairpixel_queue_depth', ofMeta)).toBe(2)
  expect(page.value('pairpixel_queue_oldest_seconds', ofMeta)).toBeGreaterThan(0)
  expect(page.value('pairpixel_lane_state', { ...ofMeta, state: 'ok' })).toBe(0)
  expect(page.sum('pairpixel_settlements_total', { ...ofMeta, state: 'retry' })).toBeGreaterThan(0)
  expect(page.sum('pairpixel_attempts_total', ofMeta)).toBe(0)
  expect(page.value('pairpixel_conservation_difference')).toBe(0)
})

test('an answer that was lost is counted as a resend', async () => {
  await start(onlyMeta(platforms.url))
  platforms.simulators.meta.setMode({ mode: 'lost_answer', for: 1 })
  await postPage(running!.url, { v: 1, events: [aPurchase('l-1')] })
  const page = await settled(1)
  expect(page.value('pairpixel_ambiguous_resends_total')).toBe(1)
  expect(page.value('pairpixel_attempts_total', ofMeta)).toBe(2)
})

const onlyMeta = (url: string, change: object = {}) => ({
  destinations: {
    meta: { pixel_id: demoAccounts.meta.pixelId, access_token: demoAccounts.meta.token, endpoint: url, ...change },
  },
})

test('test modes, versions and what was taken out of the settings', async () => {
  await start(onlyMeta(platforms.url, { test_event_code: 'TEST1', api_version: 'v24.0' }))
  await postPage(running!.url, { v: 1, events: [aPurchase('r-1')] })
  const page = await settled(1)
  expect(page.value('pairpixel_test_mode', ofMeta)).toBe(1)
  expect(page.value('pairpixel_api_version_days_left', ofMeta)).toBeTypeOf('number')
  const { pixelId, token } = demoAccounts.reddit
  const reddit = { reddit: { pixel_id: pixelId, access_token: token, endpoint: platforms.url } }
  await running!.collector.reload(checkTree(settingsTree(platforms.url, { destinations: reddit })))
  const later = await scrape()
  const gone = { site: '', instance: 'removed', platform: 'removed' }
  expect(later.value('pairpixel_deliveries', { ...gone, state: 'delivered' })).toBe(1)
  expect(later.sum('pairpixel_deliveries', { instance: 'meta', state: 'delivered' })).toBe(0)
})

test('names of events and sites from outside make no label', async () => {
  await start()
  const names = Array.from({ length: 30 }, (_, n) => ({
    ...aPurchase(`x-${n}`),
    event: `evil"\n{${n}}`,
    order_id: undefined,
  }))
  await postPage(running!.url, { v: 1, events: names })
  await postPage(running!.url, { v: 1, site: 'no-such-site', events: [aPurchase('x')] })
  const page = await settled(60)
  const allowed: Record<string, ReadonlySet<string>> = {
    site: new Set(['default', '']),
    instance: new Set(['meta', 'reddit', 'snapchat', 'removed']),
    platform: new Set(['meta', 'reddit', 'snapchat', 'removed']),
    reason: new Set([...Object.keys(reasons), '']),
    event: new Set([...canonicalNames, 'custom']),
    kind: new Set(['browser', 'backend', 'resident', 'heap']),
  }
  for (const { name, labels } of page.samples)
    for (const [label, value] of Object.entries(labels))
      if (allowed[label]) expect([name, label, allowed[label].has(value)]).toEqual([name, label, true])
  expect(page.sum('pairpixel_copies_total', { event: 'custom' })).toBe(30)
})

describe('the door', () => {
  test('answers to names of this machine only', async () => {
    await start()
    const { status, body } = await ask(`${running!.adminUrl}/metrics`, { headers: { Host: 'evil.example' } })
    expect([status, body.includes('pairpixel_')]).toEqual([403, false])
  })

  test('is not on the public listener', async () => {
    await start()
    expect((await ask(`${running!.url}/metrics`)).status).toBe(404)
  })
})

test('a store that cannot be read leaves gaps, and the rest is told', async () => {
  await start()
  const { store } = running!.collector
  const metrics = createMetrics()
  const figures = await running!.collector.figures()
  const { counts: _, ...away } = figures
  const page = readText(await metrics.render({ ...away, health: { ...store.health(), writable: false } }))
  metrics.stop()
  expect(page.value('pairpixel_store_writable')).toBe(0)
  for (const gap of ['deliveries', 'queue_depth', 'conservation_difference', 'ledger_events', 'late_copies_total'])
    expect([gap, page.samples.filter(({ name }) => name === `pairpixel_${gap}`)]).toEqual([gap, []])
})

test('every metric has a name of its own, and counters end in _total', () => {
  const names = families.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, type } of families) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
})
