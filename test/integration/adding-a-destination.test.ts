import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocks, jsonBlocks, readFile, root } from '../docs/pages.ts'
import { adminToken, logInAt } from './admin.ts'
import { startExamplePlatform, type ExamplePlatform } from './example-platform.ts'
import { postBackend, temporaryFolder, waitFor } from './harness.ts'

// What docs/adding-a-destination.md says is done to a copy of the server, and the result is used.
const page = readFile('docs/adding-a-destination.md')
const code = blocks(page).flatMap(({ label, text }) => {
  const [, file] = /^ts (\S+)$/.exec(label) ?? []
  return file === undefined ? [] : [{ file, text }]
})
const list = 'server/destinations/list.ts'
const listed = (code.find(({ file }) => file === list)?.text ?? '').split('\n').filter(Boolean)
const added = code.filter(({ file }) => file !== list)

const capMs = 600_000 // for compilers on a busy machine
const copy = temporaryFolder()
let platform: ExamplePlatform
const token = `ex_${'0'.repeat(24)}`

beforeAll(async () => {
  const taken = ['server', 'shared', '.ci/rooms.mjs', 'test/destinations/vectors.ts', 'package.json', 'tsconfig.json']
  for (const name of [...taken, 'eslint.config.mjs', '.prettierrc.json'])
    cpSync(path.join(root, name), path.join(copy.path, name), { recursive: true })
  symlinkSync(path.join(root, 'dist'), path.join(copy.path, 'dist'))
  // A folder of its own, so that what tools keep beside packages stays in the copy.
  mkdirSync(path.join(copy.path, 'node_modules'))
  for (const name of readdirSync(path.join(root, 'node_modules')).filter((entry) => !entry.startsWith('.')))
    symlinkSync(path.join(root, 'node_modules', name), path.join(copy.path, 'node_modules', name))
  for (const { file, text } of added) {
    mkdirSync(path.dirname(path.join(copy.path, file)), { recursive: true })
    writeFileSync(path.join(copy.path, file), text)
  }
  const lines = readFile(list).split('\n')
  for (const line of listed) lines.splice(lines.indexOf(neighbour(line)) + 1, 0, line)
  writeFileSync(path.join(copy.path, list), lines.join('\n'))
  platform = await startExamplePlatform(token)
})
afterAll(async () => {
  await platform.close()
  copy.remove()
})

/** The line of the same kind for a platform that is there. */
const neighbour = (line: string): string => line.replaceAll('example', 'snapchat')

const environment = { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'silent' }

/** Runs a script of Node.js in the copy. */
function node(args: readonly string[], input = ''): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: copy.path, env: environment })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => void (said[name] += text))
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...said }))
  })
}

test('the page is one folder, its tests, and the lines that every platform has in the list', () => {
  expect(added.map(({ file }) => file)).toEqual([
    ...['rules', 'map', 'respond', 'settings', 'index'].map((name) => `server/destinations/example/${name}.ts`),
    'test/destinations/example/example.test.ts',
  ])
  const ofSnapchat = readFile(list)
    .split('\n')
    .filter((line) => line.includes('snapchat'))
  expect(listed.map(neighbour)).toEqual(ofSnapchat)
})

const places = [list, 'server/destinations/example', 'test/destinations/example']
test.each([
  ['compiles, with all of the server', ['typescript/bin/tsc', '-p', '.']],
  ['is formatted', ['prettier/bin/prettier.cjs', '--check', ...places]],
  ['passes the tests of the page', ['vitest/vitest.mjs', 'run', '--root', '.', 'test/destinations/example']],
])('it %s', { timeout: capMs }, async (_, [script = '', ...args]) => {
  const { status, stdout, stderr } = await node([path.join('node_modules', script), ...args])
  expect(status, stdout + stderr).toBe(0)
})

/** Breaks three walls; it stands beside the page's files only while the linter looks at all of them. */
const wrong = [
  `export { map } from '../meta/map.ts'`,
  `export { openStore } from '../../store/index.ts'`,
  'export const now = () => Date.now()',
]
let linted: Promise<readonly string[]> | undefined
/** What the linter finds, once for both tests: `file:line message`. */
const findings = (): Promise<readonly string[]> =>
  (linted ??= (async () => {
    const file = path.join(copy.path, 'server/destinations/example/wrong.ts')
    writeFileSync(file, `${wrong.join('\n')}\n`)
    const { stdout, stderr } = await node(['node_modules/eslint/bin/eslint.js', '--format', 'json', ...places])
    rmSync(file)
    expect(stderr).toBe('')
    const files = JSON.parse(stdout) as { filePath: string; messages: { line: number; message: string }[] }[]
    expect(files.map(({ filePath }) => path.relative(copy.path, filePath))).toEqual(
      expect.arrayContaining(added.map((one) => one.file)),
    )
    return files.flatMap(({ filePath, messages }) =>
      messages.map(({ line, message }) => `${path.basename(filePath)}:${line} ${message}`),
    )
  })())

test('it keeps to the walls and rules', { timeout: capMs }, async () =>
  expect((await findings()).filter((line) => !line.startsWith('wrong.ts:'))).toEqual([]),
)

