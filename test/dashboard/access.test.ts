import express from 'express'
import { get, type IncomingMessage } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { digestOf, type AccessOptions } from '../../server/dashboard/access/index.ts'
import { createDashboard } from '../../server/dashboard/index.ts'
import { anAccess, fakeAdminToken, logIn, ownPost, post } from './log-in.ts'
import { FakeStore, instances, noon } from './make-rows.ts'
import { ask, serve } from './server.ts'

const minute = 60_000

async function open(change: Partial<AccessOptions> = {}) {
  let at = noon
  const audits: Readonly<Record<string, unknown>>[] = []
  const access = anAccess({ now: () => at, ...change })
  const dashboard = createDashboard({
    store: new FakeStore(),
    instances,
    access,
    now: () => at,
    pollMs: 5,
    audit: (entry) => audits.push(entry),
  })
  const url = await serve(express().use(dashboard))
  return { url, access, audits, pass: (ms: number) => (at += ms) }
}

const reads = ['events', 'counts', 'stream', 'setup', 'platforms', 'nothing-of-the-kind']

test.each(reads)('%s asks for a login', async (path) => {
  const { url } = await open()
  const answer = await ask(`${url}/admin/api/${path}`)
  expect(answer).toMatchObject({ status: 401 })
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'NOT_LOGGED_IN' } })
})

test('without an access nobody comes in, whatever the token', async () => {
  const url = await serve(express().use(createDashboard({ store: new FakeStore(), instances, now: () => noon })))
  expect((await post(`${url}/admin/api/login`, { token: fakeAdminToken })).status).toBe(401)
  expect((await ask(`${url}/admin/api/events`)).status).toBe(401)
})

test('the token opens a session, `me` tells of it, logout ends it', async () => {
  const { url, audits } = await open()
  const me = async (headers = {}) => JSON.parse((await ask(`${url}/admin/api/me`, { headers })).body) as unknown
  expect(await me()).toEqual({ loggedIn: false, demo: false })
  const session = await logIn(url)
  expect(await me(session)).toEqual({ loggedIn: true, demo: false })
  expect((await ask(`${url}/admin/api/events`, { headers: session })).status).toBe(200)
  const out = await post(`${url}/admin/api/logout`, {}, session)
  expect(out.headers['set-cookie']?.[0]).toMatch(/^pairpixel_admin_\d+=; .*Max-Age=0/)
  expect((await ask(`${url}/admin/api/events`, { headers: session })).status).toBe(401)
  expect(audits).toMatchObject([{ audit: 'login', result: 'in' }, { audit: 'logout' }])
  expect(JSON.stringify(audits)).not.toContain(fakeAdminToken)
})

describe('the cookie', () => {
  test('on this machine it is bound to /admin and its port, and no script reads it', async () => {
    const { url } = await open()
    const answer = await post(`${url}/admin/api/login`, { token: fakeAdminToken })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        `^pairpixel_admin_${new URL(url).port}=[\\w-]{43}; Path=/admin; HttpOnly; SameSite=Strict; Max-Age=43200$`,
      ),
    ])
  })

  test('at the public https address it is a __Host- cookie, and good there alone', async () => {
    const { url } = await open({ publicUrl: 'https://admin.shop.example' })
    const there = { host: 'admin.shop.example', origin: 'https://admin.shop.example' }
    const answer = await post(`${url}/admin/api/login`, { token: fakeAdminToken }, there)
    const [line = ''] = answer.headers['set-cookie'] ?? []
    expect(line).toMatch(/^__Host-pairpixel=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    const cookie = line.split(';')[0]!
    const status = async (headers: Record<string, string>) => (await ask(`${url}/admin/api/events`, { headers })).status
    expect(await status({ cookie, host: 'admin.shop.example' })).toBe(200)
    expect(await status({ cookie })).toBe(401)
    expect(await status({ cookie, host: 'other.example' })).toBe(403)
  })

  test('of two with one name none counts', async () => {
    const { url } = await open()
    const { cookie } = await logIn(url)
    const twice = `${cookie}; ${cookie.split('=')[0]!}=${'A'.repeat(43)}`
    expect((await ask(`${url}/admin/api/events`, { headers: { cookie: twice } })).status).toBe(401)
  })
})

