import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Report } from '../../server/doctor/examine.ts'
import { checkTitles } from '../../server/doctor/check.ts'
import { run } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { ask, serve } from '../dashboard/server.ts'
import { settingsTree, temporaryFolder } from '../integration/harness.ts'

const command = path.resolve(import.meta.dirname, '../../server/start.mjs')

/** The command in a folder without settings. */
function pairpixel(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = temporaryFolder()
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [command, ...args],
      { cwd: folder.path, env: { PATH: process.env.PATH ?? '' } },
      (error, stdout, stderr) => {
        folder.remove()
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
      },
    ),
  )
}

describe('pairpixel doctor', () => {
  test('exits 2 where there is no page, with JSON for scripts', async () => {
    const { code, stdout } = await pairpixel('doctor', 'http://127.0.0.1:9/', '--json')
    const report = JSON.parse(stdout) as Report
    expect([code, report.v, report.exit, report.url]).toEqual([2, 1, 2, 'http://127.0.0.1:9/'])
    expect(report.checks).toEqual([
      {
        id: 'page',
        status: 'fail',
        cause: 'Nothing takes connections at 127.0.0.1:9.',
        fix: 'Look at the address, and whether this machine may reach it.',
      },
    ])
  })

  test('exits 1 where something fails, and says what to do', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<title>\u001b[31mred</title>')
    })
    const { code, stdout } = await pairpixel('doctor', url)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}The script: http:\/\/127\.0\.0\.1:\d+\/_p\/p\.js answers text\/html/m)
    expect(stdout.match(/^ {6}To do: .+$/gm)?.length).toBe(stdout.match(/^(FAIL|warn) /gm)?.length)
    for (const title of Object.values(checkTitles)) expect(stdout).toContain(`${title}: `)
    expect(stdout).not.toContain('\u001b')
  })

  test.each([
    ['without an address', ['doctor']],
    ['with another scheme', ['doctor', 'ftp://www.shop.example']],
    ['with two', ['doctor', 'a.example', 'b.example']],
  ])('%s is a wrong call', async (_, args) => {
    expect((await pairpixel(...args)).code).toBe(64)
  })
})

describe('/healthz?seen', () => {
  const seen = async (trust: readonly string[], headers: Record<string, string>, at = '/healthz?seen') => {
    const tree = settingsTree(undefined, { trust_proxy: trust, paths: { script: '/_p/p.js', events: '/_p/e' } })
    const running = await run(checkTree(tree), { logLevel: 'silent' })
    try {
      return JSON.parse((await ask(running.url + at, { headers })).body) as unknown
    } finally {
      await running.stop()
    }
  }
  test('tells who asks how it is seen, and never an address', async () => {
    expect(await seen(['127.0.0.1'], { 'X-Forwarded-For': '2001:db8::7' })).toEqual({
      alive: true,
      seen: { version: 6, address: 'public', by: 'forwarded', forwarded: true },
    })
    expect(await seen([], { 'X-Forwarded-For': '203.0.113.7' }, '/_p/healthz?seen')).toEqual({
      alive: true,
      seen: { version: 4, address: 'private', by: 'peer', forwarded: true },
    })
  })

  test('without the question is what it was', async () =>
    expect(await seen([], {}, '/healthz')).toEqual({ alive: true }))
})
