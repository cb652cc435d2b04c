import { expect, test, vi } from 'vitest'
import { aCollector, aPurchaseOf } from './running.ts'

/** A lane waits for its platform; none of these waits is a measure of speed. */
const soon = { timeout: 40_000, interval: 100 }

test('from the script to a paired event: checklist, cards, funnel, pairing, quality and the event’s hops agree', async () => {
  const shop = await aCollector()
  const [before] = await shop.read('setup')
  expect(before?.steps.map(({ id, done }) => [id, done])).toEqual([
    ['script', false],
    ['event', false],
    ['hit', false],
    ['sent', false],
    ['paired', false],
  ])
  for (const step of before?.steps ?? []) expect([step.cause, step.fix].every(Boolean)).toBe(true)
  expect(before?.snippet).toContain('<script')
  expect(before?.gtm.map(({ name }) => name)).toEqual(['pairpixel-tag.tpl', 'pairpixel-event-id.tpl'])
  expect(before?.proxies.map(({ name }) => name)).toEqual(['Caddy', 'nginx', 'Cloudflare Worker'])
  for (const { set, format = '', guide } of before?.tokens ?? []) {
    expect([set, guide.length > 100]).toEqual([true, true])
    expect(() => new RegExp(format)).not.toThrow()
  }

  expect((await fetch(`${shop.url}/p.js`)).status).toBe(200)
  expect(
    (
      await shop.page([
        aPurchaseOf('T-1'),
        { event: 'page_view', url: 'https://shop.example/', consent: { state: 'denied' } },
      ])
    ).status,
  ).toBe(204)
  await shop.page([{ event: 7 }])
  const overview = await vi.waitFor(async () => {
    const now = await shop.read('overview', { range: '10m' })
    expect(now.instances.map(({ lastSuccessAt }) => lastSuccessAt !== undefined)).toEqual([true, true, true])
    expect(now.instances.map(({ queued }) => queued)).toEqual([0, 0, 0])
    return now
  }, soon)
  expect(overview.funnel).toEqual({
    ...{ received: 3, refused: 1, duplicate: 0, late: 0, stored: 2, held: 0, queued: 0, retrying: 0 },
    ...{ delivered: 3, suppressed: 3, dead: 0, expired: 0 },
  })
  expect(overview.consent).toEqual({ granted: 0, denied: 1, unknown: 1, revoked: 0 })
  expect(overview.series.received.reduce((a, b) => a + b)).toBe(3)
  expect(overview.series.paired.reduce((a, b) => a + b)).toBe(3)
  expect(overview.system).toMatchObject({ version: '0.1.0', store: 'sqlite', durability: 'fsync', writable: true })
  expect(overview.system.ackP99Ms).toBeGreaterThan(0)
  for (const card of overview.instances)
    expect(card).toMatchObject({
      state: 'healthy',
      enabled: true,
      successRate: { '1h': 1, '24h': 1 },
      pairedRate: 1,
      token: { set: true, good: true },
    })

  const [after] = await shop.read('setup')
  expect(after?.steps.filter(({ done }) => !done)).toEqual([])

  const pairing = await shop.read('pairing', { range: '1h' })
  expect(pairing.rows.find((row) => row.event === 'purchase' && row.instance === 'meta')).toMatchObject({
    platform: 'meta',
    counts: { paired: 1, 'capi-only': 0, 'pixel-only': 0, waiting: 0, neither: 0 },
    why: [],
  })
  expect(pairing.rows.find((row) => row.event === 'page_view' && row.instance === 'meta')).toMatchObject({
    counts: { neither: 1 },
    why: [{ count: 1, words: expect.stringContaining('consent_denied') as string }],
  })
  expect(pairing.browsers).toEqual([
    { browser: 'Firefox', events: 1, blocked: 0 },
    { browser: 'other', events: 1, blocked: 0 }, // of a denied copy nothing is kept
  ])

  const quality = await shop.read('quality', { range: '1h' })
  const row = quality.rows.find((one) => one.instance === 'meta')
  expect(row).toMatchObject({ event: 'purchase', events: 1 })
  expect(row?.keys.find(({ key }) => key === 'email')).toEqual({ key: 'email', share: 1, notUnique: false })
  expect(row?.estimate).toBeGreaterThan(3)
  expect(row?.next).toBe('Send the phone number with its country code (user.phone).')

  const detail = await shop.read('event', { site: 'default', event: 'purchase', event_id: 'T-1' })
  expect(detail.canResend).toEqual([])
  const words = detail.hops.map(({ what }) => what)
  expect(words[0]).toBe('The page told of it')
  expect(words.filter((one) => one === 'Delivered')).toHaveLength(3)
  expect(words.filter((one) => one === 'The platform answered 200')).toHaveLength(3)
  expect(detail.hops.every(({ gapMs = 0 }) => gapMs >= 0)).toBe(true)
  expect((await shop.session.get('event?site=default&event=purchase&event_id=none')).status).toBe(404)
})

