import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { demoAccounts } from '../../server/demo/simulators.ts'
import {
  aPurchase,
  postPage,
  settingsTree,
  startPlatforms,
  stopServer,
  temporaryFolder,
  waitFor,
} from '../integration/harness.ts'
import { openWebhook } from './stage.ts'

test('a token that is revoked is told with its fix, over a restart once; and that it is well again', async () => {
  const [platforms, hook, folder] = [await startPlatforms(), await openWebhook(), temporaryFolder()]
  onTestFinished(async () => {
    await stopServer(platforms.server)
    folder.remove()
  })
  const settings = checkTree(
    settingsTree(platforms.url, {
      store: `sqlite:${path.join(folder.path, 'alerts.db')}`,
      disk_reserve: 0,
      alerts: { webhook: hook.url },
    }),
  )
  let running = await run(settings, { logLevel: 'silent' })
  try {
    const { meta } = platforms.simulators
    meta.setMode({ mode: 'token_revoked' })
    await postPage(running.url, { v: 1, events: [aPurchase('a-1')] })
    const laneOf = () => running.collector.worker.lanes.find(({ instance }) => instance.name === 'meta')!
    await waitFor('a halted lane', () => laneOf().state.state === 'halted')
    const look = async () => {
      await running.collector.alerts.look()
      await running.collector.alerts.drain()
    }
    await look()
    await look()
    expect(hook.texts()).toHaveLength(1)
    expect(hook.got[0]!.body.pairpixel).toMatchObject({ rule: 'token_refused', subject: 'meta', platform: 'meta' })
    expect(hook.texts()[0]).toMatch(/To do: .+\./)
    expect(JSON.stringify(hook.got)).not.toContain(demoAccounts.meta.token)
    const state = await running.collector.alerts.state()
    expect(state).toMatchObject({ webhooks: [new URL(hook.url).host], owed: 0 })

    await running.stop()
    running = await run(settings, { logLevel: 'silent' })
    meta.setMode({ mode: 'token_revoked' })
    await waitFor('a halted lane after the restart', () => laneOf().state.state === 'halted')
    await look()
    expect(hook.texts()).toHaveLength(1)

    meta.setMode({ mode: 'ok' })
    await running.collector.reload(settings) // new settings let the lane try at once
    await waitFor('word that it is over', async () => {
      await look() // a lane is well a moment before its delivery is settled
      return hook.got.length > 1
    })
    expect(hook.texts().slice(1)).toEqual(['Pairpixel: Account refused: over for meta.'])
  } finally {
    await running.stop()
  }
})
