import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { aPurchase, postBackend, settingsTree, startPlatforms, stopServer, waitFor, type Platforms } from './harness.ts'

let platforms: Platforms
let collector: Running
beforeAll(async () => {
  platforms = await startPlatforms()
})
afterAll(async () => {
  await collector.stop()
  await stopServer(platforms.server)
})

/** Settings with another token for Meta, without Snapchat, and with a second key. */
const treeWith = (token: string, change: Record<string, unknown> = {}) => {
  const tree = settingsTree(platforms.url, change)
  const { meta, reddit } = tree.destinations as Record<string, object>
  return { ...tree, destinations: { meta: { ...meta, access_token: token }, reddit } }
}

test('a new token is used without a restart: what waited goes, nothing is lost, what left the settings ends', async () => {
  const wrong = `EAA${'stale'.repeat(38)}`
  const { snapchat } = settingsTree(platforms.url).destinations as Record<string, object>
  const before = treeWith(wrong)
  collector = await run(checkTree({ ...before, destinations: { ...before.destinations, snapchat } }), {
    logLevel: 'silent',
  })
  platforms.simulators.snapchat.setMode({ mode: 'down' })
  expect((await postBackend(collector.url, aPurchase('reload-1'))).status).toBe(202)
  const laneOf = (name: string) =>
    collector.collector.worker.lanes.find(({ instance }) => instance.name === name)?.state.state
  await waitFor('a halted lane', () => laneOf('meta') === 'halted')
  const row = async () => (await collector.collector.store.recent({ limit: 1, eventId: 'reload-1' }))[0]
  const stateOf = async (name: string) => (await row())?.deliveries.find(({ instance }) => instance === name)?.state
  await waitFor('a try at Snapchat', async () =>
    (await row())?.deliveries.some(({ instance, attempts }) => instance === 'snapchat' && attempts > 0),
  )

  const secondKey = `second-server-key-${'0'.repeat(10)}`
  const next = treeWith(demoAccounts.meta.token, { server_keys: [secondKey], paths: { events: '/other' } })
  expect(await collector.collector.reload(checkTree(next))).toEqual(['paths'])
  await waitFor('the delivery to Meta', async () => (await stateOf('meta')) === 'delivered')
  expect(laneOf('meta')).toBe('ok')
  expect([await stateOf('reddit'), await stateOf('snapchat')]).toEqual(['delivered', 'suppressed'])
  expect(collector.collector.instances.map(({ name }) => name)).toEqual(['meta', 'reddit'])
  expect((await postBackend(collector.url, aPurchase('reload-2'))).status).toBe(401)
  expect((await postBackend(collector.url, aPurchase('reload-2'), secondKey)).status).toBe(202)
  await waitFor('the second event', () => platforms.simulators.meta.state().accepted.length === 2)
  expect(platforms.simulators.snapchat.state().accepted).toEqual([])
})