test('the linter keeps neighbours, the store and the clock out of the folder', { timeout: capMs }, async () =>
  expect((await findings()).filter((line) => line.startsWith('wrong.ts:'))).toEqual([
    expect.stringMatching(/:1 .*may not import server\/destinations\/meta/),
    expect.stringMatching(/:2 .*may not import server\/store/),
    expect.stringMatching(/:3 .*Date\.now has no place/),
  ]),
)

test('preview shows what the page shows', { timeout: capMs }, async () => {
  const [event] = jsonBlocks(page, 'json event')
  const [command = ''] = blocks(page).flatMap(({ label, text }) => (label === 'sh' ? [text] : []))
  const [, args = ''] = /^npm run --silent pairpixel -- (.+)$/m.exec(command) ?? []
  const { status, stdout, stderr } = await node(['server/start.mjs', ...args.split(' ')], `${JSON.stringify(event)}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual(jsonBlocks(page, 'json preview')[0])
})

interface Delivery {
  readonly state: string
  readonly reason?: string
  readonly why?: string
  readonly attempts: number
  readonly trace?: string
  readonly pair: { readonly state: string }
}

/** The collector of the copy, started as a site starts it, with the settings of the page. */
async function startCollector() {
  const [given] = jsonBlocks(page, 'json settings') as [{ destinations: Record<string, object>; server_keys: string[] }]
  const settings = {
    ...given,
    listen: '127.0.0.1:0',
    admin: { listen: '127.0.0.1:0', token: adminToken },
    store: `sqlite:${path.join(copy.path, 'example.db')}`,
    hold: { default: 0 },
    destinations: { example: { ...given.destinations.example, access_token: token, endpoint: platform.url } },
  }
  writeFileSync(path.join(copy.path, 'example.json'), JSON.stringify(settings))
  const child = spawn(process.execPath, ['server/start.mjs', 'start', '--config', 'example.json'], {
    cwd: copy.path,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const [url, adminUrl] = await addressesOf(child)
  const admin = await logInAt(adminUrl)
  const deliveries = async (id: string): Promise<readonly Delivery[]> => {
    const rows = (await (await admin.get(`events?event_id=${id}`)).json()) as { deliveries: Delivery[] }[]
    return rows.flatMap((row) => row.deliveries)
  }
  return {
    post: async (...events: unknown[]): Promise<unknown> =>
      (await postBackend(url, { events }, given.server_keys[0])).json(),
    deliveries,
    settled: (id: string) =>
      waitFor(`${id} to settle`, async () => (await deliveries(id)).find(({ state }) => state !== 'pending')),
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

const addressesOf = (child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<[string, string]> =>
  new Promise((resolve, reject) => {
    let url = ''
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, what, address = ''] = /^(Collector|Dashboard) +(http\S+)$/.exec(line) ?? []
      if (what === 'Collector') url = address
      if (what === 'Dashboard') resolve([url, address])
    })
    child.once('exit', (status) => reject(new Error(`the collector ended with ${status ?? 'a signal'}`)))
    child.once('error', reject)
  })

const sentence = 'it delivers: told to wait, one refused, the others taken; a revoked token loses nothing'
test(sentence, { timeout: capMs }, async () => {
  const collector = await startCollector()
  try {
    platform.rateLimitMs = 2000
    const email = 'jane@shop.example'
    const anOrder = (id: string, currency: string) => ({
      event: 'purchase',
      event_id: id,
      value: 20,
      currency,
      user: { email },
    })
    const person = { ip: '203.0.113.7', user_agent: 'Mozilla/5.0' }
    const shared = { event: 'Wishlist shared', event_id: 'c', context: person, items: [{ name: 'Cap' }] }
    expect(await collector.post(anOrder('a', 'USD'), anOrder('b', 'XTS'), shared)).toMatchObject({
      results: [{ result: 'stored' }, { result: 'stored' }, { result: 'stored' }],
    })
    const [a, b, c] = [await collector.settled('a'), await collector.settled('b'), await collector.settled('c')]
    expect(a).toMatchObject({ state: 'delivered', trace: 't-2', pair: { state: 'capi-only' } })
    expect(b).toMatchObject({ state: 'dead', reason: 'rejected_by_platform' })
    expect(b.why).toBe('The currency "XTS" is unknown. Look at the event on the dashboard and mend what Example names.')
    expect(c).toMatchObject({ state: 'delivered', trace: 't-2' })
    // Refused with a neighbour costs no attempt.
    expect([a.attempts, b.attempts, c.attempts]).toEqual([2, 2, 2])
    expect(platform.statuses).toEqual([429, 400, 200])
    expect(platform.taken.map(({ name, id }) => [name, id])).toEqual([
      ['order', 'a'],
      ['Wishlist shared', 'c'],
    ])
    expect(JSON.stringify([a, b, c])).not.toMatch(/[0-9a-f]{64}|ex_0/)
    expect(await collector.post(anOrder('a', 'USD'))).toMatchObject({ results: [{ result: 'duplicate' }] })

    platform.token = 'another'
    await collector.post(anOrder('d', 'EUR'))
    const [halted] = await waitFor('the lane to halt', async () => {
      const found = await collector.deliveries('d')
      return found[0]?.why === undefined ? undefined : found
    })
    expect(halted).toMatchObject({ state: 'pending', attempts: 0 })
    expect(halted?.why).toMatch(/Make a new token/)
    expect(JSON.stringify(halted)).not.toContain(token)
    expect(platform.statuses.slice(3)).toEqual([401])
  } finally {
    await collector.stop()
  }
})
