import { execFile, execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { longest } from './longest-first.ts'

const root = path.resolve(import.meta.dirname, '..')
const json = (file: string) =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, Record<string, string>>
const capMs = 1_200_000 // for compilers on a busy machine

/** Runs npm here, and goes on hearing the test runner meanwhile; what it ended with and all it said. */
const npm = (...args: string[]) =>
  new Promise<{ status: unknown; said: string }>((resolve) =>
    execFile('npm', args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, said: stdout + stderr }),
    ),
  )

test('tests run on the Node.js that the project brings', () =>
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24))

describe('what a change may not break', () => {
  test.each([['types'], ['lint'], ['size']])('npm run %s', { timeout: capMs }, async (script) => {
    const { status, said } = await npm('run', script)
    expect(status, said).toBe(0)
  })
})

test('the files that begin first are there, each once', () => {
  expect(longest.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
  expect(new Set(longest).size).toBe(longest.length)
})

describe('packages', () => {
  const lock = json('package-lock.json') as unknown as {
    packages: Record<string, { resolved?: string; link?: boolean; license?: string; dev?: boolean }>
  }
  test('the lockfile records no download addresses', () =>
    expect(Object.values(lock.packages).filter(({ resolved, link }) => resolved && !link)).toEqual([]))
  test('TypeScript stays on 6.0, whose compiler the build can load', () =>
    expect(json('package.json').devDependencies?.typescript).toMatch(/^6\.0\./))
  test('client/ and shared/ import no package', () => {
    const files = ['client', 'shared'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => path.join(root, folder, file)),
    )
    expect(files.length).toBeGreaterThan(20)
    for (const file of files)
      for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g))
        expect(name, file).toMatch(/^\.{1,2}\//)
  })
  test('what users install is free of copyleft', () => {
    const shipped = Object.entries(lock.packages).filter(
      ([name, { dev, link }]) =>
        name.startsWith('node_modules/') && !dev && !link && !/node-(linux|darwin|win)/.test(name),
    )
    expect(shipped.length).toBeGreaterThan(10)
    for (const [name, { license }] of shipped)
      expect(license, name).toMatch(/^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|0BSD|Unlicense)/)
  })
})

describe('the published package', () => {
  let folder = ''
  let archive = ''
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-package-'))
    const { status, said } = await npm('pack', '--silent', '--pack-destination', folder)
    if (status !== 0) throw new Error(said)
    archive = path.join(folder, readdirSync(folder)[0] ?? '')
    execFileSync('tar', ['-xzf', archive, '-C', folder])
    // Installed beside it: what is installed here.
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'package/node_modules'))
  }, capMs)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('runs: its command answers, with the packages it names', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['dist/server/start.mjs', 'preview', '--destination', 'reddit'],
      {
        cwd: path.join(folder, 'package'),
        input: '{"event":"purchase","event_id":"x","user":{"email":"a@b.example"}}\n',
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
      },
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('"tracking_type":"PURCHASE"')
  })

  test('holds what it needs at run time, and no sources or tests', () => {
    const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
      .split('\n')
      .map((file) => file.replace('package/', ''))
    for (const needed of [
      'dist/p.js',
      'dist/client/index.mjs',
      'dist/client/module.d.ts',
      'dist/server/index.d.ts',
      'dist/dashboard/live.html',
      'dist/server/simulator/pixels/fbevents.js',
      'LICENSE',
      'README.md',
    ])
      expect(files).toContain(needed)
    expect(files.filter((file) => /^(test|bench)\/|(?<!\.d)\.ts$/.test(file))).toEqual([])
  })

  test('has the types that pages which bundle it are promised', () => {
    const types = readFileSync(path.join(root, 'test/client/types.ts'), 'utf8')
    mkdirSync(path.join(folder, 'page/node_modules'), { recursive: true })
    symlinkSync(path.join(folder, 'package'), path.join(folder, 'page/node_modules/pairpixel'))
    writeFileSync(path.join(folder, 'page/package.json'), '{"type":"module"}')
    writeFileSync(path.join(folder, 'page/types.ts'), types.replace('../../client/module.ts', 'pairpixel/client'))
    const options = ['--noEmit', '--strict', '--target', 'es2020', '--lib', 'es2020,dom', '--module', 'nodenext']
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, 'types.ts'], {
      cwd: path.join(folder, 'page'),
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([0, ''])
  })

  test.each([
    [
      'pairpixel',
      'dist/server/index.js',
      [
        'PairpixelError',
        'createCollector',
        'defineConfig',
        'errorCodes',
        'loadSettings',
        'orderEventId',
        'readSettings',
      ],
    ],
    ['pairpixel/client', 'dist/client/index.mjs', ['createPixel']],
  ])('%s exports what it is known for, and nothing else', async (_, file, names) => {
    const module = (await import(path.join(folder, 'package', file))) as object
    expect(Object.keys(module).sort()).toEqual(names)
  })
})