describe('a session ends', () => {
  const status = async (url: string, headers: Record<string, string>) =>
    (await ask(`${url}/admin/api/counts`, { headers })).status

  test('30 minutes after its last request', async () => {
    const { url, pass } = await open()
    const session = await logIn(url)
    pass(30 * minute - 1)
    expect(await status(url, session)).toBe(200)
    pass(30 * minute - 1)
    expect(await status(url, session)).toBe(200)
    pass(30 * minute)
    expect(await status(url, session)).toBe(401)
  })

  test('12 hours after the login, however busy', async () => {
    const { url, pass } = await open()
    const session = await logIn(url)
    for (let spent = 20; spent < 720; spent += 20) {
      pass(20 * minute)
      expect(await status(url, session)).toBe(200)
    }
    pass(20 * minute)
    expect(await status(url, session)).toBe(401)
  })

  test('when the token changes; the same token changes nothing', async () => {
    const { url, access } = await open()
    const session = await logIn(url)
    access.change(digestOf(fakeAdminToken))
    expect(await status(url, session)).toBe(200)
    const other = `${fakeAdminToken}-2`
    access.change(digestOf(other))
    expect(await status(url, session)).toBe(401)
    expect((await post(`${url}/admin/api/login`, { token: fakeAdminToken })).status).toBe(401)
    expect(await status(url, await logIn(url, other))).toBe(200)
  })

  test('and its stream with it, which is no request of a person', async () => {
    const { url, pass } = await open()
    const session = await logIn(url)
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get(`${url}/admin/api/stream`, { headers: session }, resolve),
    )
    onTestFinished(() => void answer.destroy())
    let hasEnded = false
    answer.resume().on('end', () => (hasEnded = true))
    pass(30 * minute)
    await vi.waitFor(() => expect(hasEnded).toBe(true), { timeout: 20_000 })
  })
})

describe('tries', () => {
  test('after five wrong tokens the right one waits too, 15 minutes from the first', async () => {
    const { url, pass } = await open()
    for (let n = 0; n < 5; n++) {
      expect((await post(`${url}/admin/api/login`, { token: `wrong ${n}` })).status).toBe(401)
      pass(minute)
    }
    const answer = await post(`${url}/admin/api/login`, { token: fakeAdminToken })
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '600' } })
    expect(answer.body).toContain('10 minutes')
    pass(10 * minute)
    await logIn(url)
  })

  test('the right token forgives what was mistyped before', async () => {
    const { url } = await open()
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) expect((await post(`${url}/admin/api/login`, { token: 'wrong' })).status).toBe(401)
      await logIn(url)
    }
  })
})

describe('a change is the page’s own', () => {
  const origin = (url: string) => new URL(url).origin
  test.each<readonly [string, (url: string) => Record<string, string>, number]>([
    ['the page’s own origin', (url) => ({ ...ownPost, origin: origin(url), 'sec-fetch-site': 'same-origin' }), 200],
    ['a program without a browser', () => ownPost, 200],
    ['no header of ours', () => ({ 'content-type': 'application/json' }), 403],
    ['another value of the header', () => ({ ...ownPost, 'x-pairpixel': '2' }), 403],
    ['another site', () => ({ ...ownPost, origin: 'https://evil.example' }), 403],
    ['no site at all', () => ({ ...ownPost, origin: 'null' }), 403],
    ['another port of this machine', () => ({ ...ownPost, origin: 'http://127.0.0.1:1' }), 403],
    ['a browser that says so', (url) => ({ ...ownPost, origin: origin(url), 'sec-fetch-site': 'same-site' }), 403],
  ])('%s', async (_sentence, headers, status) => {
    const { url } = await open()
    const { cookie } = await logIn(url)
    const sent = { method: 'POST', headers: { ...headers(url), cookie }, body: '{}' }
    expect((await ask(`${url}/admin/api/logout`, sent)).status).toBe(status)
  })

  test('no other method changes anything', async () => {
    const { url } = await open()
    const { cookie } = await logIn(url)
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await ask(`${url}/admin/api/logout`, { method, headers: { ...ownPost, cookie } })).status).toBe(405)
  })

  test.each([
    ['no JSON', 'token='],
    ['no object', '"token"'],
    ['too long', JSON.stringify({ token: 'x'.repeat(20_000) })],
    ['a token that is no text', '{"token":{"a":1}}'],
  ])('a body that is %s is refused with a sentence', async (_sentence, body) => {
    const { url } = await open()
    const answer = await ask(`${url}/admin/api/login`, { method: 'POST', headers: ownPost, body })
    expect([400, 413]).toContain(answer.status)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: expect.stringMatching(/^BODY_/) as string } })
  })
})
