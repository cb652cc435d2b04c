import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { settingsTree, startPlatforms, stopServer, temporaryFolder, type Platforms } from './harness.ts'

const root = path.resolve(import.meta.dirname, '../..')
const names = ['meta', 'reddit', 'snapchat'] as const
const tokens = names.map((name) => demoAccounts[name].token)
let platforms: Platforms
let folder: ReturnType<typeof temporaryFolder>
beforeAll(async () => {
  platforms = await startPlatforms()
  folder = temporaryFolder()
})
beforeEach(() => names.forEach((name) => platforms.simulators[name].reset()))
afterAll(async () => {
  await stopServer(platforms.server)
  folder.remove()
})

interface Said {
  readonly code: unknown
  readonly out: string
  readonly err: string
}

/** Runs the command as a person does, in an empty folder; whatever it says, it never says a token. */
async function check(args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const said = await new Promise<Said>((resolve) =>
    execFile(
      process.execPath,
      [path.join(root, 'server/start.mjs'), 'check', ...args],
      { cwd: folder.path, env: { PATH: process.env.PATH ?? '', ...env } },
      (error, out, err) => resolve({ code: error ? error.code : 0, out, err }),
    ),
  )
  for (const token of tokens) expect(said.out + said.err).not.toContain(token)
  return said
}

type Change = Partial<Record<string, Record<string, unknown>>>

