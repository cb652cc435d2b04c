import { connect } from 'node:net'
import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { openStore } from '../../server/store/index.ts'
import { logInAt } from './admin.ts'
import { settingsTree, temporaryFolder } from './harness.ts'

const root = path.join(import.meta.dirname, '../..')
const own = { PATH: process.env.PATH ?? '' }
const free = { PAIRPIXEL_LISTEN: '127.0.0.1:0', PAIRPIXEL_ADMIN_LISTEN: '127.0.0.1:0' }
let folder: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => folder.remove())

/** One command to its end: exit code and what it said. */
const command = (args: readonly string[], env: Record<string, string>, from = root) =>
  new Promise<{ code: unknown; said: string }>((resolve) =>
    execFile(
      process.execPath,
      [path.join(from, 'server/start.mjs'), ...args],
      { env: { ...own, ...env }, cwd: folder.path, timeout: 30_000 },
      (error, _out, said) => resolve({ code: error ? error.code : 0, said }),
    ),
  )

/** A command that stays; its first line says where it listens. */
async function stays(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(root, 'server/start.mjs'), ...args], {
    env: { ...own, ...env },
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (lines.length === 2) resolve()
    })
    child.once('exit', () => resolve())
  })
  const urls = lines.map((line) => /http:\S+/.exec(line)?.[0] ?? '')
  return { urls, stop: () => (child.kill('SIGTERM'), gone) }
}

describe('what is wrong at the start is said in one sentence, and the process ends', () => {
  test('a store that is in use', async () => {
    const env = { ...free, PAIRPIXEL_STORE: `sqlite:${folder.path}/used.db` }
    const first = await stays(['start'], env)
    const { code, said } = await command(['start'], env)
    expect([code, said]).toEqual([78, expect.stringMatching(/^STORE_LOCKED: Another process works on the store .*\n$/)])
    expect(await first.stop()).toBe(0)
  })
  test('an address that is taken, of the collector and of the simulators', async () => {
    const first = await stays(['simulate', '--listen', '127.0.0.1:0'])
    const taken = new URL(first.urls[0]!).host
    const sentence = `CONFIG_INVALID: ${taken} is taken by another program; choose another address.\n`
    expect(await command(['simulate', '--listen', taken], {})).toEqual({ code: 78, said: sentence })
    expect(await command(['start'], { ...free, PAIRPIXEL_LISTEN: taken, PAIRPIXEL_STORE: 'memory:' })).toEqual({
      code: 78,
      said: sentence,
    })
    expect(await first.stop()).toBe(0)
  })
  test.each(['collect', 'deliver'])('the role %s on a store of one process', async (role) => {
    const env = { ...free, PAIRPIXEL_STORE: `sqlite:${folder.path}/role.db` }
    const { code, said } = await command(['start', '--role', role], env)
    expect([code, said]).toEqual([78, expect.stringMatching(/^CONFIG_INVALID: --role \w+ needs a store .*redis.*\n$/)])
    expect(existsSync(`${folder.path}/role.db`)).toBe(false)
  })
  test('a role that is none', async () => {
    expect(await command(['start', '--role', 'both'], free)).toMatchObject({
      code: 64,
      said: expect.stringContaining('all, collect, deliver') as string,
    })
  })
  test('a host name nobody knows', async () => {
    const env = { ...free, PAIRPIXEL_LISTEN: 'no-such-host.invalid:80', PAIRPIXEL_STORE: 'memory:' }
    expect(await command(['start'], env)).toMatchObject({
      code: 78,
      said: expect.stringContaining('host name') as string,
    })
  })
  test('a pixel that was never built', async () => {
    const copy = path.join(folder.path, 'unbuilt')
    mkdirSync(copy)
    for (const part of ['server', 'shared', 'package.json'])
      cpSync(path.join(root, part), path.join(copy, part), { recursive: true })
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
    const env = { ...free, PAIRPIXEL_STORE: `sqlite:${folder.path}/unbuilt.db` }
    expect(await command(['start'], env, copy)).toEqual({
      code: 70,
      said: 'INTERNAL: The pixel is not built: run `npm run build` first.\n',
    })
  })
})

test('a store that cannot be written at the start: nothing listens on, the store is closed', async () => {
  const store = await openStore('memory:')
  let closed = 0
  const broken = {
    ...store,
    removeInstances: () => Promise.reject(new Error('The disk is full.')),
    close: () => (closed++, store.close()),
  }
  await expect(run(checkTree(settingsTree(undefined)), { logLevel: 'silent', store: broken })).rejects.toThrow(
    'disk is full',
  )
  expect(closed).toBe(1)
})

test('a stop signal ends it with a page on the live stream, a kept connection and half a post open', async () => {
  const running = await stays(['start'], { ...free, PAIRPIXEL_STORE: `sqlite:${folder.path}/stop.db` })
  const url = running.urls[0]!
  // The first start tells its admin token in the link.
  const link = new URL(running.urls[1]!)
  const stream = await (await logInAt(link.origin, link.hash.replace('#token=', ''))).get('stream')
  const reader = stream.body!.getReader()
  await reader.read()
  await (await fetch(`${url}/healthz`)).text()
  const half = connect(Number(new URL(url).port), '127.0.0.1')
  const heard: Buffer[] = []
  const cutOff = new Promise((resolve) =>
    half
      .on('data', (part) => heard.push(part))
      .on('error', resolve)
      .on('close', resolve),
  )
  await new Promise((resolve) =>
    half.write('POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"event', resolve),
  )
  // Answers to requests sent later show that the half post has arrived.
  for (const _ of [1, 2, 3]) await (await fetch(`${url}/healthz`)).text()
  expect(await running.stop()).toBe(0)
  await cutOff
  expect(Buffer.concat(heard).toString()).toBe('')
  await reader.cancel().catch(() => undefined)
})
