import express from 'express'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createDashboard } from '../../server/dashboard/index.ts'
import type { DashboardDeps } from '../../server/dashboard/index.ts'
import type { Overview } from '../../server/dashboard/shapes.ts'
import type { RowView, Totals } from '../../server/dashboard/view.ts'
import { FakeStore, aDelivery, aNotice, aRow, instances, noCounts, noDeliveries, noon } from './make-rows.ts'
import { anAccess, logIn, post } from './log-in.ts'
import { ask as askAnyone, serve } from './server.ts'

let session: { readonly cookie: string }
const open = async (store: FakeStore, more: Partial<DashboardDeps> = {}) => {
  const access = anAccess()
  const url = await serve(express().use(createDashboard({ store, instances, access, now: () => noon, ...more })))
  session = await logIn(url)
  return url
}
const ask: typeof askAnyone = (url, options) =>
  askAnyone(url, { ...options, headers: { ...session, ...options?.headers } })

const rowsAt = async (url: string): Promise<readonly RowView[]> => JSON.parse((await ask(url)).body) as RowView[]

test('events carry the pair state, its sentence and the reason’s text', async () => {
  const store = new FakeStore()
  store.rows = [
    aRow({
      fired: { meta: 'requested', reddit: 'unmatched' },
      deliveries: [
        aDelivery(),
        aDelivery({ instance: 'reddit', state: 'suppressed', reason: 'pixel_unmatched', attempts: 0 }),
        aDelivery({ instance: 'snapchat', state: 'pending', attempts: 0 }),
      ],
    }),
  ]
  const [row] = await rowsAt(`${await open(store)}/admin/api/events`)
  expect(row?.deliveries).toMatchObject([
    { instance: 'meta', platform: 'meta', pixel: 'requested', dryRun: false, pair: { state: 'paired' } },
    {
      instance: 'reddit',
      pair: { state: 'pixel-only', why: expect.stringContaining('without an ID') as string },
      reasonText: expect.stringContaining('would count twice') as string,
    },
    { instance: 'snapchat', dryRun: true, pair: { state: 'waiting' } },
  ])
})

test.each([
  ['no limit is 50', '', { limit: 50 }],
  ['a limit is taken', '?limit=3', { limit: 3 }],
  ['500 is the most', '?limit=500', { limit: 500 }],
  ['501 is 500', '?limit=501', { limit: 500 }],
  ['zero is one', '?limit=0', { limit: 1 }],
  ['text is no limit', '?limit=many', { limit: 50 }],
  ['an event ID is asked for', '?event_id=T-1001', { limit: 50, eventId: 'T-1001' }],
])('%s', async (_sentence, query, asked) => {
  const store = new FakeStore()
  await ask(`${await open(store)}/admin/api/events${query}`)
  expect(store.asked).toEqual([asked])
})

test('an event ID that cannot be one finds nothing and asks nobody', async () => {
  const store = new FakeStore()
  store.rows = [aRow()]
  expect(await rowsAt(`${await open(store)}/admin/api/events?event_id=a%20b`)).toEqual([])
  expect(store.asked).toEqual([])
})

test('what a simulator counted stands beside the delivery', async () => {
  const store = new FakeStore()
  store.rows = [aRow()]
  const counted = [{ event: 'Purchase', id: 'T-1001', hits: 1, server_copies: 1, paired: true }]
  const url = await open(store, { platformView: (platform) => (platform === 'meta' ? { counted } : undefined) })
  expect((await rowsAt(`${url}/admin/api/events`))[0]?.deliveries[0]?.counted).toEqual({
    name: 'Purchase',
    browser: 1,
    server: 1,
    counted: 1,
    paired: true,
  })
  expect(JSON.parse((await ask(`${url}/admin/api/platforms`)).body)).toEqual({
    meta: counted,
    reddit: [],
    snapchat: [],
  })
})

test('a simulator that fails leaves a gap and no error', async () => {
  const store = new FakeStore()
  store.rows = [aRow()]
  const url = await open(store, { platformView: () => Promise.reject(new Error('gone')) })
  expect((await rowsAt(`${url}/admin/api/events`))[0]).not.toHaveProperty('deliveries.0.counted')
})

test('outside the demo there is no platforms route', async () => {
  expect((await ask(`${await open(new FakeStore())}/admin/api/platforms`)).status).toBe(404)
})

test('the overview names the destinations and the demo shop', async () => {
  const demo = { shopUrl: 'http://localhost:8786' }
  const overview = JSON.parse(
    (await ask(`${await open(new FakeStore(), { demo })}/admin/api/overview`)).body,
  ) as Overview
  expect(overview).toMatchObject({
    range: '1h',
    sites: ['default'],
    instances: instances.map(({ name, platform, dryRun }) => ({ name, platform, dryRun, notices: [] })),
    demo,
  })
})

test('what there is to see to in the settings is asked anew at each reading, and stands with its destination', async () => {
  const store = new FakeStore()
  store.rows = [aRow({ deliveries: [aDelivery(), aDelivery({ instance: 'reddit' }), aDelivery({ instance: 'gone' })] })]
  let at = noon
  const noticesOf = (name: string, now: number) => (name === 'reddit' && now > noon ? [aNotice] : [])
  const url = await open(store, { noticesOf, now: () => at })
  const shown = async () => {
    const overview = JSON.parse((await ask(`${url}/admin/api/overview`)).body) as Overview
    const [row] = await rowsAt(`${url}/admin/api/events`)
    return [overview.instances.map(({ notices }) => notices), row?.deliveries.map(({ notices }) => notices)]
  }
  expect(await shown()).toEqual([
    [[], [], []],
    [undefined, undefined, undefined],
  ])
  at += 1
  expect(await shown()).toEqual([
    [[], [aNotice], []],
    [undefined, [aNotice], undefined],
  ])
})

