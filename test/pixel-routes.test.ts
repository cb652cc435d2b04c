import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { siteSnippets } from '../server/cli/snippet.ts'
import { readBuiltPixel, type PixelCode } from '../server/pixel-file.ts'
import { hashedName, pixelPaths } from '../server/pixel-names.ts'
import { addPixelRoutes } from '../server/pixel-routes.ts'
import { checkTree } from '../server/settings/settings.ts'

let code: PixelCode
const servers: Server[] = []
beforeAll(() => {
  code = readBuiltPixel()
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const meta = { pixel_id: '1234567890', access_token: 'fake' }
const reddit = { pixel_id: 'a2_abc', access_token: 'fake' }
const one = () => checkTree({ destinations: { meta, reddit } })
const two = () =>
  checkTree({ sites: { shop: { destinations: { meta } }, blog: { consent: 'tcf', pixel: { pages: false } } } })

const ask = async (settings: ReturnType<typeof checkTree>, path: string): Promise<Response> =>
  fetch((await serve(() => settings)) + path)

/** Its address. */
async function serve(settings: () => ReturnType<typeof checkTree>): Promise<string> {
  const router = express.Router()
  addPixelRoutes(router, (_request, _response, next) => next(), settings, code)
  const app = createServer(express().set('query parser', 'simple').use(router))
  servers.push(app)
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}`
}
const manifest = async (settings: ReturnType<typeof checkTree>, query = '') =>
  (await (await ask(settings, `/p.json${query}`)).json()) as { file: string; integrity: string; features: string[] }

describe('how long a browser may keep', () => {
  test.each([
    ['the script', '/p.js', 200, 'public, max-age=3600, stale-while-revalidate=86400'],
    ['a hashed script of a name we do not know', '/p.0123456789abcdef.js', 200, 'public, max-age=300'],
    ['the overlay', '/debug.js', 200, 'no-cache'],
    ['what joins a second site on a page', '/second.js', 200, 'no-cache'],
  ])('%s', async (_, path, status, cache) => {
    const answer = await ask(one(), path)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, cache])
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('the hashed script that the manifest names: for ever, and its digest is right', async () => {
    const { file, integrity } = await manifest(one())
    const answer = await ask(one(), `/${file}`)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const body = Buffer.from(await answer.arrayBuffer())
    expect(`sha384-${createHash('sha384').update(body).digest('base64')}`).toBe(integrity)
  })
})

test('the hashed script holds no setting of the site, and today’s code stands in for an old one', async () => {
  const { file } = await manifest(one())
  const text = await (await ask(one(), `/${file}`)).text()
  expect(text).not.toContain(meta.pixel_id)
  expect(await (await ask(one(), '/p.0000.js')).text()).toBe(text)
  expect(await (await ask(one(), '/p.js')).text()).toContain(meta.pixel_id)
})

describe('several sites', () => {
  test('each has a file of its own where its features differ', async () => {
    const [shop, blog] = [await manifest(two(), '?site=shop'), await manifest(two(), '?site=blog')]
    expect(shop.file).not.toBe(blog.file)
    expect(shop.features).toContain('lifecycle')
    expect([blog.features.includes('lifecycle'), blog.features.includes('tcf')]).toEqual([false, true])
    expect((await ask(two(), `/${blog.file}`)).status).toBe(200)
  })
  test.each([
    ['a name we do not know, without the site', '/p.0000.js', 404],
    ['… with it', '/p.0000.js?site=blog', 200],
    ['what we say, without the site', '/p.json', 404],
    ['of a site there is not', '/p.json?site=none', 404],
    ['a list of sites', '/p.js?site=shop&site=blog', 404],
  ])('%s', async (_, path, status) => {
    expect((await ask(two(), path)).status).toBe(status)
  })
})

test.each([
  ['/p.js', '/p.abc.js', '/p.json', '/debug.js'],
  ['/_p/app.v1.min.js', '/_p/app.v1.min.abc.js', '/_p/app.v1.min.json', '/_p/debug.js'],
  ['/x/script', '/x/script.abc', '/x/script.json', '/x/debug.js'],
])('what stands beside %s', (script, hashed, json, overlay) => {
  const paths = pixelPaths(script)
  expect(paths.hashed.exec(hashed)?.[1]).toBe('abc')
  expect(paths.hashed.test(script)).toBe(false)
  expect([paths.manifest, paths.overlay]).toEqual([json, overlay])
  expect(paths.hashed.test(`${script.replace(/[^/]*$/, '')}${hashedName(script, Buffer.from('x'))}`)).toBe(true)
})

describe('the lines to paste', () => {
  test('of the only site', () => {
    const [only, ...others] = siteSnippets(one(), '/_p')
    expect(others).toEqual([])
    expect(only?.html.split('\n')[1]).toBe('<script async src="/_p/p.js" data-pairpixel></script>')
  })
  test('pinned: digest, CORS, and the settings that are not in the code', () => {
    const [shop, blog] = siteSnippets(two(), 'https://c.shop.example/', code)
    expect(shop?.src).toMatch(/^https:\/\/c\.shop\.example\/p\.[0-9a-f]{16}\.js\?site=shop$/)
    expect(shop?.html).toMatch(
      / integrity="sha384-[\w+/]{64}" crossorigin="anonymous" data-key="shop" data-meta="1234567890" data-pairpixel>/,
    )
    expect(blog?.html).toContain('data-key="blog"')
    expect(blog?.html).toContain('data-consent-fallback="denied"')
  })
  test('pinned: cookies and parameters that the site names', () => {
    const pixel = { cookies: ['_ttp', 'li_fat_id'], redact: ['Customer', 'reset'] }
    const [shop] = siteSnippets(checkTree({ destinations: { meta }, pixel }), '/_p', code)
    expect(shop?.html).toContain(' data-cookies="_ttp,li_fat_id" data-redact="customer,reset" data-pairpixel>')
    const [plain] = siteSnippets(checkTree({ destinations: { meta }, pixel: { redact: true } }), '/_p', code)
    expect(plain?.html).not.toMatch(/data-(cookies|redact)/)
  })
})

test('settings that were read anew change what is served, and the name of the hashed file', async () => {
  let settings = checkTree({ destinations: { meta } })
  const url = await serve(() => settings)
  const look = async () => {
    const { file } = (await (await fetch(`${url}/p.json`)).json()) as { file: string }
    return [file, await (await fetch(`${url}/p.js`)).text()] as const
  }
  const before = await look()
  expect(await look()).toEqual(before)
  settings = checkTree({ destinations: { meta, reddit }, consent: 'tcf' })
  const [file, script] = await look()
  expect(file).not.toBe(before[0])
  expect(script).not.toBe(before[1])
  expect((await fetch(`${url}/${file}`)).headers.get('cache-control')).toContain('immutable')
  settings = two()
  expect((await fetch(`${url}/p.json`)).status).toBe(404)
  expect((await fetch(`${url}/p.json?site=blog`)).status).toBe(200)
})
