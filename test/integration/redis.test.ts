import { hash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aPurchase, type Child, postBackend, postPage, settingsTree, spawnCollector, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'
import { startRedis, type RedisServer } from '../store/redis/servers.ts'

const names = ['meta', 'reddit', 'snapchat'] as const
const platforms = usePlatforms()
let redis: RedisServer
const children: Child[] = []
let stores = 0

beforeEach(async () => {
  redis = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
})
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill()
  await redis.stop()
})

const tree = (change: Record<string, unknown> = {}) =>
  settingsTree(platforms.url, { store: `${redis.url}?prefix=s${stores}`, store_durability: 'fsync', ...change })

async function spawn(role = 'all', change: Record<string, unknown> = {}): Promise<Child> {
  const child = await spawnCollector(tree(change), { role })
  children.push(child)
  return child
}
const ready = async ({ url }: Child) => (await fetch(`${url}/readyz`)).json() as Promise<Record<string, unknown>>
/** How often each platform took an event; Reddit's simulator shows the digest of an ID. */
const acceptedOf = (id: string) =>
  names.map((name) => {
    const shown = name === 'reddit' ? hash('sha256', id) : id
    return platforms.simulators[name].state().accepted.filter((event) => event.id === shown).length
  })

test('100 posts of one event at once through two collectors: one delivery a destination', async () => {
  stores++
  const [one, two] = [await spawn(), await spawn()]
  const event = aPurchase('storm-1')
  // On a busy machine Redis may answer too late: then a back end sends it again.
  let refused = 0
  const post = async (url: string): Promise<string | undefined> => {
    const answer = await postBackend(url, event)
    if (answer.status === 202) return ((await answer.json()) as { results: { result: string }[] }).results[0]?.result
    expect(answer.status).toBe(503)
    refused++
    await new Promise((resolve) => setTimeout(resolve, 100))
    return post(url)
  }
  const results = await Promise.all(Array.from({ length: 100 }, (_, n) => post((n % 2 ? one : two).url)))
  const stored = results.filter((result) => result === 'stored').length
  // What was refused may have been stored after all, and nobody was told.
  expect(stored).toBeLessThanOrEqual(1)
  expect(stored + refused).toBeGreaterThan(0)
  expect(results.filter((result) => result === 'duplicate')).toHaveLength(100 - stored)
  await waitFor('the event everywhere', () => acceptedOf('storm-1').every((n) => n > 0))
  // Another behind it shows that nothing of the first was still to come.
  await postBackend(two.url, aPurchase('storm-2'))
  await waitFor('the second everywhere', () => acceptedOf('storm-2').every((n) => n > 0))
  expect(acceptedOf('storm-1')).toEqual([1, 1, 1])
})

test('a page’s copy and a back end’s meet by their order, though each came to another collector', async () => {
  stores++
  const [one, two] = [
    await spawn('collect', { hold: { default: '10m' } }),
    await spawn('collect', { hold: { default: '10m' } }),
  ]
  await spawn('deliver')
  await postPage(one.url, { events: [aPurchase('page-id', { order_id: 'met-1' })] })
  await postBackend(two.url, aPurchase('shop-id', { order_id: 'met-1' }))
  await waitFor('the event everywhere', () => acceptedOf('page-id').every((n) => n > 0))
  expect([acceptedOf('page-id'), acceptedOf('shop-id')]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ])
})

describe('roles', () => {
  test('who delivers takes no events, and who collects sends none', async () => {
    stores++
    const collector = await spawn('collect')
    expect((await postBackend(collector.url, aPurchase('role-1'))).status).toBe(202)
    expect(await ready(collector)).toMatchObject({ ready: true, durability: 'fsync', lanes: { ok: 0 } })
    expect(acceptedOf('role-1')).toEqual([0, 0, 0])
    const worker = await spawn('deliver')
    expect((await postBackend(worker.url, aPurchase('role-2'))).status).toBe(404)
    expect((await fetch(`${worker.url}/p.js`)).status).toBe(404)
    expect(await ready(worker)).toMatchObject({ ready: true, lanes: { ok: 3 } })
    await waitFor('the event everywhere', () => acceptedOf('role-1').every((n) => n > 0))
  })
})

test('Redis killed: 503 with Retry-After and not ready, then all goes on by itself and nothing acknowledged is lost', async () => {
  stores++
  const child = await spawn('all', { hold: { default: '2s' } })
  const [page, back] = [aPurchase('down-1'), aPurchase('down-2')]
  expect((await postPage(child.url, { events: [page] })).status).toBe(204)
  expect((await postBackend(child.url, back)).status).toBe(202)
  await redis.kill()
  const refused = await postBackend(child.url, aPurchase('down-3'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
  expect((await postPage(child.url, { events: [aPurchase('down-4')] })).status).toBe(503)
  await waitFor('not ready', async () => (await fetch(`${child.url}/readyz`)).status === 503)
  expect((await fetch(`${child.url}/healthz`)).status).toBe(200)
  await redis.restart()
  await waitFor('ready', async () => (await fetch(`${child.url}/readyz`)).status === 200)
  await waitFor('both events everywhere', () => ['down-1', 'down-2'].every((id) => acceptedOf(id).every((n) => n > 0)))
  expect((await postBackend(child.url, aPurchase('down-3'))).status).toBe(202)
  await waitFor('the third', () => acceptedOf('down-3').every((n) => n > 0))
  for (const id of ['down-1', 'down-2', 'down-3']) expect(acceptedOf(id)).toEqual([1, 1, 1])
})

test('a collector started before Redis is alive and not ready, and takes events once Redis is there', async () => {
  stores++
  await redis.kill()
  const child = await spawn()
  expect((await fetch(`${child.url}/healthz`)).status).toBe(200)
  const before = await fetch(`${child.url}/readyz`)
  expect([before.status, await before.json()]).toEqual([
    503,
    expect.objectContaining({ ready: false, durability: 'unknown' }),
  ])
  await redis.restart()
  await waitFor('ready', async () => (await fetch(`${child.url}/readyz`)).status === 200)
  expect((await postBackend(child.url, aPurchase('late-1'))).status).toBe(202)
  await waitFor('the event', () => acceptedOf('late-1').every((n) => n > 0))
})
