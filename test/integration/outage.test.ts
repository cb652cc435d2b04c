import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, type Running } from '../../server/main.ts'
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

const outageMs = 30_000
let platforms: Platforms
let collector: Running
let folder: ReturnType<typeof temporaryFolder>

beforeAll(async () => {
  platforms = await startPlatforms()
  folder = temporaryFolder()
  collector = await run(checkTree(settingsTree(platforms.url, { store: `sqlite:${folder.path}/outage.db` })), {
    logLevel: 'silent',
  })
})
afterAll(async () => {
  await collector.stop()
  await stopServer(platforms.server)
  folder.remove()
})

test('a platform that answers 503 for 30 seconds: its events are delivered afterwards, once', async () => {
  const { reddit } = platforms.simulators
  reddit.setMode({ mode: 'down' })
  await postBackend(collector.url, { events: [aPurchase('out-1'), aPurchase('out-2')] })
  await new Promise((resolve) => setTimeout(resolve, outageMs))
  expect(reddit.state().accepted).toEqual([])
  reddit.setMode({ mode: 'ok' })
  // The longest pause of a lane that probes is a minute.
  await waitFor('both events', () => reddit.state().accepted.length >= 2, 90_000)
  await postBackend(collector.url, aPurchase('out-3'))
  await waitFor('an event behind them', () => reddit.state().accepted.length >= 3)
  expect(
    reddit
      .state()
      .accepted.map(({ order }) => order)
      .sort(),
  ).toEqual(['out-1', 'out-2', 'out-3'])
  const [row] = await collector.collector.store.recent({ limit: 1, eventId: 'out-1' })
  expect(row?.deliveries.find(({ instance }) => instance === 'reddit')).toMatchObject({
    state: 'delivered',
    ambiguous: 0,
  })
}, 180_000)
