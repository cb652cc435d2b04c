import { expect, onTestFinished, test, vi } from 'vitest'
import type { Overview, Writes } from '../../server/dashboard/shapes.ts'
import { openDemo } from '../../server/demo/demo.ts'
import { logInAt } from '../integration/admin.ts'
import { postBackend, temporaryFolder } from '../integration/harness.ts'

const soon = { timeout: 40_000, interval: 100 }

async function aDemo() {
  const folder = temporaryFolder()
  const demo = await openDemo({
    ports: { shop: 0, collector: 0, admin: 0, simulators: 0 },
    store: `sqlite:${folder.path}/demo.db`,
    logLevel: 'silent',
  })
  onTestFinished(async () => {
    await demo.stop()
    folder.remove()
  })
  const link = new URL(demo.liveUrl)
  const session = await logInAt(link.origin, link.hash.replace('#token=', ''))
  return {
    demo,
    overview: async () => (await (await session.get('overview')).json()) as Overview,
    break: async (body: Writes['break']) => (await session.post('break', body)).status,
  }
}

test('the printed link logs in; another start has another token', async () => {
  const one = await aDemo()
  const other = await aDemo()
  expect(new URL(one.demo.liveUrl).hash).not.toBe(new URL(other.demo.liveUrl).hash)
  expect((await one.overview()).demo).toEqual({ shopUrl: one.demo.shopUrl, broken: [] })
})

test('a revoked token makes the card ill, and mending it delivers what waited', async () => {
  const { demo, overview, ...world } = await aDemo()
  const meta = async () => (await overview()).instances.find(({ name }) => name === 'meta')!
  expect(await world.break({ what: 'token', platform: 'meta', on: true })).toBe(200)
  expect((await overview()).demo?.broken).toEqual([{ what: 'token', platform: 'meta' }])
  const event = { event: 'purchase', event_id: 'D-1', value: 1, currency: 'EUR', user: { email: 'jane@shop.example' } }
  await postBackend(demo.collectorUrl, { events: [{ ...event, url: demo.shopUrl }] }, demo.serverKey)
  await vi.waitFor(async () => expect(await meta()).toMatchObject({ state: 'degraded', queued: 1 }), soon)
  expect(await world.break({ what: 'token', platform: 'meta', on: false })).toBe(200)
  await vi.waitFor(async () => expect(await meta()).toMatchObject({ state: 'healthy', queued: 0 }), soon)
})

test('a blocked pixel is not there, and nobody else’s is gone', async () => {
  const { demo, ...world } = await aDemo()
  const load = (path: string) => fetch(`${demo.simulatorUrl}${path}`).then(({ status }) => status)
  expect(await world.break({ what: 'pixel', platform: 'meta', on: true })).toBe(200)
  await expect(load('/meta/fbevents.js')).rejects.toThrow()
  await expect(load('/tr?id=1')).rejects.toThrow()
  expect(await load('/reddit/pixel.js')).toBe(200)
  await world.break({ what: 'pixel', platform: 'meta', on: false })
  expect(await load('/meta/fbevents.js')).toBe(200)
})

test('poison fills the dead letters at every platform', async () => {
  const { demo, overview, ...world } = await aDemo()
  for (const platform of ['meta', 'reddit', 'snapchat'])
    expect(await world.break({ what: 'poison', platform, on: true })).toBe(200)
  expect(await world.break({ what: 'slow', platform: 'nobody', on: true })).toBe(409)
  const event = { event: 'purchase', event_id: 'D-2', value: 1, currency: 'EUR', user: { email: 'jane@shop.example' } }
  await postBackend(demo.collectorUrl, { events: [{ ...event, url: demo.shopUrl }] }, demo.serverKey)
  await vi.waitFor(async () => expect((await overview()).funnel.dead).toBe(3), soon)
})