/** A file with the three destinations, changed where it matters. */
function file(change: Change = {}, more: Record<string, unknown> = {}): string {
  const tree = settingsTree(platforms.url, more)
  const usual = tree.destinations as Record<string, object>
  const all = [...new Set([...Object.keys(usual), ...Object.keys(change)])]
  const destinations = Object.fromEntries(all.map((name) => [name, { ...usual[name], ...change[name] }]))
  const at = path.join(folder.path, `settings-${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(at, JSON.stringify({ ...tree, destinations }))
  return at
}

const setMode = (name: string, mode: string) =>
  fetch(`${platforms.url}/simulator/${name}/mode`, { method: 'POST', body: JSON.stringify({ mode }) })

interface Report {
  readonly ok: boolean
  readonly destinations: readonly {
    readonly destination: string
    readonly verdict: string
    readonly findings: readonly { readonly level: string; readonly field: string }[]
    readonly notices: readonly { readonly code: string; readonly days_left?: number }[]
    readonly answer?: { readonly kind: string; readonly why?: string; readonly fix?: string }
  }[]
}

const report = async (...args: readonly string[]): Promise<Report & { readonly code: unknown }> => {
  const { code, out } = await check([...args, '--json'])
  return { code, ...(JSON.parse(out) as Report) }
}

/** Reddit can be asked only in a test. */
const inTest = { reddit: { test_id: 't2_event_testing', test_until: '2999-12-31' } }

test('good tokens: every platform says so, nothing is recorded as a conversion, exit 0', async () => {
  const { code, out, err } = await check(['--config', file(inTest)])
  expect([code, err]).toEqual([0, ''])
  expect(out.match(/^(Meta|Reddit|Snapchat): healthy$/gm)).toHaveLength(3)
  expect(out).toContain('\n3 destinations: 3 healthy.\n')
  for (const name of names) expect(platforms.simulators[name].state().counted).toEqual([])
})

test('where nothing can be asked without counting, nothing is', async () => {
  const { code, destinations } = await report('--config', file())
  expect([code, destinations.map(({ verdict }) => verdict)]).toEqual([0, ['healthy', 'unasked', 'healthy']])
  expect(platforms.simulators.reddit.state().requests).toBe(0)
})

test.each([
  ['meta', {}],
  ['reddit', inTest],
  ['snapchat', {}],
])('%s: a revoked token is told with its fix and the guide, exit 1; the others are well', async (name, change) => {
  await setMode(name, 'token_revoked')
  const at = file(change)
  const { code, out } = await check(['--config', at, '--destination', name])
  expect(code).toBe(1)
  expect(out).toMatch(/^\w+: not healthy\n {2}\w+ says: .+\n {4}To do: .+\n/)
  expect(out).toContain(`From docs/tokens/${name}.md, “When it is not healthy”:`)
  expect(out).toContain('  Events Manager: https://')
  const { ok, destinations } = await report('--config', at)
  expect(ok).toBe(false)
  expect(destinations.filter(({ verdict }) => verdict === 'unhealthy').map(({ destination }) => destination)).toEqual([
    name,
  ])
})

test.each([
  ['meta', { pixel_id: '100000000000009' }],
  ['reddit', { pixel_id: 'a2_other', ...inTest.reddit }],
  ['snapchat', { pixel_id: '00000000-0000-4000-8000-000000000009' }],
])('%s: a token that is not for this pixel', async (name, change) => {
  const { code, destinations } = await report('--config', file({ [name]: change }), '--destination', name)
  expect(code).toBe(1)
  expect(destinations).toMatchObject([{ verdict: 'unhealthy', answer: { kind: 'halted' } }])
})

test('a token cut short is found without the platform’s help, and the part on pasting is shown', async () => {
  const cut = demoAccounts.snapchat.token.slice(0, 20)
  const { code, out } = await check([
    '--config',
    file({ snapchat: { access_token: cut } }),
    '--destination',
    'snapchat',
  ])
  expect(code).toBe(1)
  expect(out).toMatch(/^Snapchat: not healthy\n {2}Wrong: .+\n {4}To do: .+\n/)
  expect(out).toContain('From docs/tokens/snapchat.md, “Paste it whole”:')
  expect(out).not.toContain(cut)
})

test('a platform that is slow: it cannot be told, the others are, and it ends', async () => {
  await setMode('meta', 'slow')
  const { code, destinations } = await report('--config', file())
  expect(code).toBe(1)
  expect(destinations).toMatchObject([
    {
      destination: 'meta',
      verdict: 'unknown',
      answer: { kind: 'none', why: expect.stringContaining('2.5 seconds') as string },
    },
    { destination: 'reddit', verdict: 'unasked' },
    { destination: 'snapchat', verdict: 'healthy' },
  ])
})

test('a platform that is busy, and an address where nobody listens', async () => {
  await setMode('meta', 'rate_limited')
  const change = { snapchat: { endpoint: 'http://127.0.0.1:1' } }
  const { code, out } = await check(['--config', file(change)])
  expect(code).toBe(1)
  expect(out).toContain('Meta: cannot tell: no clear answer\n')
  expect(out).toContain('Snapchat: cannot tell: no answer\n  No answer: Nothing takes connections at 127.0.0.1:1.\n')
})

test('notices are told and fail nothing; a test that is over is named and not applied', async () => {
  const change = { meta: { test_event_code: 'TEST1234', test_until: '2026-01-01' }, reddit: { api_version: 'v2.0' } }
  const { code, destinations } = await report('--config', file(change))
  expect(code).toBe(0)
  expect(destinations.map(({ notices }) => notices.map(({ code: said, days_left: left }) => [said, left]))).toEqual([
    [['test_over', 0]],
    [['version_deprecated', undefined]],
    [],
  ])
})

test('a destination that is switched off, and one with a name of its own among several sites', async () => {
  const { pixelId: pixel_id, token: access_token } = demoAccounts.meta
  const meta = { platform: 'meta', pixel_id, access_token, endpoint: platforms.url }
  const at = path.join(folder.path, 'sites.json')
  const sites = {
    shop: { destinations: { 'meta-eu': meta } },
    blog: { destinations: { meta: { ...meta, enabled: false } } },
  }
  writeFileSync(at, JSON.stringify({ sites }))
  const { out } = await check(['--config', at])
  expect(out).toContain('Meta (shop/meta-eu): healthy\n')
  expect(out).toContain('Meta (blog/meta): switched off\n')
  const { destinations } = await report('--config', at, '--destination', 'meta-eu')
  expect(destinations.map(({ destination }) => destination)).toEqual(['shop/meta-eu'])
})

test('a site without destinations is a dry run, and nothing is wrong', async () => {
  const at = path.join(folder.path, 'dry.json')
  writeFileSync(at, JSON.stringify({ url: 'https://shop.example' }))
  const { code, out } = await check(['--config', at])
  expect([code, out.match(/: dry run, nothing is sent$/gm)?.length]).toEqual([0, 3])
})

test('the report for programs has one shape', async () => {
  await setMode('meta', 'token_revoked')
  const change = { meta: { api_version: 'v2.0' }, reddit: { test_mode: true } }
  const { code, out } = await check(['--config', file(change), '--json'])
  expect(code).toBe(1)
  const text = expect.any(String) as string
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    destinations: [
      {
        destination: 'meta',
        platform: 'meta',
        verdict: 'unhealthy',
        answer: { kind: 'halted', why: text, fix: text },
        events_manager: text,
      },
      { destination: 'reddit', findings: [{ level: 'wrong', field: 'test_mode', message: text, fix: text }] },
      { destination: 'snapchat', platform: 'snapchat', verdict: 'healthy', findings: [], notices: [] },
    ],
  })
  expect(out.trim().split('\n')).toHaveLength(1)
})

test('wrong settings: every fault, what the guides say of pasting, exit 78', async () => {
  const broken = file({ meta: { access_token: 'two words' }, reddit: { pixel_id: 5 }, snapchat: { colour: 'red' } })
  const { code, err } = await check(['--config', broken])
  expect(code).toBe(78)
  for (const fault of [
    'destinations.meta.access_token',
    'destinations.reddit.pixel_id',
    'destinations.snapchat.colour',
  ])
    expect(err).toContain(`  - ${fault}`)
  for (const name of ['meta', 'reddit']) expect(err).toContain(`From docs/tokens/${name}.md, “Paste it whole”:`)
  expect(err).not.toContain('snapchat.md')
  const { out } = await check(['--config', broken, '--json'])
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'CONFIG_INVALID' } })
})

test.each([
  ['no settings at all', [], {}, 78, 'CONFIG_INVALID: There are no settings to check'],
  [
    'an unknown destination',
    ['--destination', 'tiktok'],
    { PAIRPIXEL_URL: 'https://shop.example' },
    64,
    'there is no destination tiktok',
  ],
  ['a variable that is none', [], { PAIRPIXEL_COLOUR: 'red' }, 78, 'PAIRPIXEL_COLOUR is no setting'],
])('%s is said in a sentence', async (_sentence, args, env, code, words) => {
  expect(await check(args, env)).toMatchObject({ code, out: '', err: expect.stringContaining(words) as string })
})
