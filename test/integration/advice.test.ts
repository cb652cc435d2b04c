import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { Overview } from '../../server/dashboard/shapes.ts'
import { logInAt } from './admin.ts'
import { settingsTree, temporaryFolder, waitFor } from './harness.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** One destination that cannot work, one whose version is gone, one whose version has no last day. */
function troubled(): Record<string, unknown> {
  const tree = settingsTree('http://127.0.0.1:1')
  const { meta, reddit, snapchat } = tree.destinations as Record<string, object>
  const cut = { access_token: demoAccounts.snapchat.token.slice(0, 20) }
  return {
    ...tree,
    destinations: {
      meta: { ...meta, api_version: 'v20.0' },
      reddit: { ...reddit, api_version: 'v2.0' },
      snapchat: { ...snapchat, ...cut },
    },
  }
}

test('health counts what there is to see to and stays ready; the dashboard has the words', async () => {
  const running = await run(checkTree(troubled()), { logLevel: 'silent' })
  try {
    const ready = await fetch(`${running.url}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true, notices: { urgent: 2, warning: 1 } }])
    const overview = (await (await (await logInAt(running.adminUrl)).get('overview')).json()) as Overview
    expect(overview.instances.map(({ name, notices }) => [name, notices.map(({ level }) => level)])).toEqual([
      ['meta', ['urgent']],
      ['reddit', ['warning']],
      ['snapchat', ['urgent']],
    ])
  } finally {
    await running.stop()
  }
})

test('a start says in words what cannot work, and logs a line for each', async () => {
  const folder = temporaryFolder()
  const file = path.join(folder.path, 'settings.json')
  writeFileSync(file, JSON.stringify(troubled()))
  const child = spawn(process.execPath, [path.join(root, 'server/start.mjs'), 'start', '--config', file], {
    cwd: folder.path,
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => child.once('close', resolve))
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line))
  const said = () => lines.filter((line) => line.startsWith('Destination '))
  const warnings = () =>
    lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ level }) => level === 40)
  try {
    await waitFor('a sentence and three warnings', () => said().length >= 1 && warnings().length >= 3)
  } finally {
    child.kill('SIGTERM')
    await gone
    folder.remove()
  }
  expect(said()).toEqual([expect.stringMatching(/^Destination snapchat cannot work: .+\. .+\.$/)])
  expect(warnings().map(({ instance, code }) => [instance, code])).toEqual([
    ['meta', 'version_ended'],
    ['reddit', 'version_deprecated'],
    ['snapchat', 'settings_wrong'],
  ])
})
