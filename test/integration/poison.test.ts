import { hash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCollector, type Collector } from '../../server/collector.ts'
import { checkTree } from '../../server/settings/settings.ts'
import {
  aPurchase,
  postBackend,
  settingsTree,
  startPlatforms,
  stopServer,
  temporaryFolder,
  waitFor,
  type Platforms,
} from './harness.ts'

const names = ['meta', 'reddit', 'snapchat'] as const
const count = 1000
const bad = 'order-617'
/** One request refused, then two for every halving, until the bad event stands alone. */
const mostRequests = 2 * Math.ceil(Math.log2(count)) + 1

let platforms: Platforms
let collector: Collector
let server: Server
let folder: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  platforms = await startPlatforms()
  folder = temporaryFolder()
})
afterEach(async () => {
  await collector.stop()
  await stopServer(server)
  await stopServer(platforms.server)
  folder.remove()
})

/** Takes all events before it delivers the first, so that they share a batch. */
async function deliverAll(change: (platform: string, settings: object) => object): Promise<void> {
  const tree = settingsTree(platforms.url, { store: `sqlite:${folder.path}/p.db` })
  const destinations = Object.entries(tree.destinations as Record<string, object>).map(([name, settings]) => [
    name,
    { ...change(name, settings), batch_size: count },
  ])
  collector = await createCollector(checkTree({ ...tree, destinations: Object.fromEntries(destinations) as object }))
  server = createServer(express().use(collector))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const events = Array.from({ length: count }, (_, at) => aPurchase(`order-${at}`))
  expect((await postBackend(url, { events })).status).toBe(202)
  await collector.start()
  await waitFor('every delivery to end', async () => {
    const { deliveries } = await collector.store.counts()
    return (
      Object.values(deliveries).length === names.length && Object.values(deliveries).every(({ pending }) => !pending)
    )
  })
}

async function expectOneDead(): Promise<void> {
  const [row] = await collector.store.recent({ limit: 1, eventId: bad })
  for (const name of names) {
    const { accepted, requests } = platforms.simulators[name].state()
    const ids = accepted.map(({ id }) => id)
    expect(ids, name).toHaveLength(count - 1)
    expect(new Set(ids).size, `${name}: none twice`).toBe(count - 1)
    // Reddit takes the digest of an ID.
    expect(ids).not.toContain(name === 'reddit' ? hash('sha256', bad) : bad)
    expect(requests, name).toBeLessThanOrEqual(mostRequests)
    const delivery = row?.deliveries.find(({ instance }) => instance === name)
    expect(delivery, name).toMatchObject({ state: 'dead', reason: 'rejected_by_platform' })
  }
  const { deliveries } = await collector.store.counts()
  for (const name of names) expect(deliveries[name]).toMatchObject({ delivered: count - 1, dead: 1 })
}

describe('one poisoned event in 1,000', () => {
  test('that the answers do not name is found by halves, and dies with the platform’s words', async () => {
    for (const name of names) platforms.simulators[name].setMode({ mode: 'ok', poison: [bad], names: false })
    await deliverAll((_, settings) => settings)
    await expectOneDead()
    const [row] = await collector.store.recent({ limit: 1, eventId: bad })
    const said = Object.fromEntries(row?.deliveries.map(({ instance, why }) => [instance, why]) ?? [])
    expect(said.meta).toMatch(/Invalid parameter/)
    expect(said.reddit).toMatch(/There were 1 invalid conversion events/)
    expect(said.snapchat).toMatch(/\w+/)
  })

  test('that the answers name goes alone, the rest in one more request', async () => {
    for (const name of names) platforms.simulators[name].setMode({ mode: 'ok', poison: [bad], names: true })
    await deliverAll((name, settings) => (name === 'reddit' ? { ...settings, api_version: 'v2.0' } : settings))
    await expectOneDead()
    expect(platforms.simulators.reddit.state().requests).toBe(2)
    expect(platforms.simulators.snapchat.state().requests).toBe(2)
  })

  test('in answers that process the good ones, nothing is sent again', async () => {
    for (const name of names)
      platforms.simulators[name].setMode({ mode: 'ok', poison: [bad], names: true, partial: true })
    await deliverAll((name, settings) => (name === 'reddit' ? { ...settings, api_version: 'v2.0' } : settings))
    await expectOneDead()
  })
})