test('a page of another origin: the checklist names it, with the fix', async () => {
  const shop = await aCollector()
  expect((await shop.page([aPurchaseOf('T-1')], {}, 'https://www.other.example')).status).toBe(403)
  await vi.waitFor(async () => {
    const [setup] = await shop.read('setup')
    expect(setup?.steps.find(({ id }) => id === 'event')).toMatchObject({
      done: false,
      cause: expect.stringContaining('https://www.other.example') as string,
      fix: expect.stringContaining('origins') as string,
    })
  }, soon)
})

test('each filter finds its rows among the newest', async () => {
  const shop = await aCollector()
  await shop.page([
    aPurchaseOf('T-1'),
    { event: 'page_view', event_id: 'V-1', url: 'https://shop.example/', consent: { state: 'denied' } },
  ])
  await vi.waitFor(async () => expect((await shop.read('overview')).funnel.delivered).toBe(3), soon)
  const ids = async (query: Readonly<Record<string, string>>) =>
    (await shop.read('events', query)).map(({ eventId }) => eventId)
  expect((await ids({})).sort()).toEqual(['T-1', 'V-1'])
  expect(await ids({ event: 'purchase' })).toEqual(['T-1'])
  expect(await ids({ state: 'suppressed' })).toEqual(['V-1'])
  expect(await ids({ pair: 'paired', instance: 'reddit' })).toEqual(['T-1'])
  expect(await ids({ reason: 'consent_denied' })).toEqual(['V-1'])
  expect(await ids({ event_id: 'T-1' })).toEqual(['T-1'])
  expect(await ids({ site: 'another' })).toEqual([])
  expect(await ids({ state: 'no-such-state' })).toEqual([])
  expect(await ids({ limit: '1' })).toHaveLength(1)
})

test('a restart keeps charts, cards and the checklist', async () => {
  const shop = await aCollector()
  await fetch(`${shop.url}/p.js`)
  await shop.page([aPurchaseOf('T-1')])
  await vi.waitFor(async () => expect((await shop.read('overview')).funnel.delivered).toBe(3), soon)
  await shop.restart()
  const overview = await shop.read('overview', { range: '24h' })
  expect(overview.funnel).toMatchObject({ received: 1, stored: 1, delivered: 3 })
  expect(shop.card(overview, 'meta').lastSuccessByEvent).toMatchObject([{ event: 'purchase' }])
  expect((await shop.read('setup'))[0]?.steps.every(({ done }) => done)).toBe(true)
})

/** Names that would be something else than text if anybody let them. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</script><!--',
  'a\r\nSet-Cookie: x=1',
  '\u202Eevil\u2028line',
  '{{constructor.constructor("x")()}}',
  '__proto__',
  'constructor',
  "'; DROP TABLE events; --",
  '=cmd|x!A1',
]

test('hostile names, addresses and words of platforms go through as text, and never into a header', async () => {
  const shop = await aCollector()
  shop.platforms.meta.setMode({ mode: 'error', code: 100, status: 400, message: hostile[0]! })
  const events = hostile.map((name, n) => ({
    ...aPurchaseOf(`H-${n}`),
    event: name,
    url: `https://shop.example/?q=${encodeURIComponent(name)}`,
    title: name,
  }))
  expect((await shop.page(events)).status).toBe(204)
  await vi.waitFor(async () => {
    const { instances } = await shop.read('overview')
    expect(instances.map(({ queued }) => queued)).toEqual([0, 0, 0])
  }, soon)
  const rows = await shop.read('events', { limit: '500' })
  const names = rows.map(({ name }) => name)
  // What the parser of events makes of a name is its own; it comes to the page letter for letter.
  for (const name of hostile.filter((one) => !/[\r\n\u2028]/.test(one))) expect(names).toContain(name)
  expect((await shop.read('pairing')).rows.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['<script>alert(1)</script>', '__proto__', 'constructor']),
  )
  expect((await shop.read('errors'))[0]?.words).toContain('alert(1)')
  for (const path of ['overview', 'pairing', 'quality', 'errors', 'dead', 'events', 'setup']) {
    const answer = await shop.session.get(path)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(JSON.stringify([...answer.headers])).not.toMatch(/alert|DROP TABLE|x=1/)
  }
  expect(await shop.read('events', { event: hostile[0]! })).toHaveLength(1)
})

test('another pixel than the one that is set: beside it a remark, alone a fault', async () => {
  const shop = await aCollector()
  const cardAfter = async (pixels: object, fits: (ids: readonly string[]) => boolean) => {
    await shop.page([aPurchaseOf(`P-${Object.keys(pixels).join('-')}`)], { pixels })
    return vi.waitFor(async () => {
      const card = shop.card(await shop.read('overview', { range: '10m' }), 'meta')
      expect([fits(card.otherPixelIds), card.queued]).toEqual([true, 0])
      return card
    }, soon)
  }
  const other = await cardAfter({ 2222222222: 'requested', '<b>': 'requested' }, (ids) => ids.length === 1)
  expect(other).toMatchObject({ state: 'degraded', otherPixelIds: ['2222222222'] })
  expect(other.reason).toContain(`load pixel 2222222222 and not ${other.pixelId}`)
  const both = await cardAfter({ [other.pixelId!]: 'requested', 3333333333: 'requested' }, (ids) => ids.length === 2)
  expect(both).toMatchObject({ state: 'healthy', otherPixelIds: ['3333333333', '2222222222'] })
})