test('the conservation line adds every delivery up', async () => {
  const store = new FakeStore()
  store.numbers = {
    ...noCounts,
    deliveries: {
      meta: { ...noDeliveries, delivered: 5, dead: 1 },
      reddit: { pending: 2, delivered: 1, dead: 0, suppressed: 3, expired: 1 },
    },
  }
  const answer = JSON.parse((await ask(`${await open(store)}/admin/api/counts`)).body) as Totals
  expect(answer.conservation).toEqual({
    created: 13,
    delivered: 6,
    dead: 1,
    suppressed: 3,
    expired: 1,
    pending: 2,
    addsUp: true,
  })
})

test('a state the dashboard does not know shows as a sum that is off', async () => {
  const store = new FakeStore()
  const odd = { ...noDeliveries, delivered: 1, vanished: 1 }
  store.numbers = { ...noCounts, deliveries: { meta: odd } }
  const { conservation } = JSON.parse((await ask(`${await open(store)}/admin/api/counts`)).body) as Totals
  expect(conservation).toMatchObject({ created: 2, delivered: 1, addsUp: false })
})

test('a store that cannot be read is a 503 without its cause', async () => {
  const store = new FakeStore()
  store.broken = true
  const answer = await ask(`${await open(store)}/admin/api/events`)
  expect(answer.status).toBe(503)
  expect(answer.body).toContain('STORE_UNAVAILABLE')
  expect(answer.body).not.toContain('disk gone')
})

test.each([
  ['localhost', 'localhost:8788', 200],
  ['a name below localhost', 'live.localhost', 200],
  ['IPv4 loopback', '127.0.0.1:8788', 200],
  ['IPv6 loopback', '[::1]:8788', 200],
  ['capitals', 'LOCALHOST', 200],
  ['another name for this machine', 'rebound.example:8788', 403],
  ['a name that begins like loopback', '127.0.0.1.example', 403],
  ['a name that ends like localhost', 'notlocalhost', 403],
  ['an address of the network', '192.168.0.7:8788', 403],
])('Host: %s', async (_sentence, host, status) => {
  const url = await open(new FakeStore())
  for (const path of ['/admin', '/admin/api/events', '/admin/api/stream']) {
    if (path.endsWith('stream') && status === 200) continue // it never ends
    const answer = await ask(url + path, { headers: { host } })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.body).toMatch(/^The dashboard answers only at .+\.\n$/)
  }
})

test.each(['/admin', '/admin/live.css', '/admin/api/events'])('%s has the strict headers', async (path) => {
  const { status, headers } = await ask((await open(new FakeStore())) + path)
  expect(status).toBe(200)
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';form-action 'self';" +
      "base-uri 'none';frame-ancestors 'none';require-trusted-types-for 'script'",
  )
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
})

test('the page and its parts are served with their types, a missing one says what to do', async () => {
  // A dot in the path: packages are unpacked below such folders.
  const folder = mkdtempSync(join(tmpdir(), '.live-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'live.html'), '<!doctype html>')
  writeFileSync(join(folder, 'live.css'), ':root {}')
  const url = await open(new FakeStore(), { assets: [join(folder, 'absent'), folder] })
  expect(await ask(`${url}/admin`)).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  })
  expect((await ask(`${url}/admin/live.css`)).headers['content-type']).toBe('text/css; charset=utf-8')
  const missing = await ask(`${url}/admin/live.js`)
  expect(missing).toMatchObject({ status: 404, body: expect.stringContaining('npm run build') as string })
  writeFileSync(join(folder, 'live.js'), '1')
  expect((await ask(`${url}/admin/live.js`)).headers['content-type']).toMatch(/javascript/)
})

test('alerts are listed, muted and tried; the log is told what was done, never a token', async () => {
  const told: unknown[] = []
  const audits: Readonly<Record<string, unknown>>[] = []
  const alert = { rule: 'success', subject: 'meta', firing: true, since: noon, words: 'Deliveries fail.' }
  const url = await open(new FakeStore(), {
    audit: (entry) => audits.push(entry),
    alerts: {
      list: () => [alert],
      mute: (...given) => Promise.resolve({ done: `muted ${told.push(given)}` }),
      test: () => Promise.resolve({ refused: 'No webhook is set.' }),
    },
    control: { token: () => Promise.resolve({ done: 'kept' }) },
  })
  expect(JSON.parse((await ask(`${url}/admin/api/alerts`)).body)).toEqual([alert])
  const change = async (name: string, body: object) => (await post(`${url}/admin/api/${name}`, body, session)).status
  expect(await change('mute', { rule: 'success', subject: '', until: noon })).toBe(200)
  expect(told).toEqual([['success', '', noon]])
  expect(await change('mute', { rule: 'success', subject: '', until: -1 })).toBe(400)
  expect(await change('testAlert', {})).toBe(409)
  const token = `EAA${'fake'.repeat(40)}`
  expect(await change('token', { instance: 'meta', site: 'default', token })).toBe(200)
  expect(audits.slice(1)).toEqual([
    { audit: 'mute', rule: 'success', subject: '', until: noon, result: 'done' },
    { audit: 'testAlert', result: 'refused' },
    { audit: 'token', instance: 'meta', site: 'default', result: 'done' },
  ])
  expect(JSON.stringify(audits)).not.toContain(token)
})
