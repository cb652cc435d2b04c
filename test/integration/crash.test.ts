import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import {
  aPurchase,
  postBackend,
  postPage,
  settingsTree,
  spawnCollector,
  startPlatforms,
  stopServer,
  temporaryFolder,
  waitFor,
  type Platforms,
} from './harness.ts'

let platforms: Platforms
let folder: ReturnType<typeof temporaryFolder>
const names = ['meta', 'reddit', 'snapchat'] as const

beforeAll(async () => {
  platforms = await startPlatforms()
  folder = temporaryFolder()
})
afterAll(async () => {
  await stopServer(platforms.server)
  folder.remove()
})

test('killed right after a 204 and a 202: after the restart both events are delivered, once', async () => {
  // A hold keeps them from leaving before the kill.
  const tree = settingsTree(platforms.url, { store: `sqlite:${folder.path}/crash.db`, hold: { default: '2s' } })
  const first = await spawnCollector(tree)
  const page = await postPage(first.url, { site: 'default', events: [aPurchase('kill-1')] })
  const back = await postBackend(first.url, aPurchase('kill-2'))
  await first.kill()
  expect([page.status, back.status]).toEqual([204, 202])
  expect(names.map((name) => platforms.simulators[name].state().accepted.length)).toEqual([0, 0, 0])

  const second = await spawnCollector(tree)
  try {
    await waitFor('both events everywhere', () =>
      names.every((name) => platforms.simulators[name].state().accepted.length >= 2),
    )
    // A third event behind them shows that nothing of the first two was still to come.
    await postBackend(second.url, aPurchase('kill-3'))
    await waitFor('the third event', () =>
      names.every((name) => platforms.simulators[name].state().accepted.length >= 3),
    )
    for (const name of names) {
      const counted = platforms.simulators[name].state().counted
      expect(counted).toHaveLength(3)
      expect(platforms.simulators[name].state().accepted).toHaveLength(3)
    }
  } finally {
    await second.kill()
  }
})

test('a second process on the same file is refused in one sentence', async () => {
  const tree = settingsTree(platforms.url, { store: `sqlite:${folder.path}/locked.db` })
  const first = await spawnCollector(tree)
  try {
    await expect(run(checkTree(tree), { logLevel: 'silent' })).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  } finally {
    await first.kill()
  }
})

test('a stop signal: what was taken is on disk, the process ends well', async () => {
  const tree = settingsTree(undefined, { store: `sqlite:${folder.path}/stop.db`, hold: { default: '10m' } })
  const child = await spawnCollector(tree)
  const ended = new Promise((resolve) => child.process.once('exit', resolve))
  expect((await postBackend(child.url, aPurchase('stop-1'))).status).toBe(202)
  child.process.kill('SIGTERM')
  expect(await ended).toBe(0)
  const again = await run(checkTree(tree), { logLevel: 'silent' })
  expect(await again.collector.store.recent({ limit: 5, eventId: 'stop-1' })).toHaveLength(1)
  await again.stop()
})
