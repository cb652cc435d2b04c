import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { startRedis, type RedisServer } from '../store/redis/servers.ts'
import { aPurchase, postBackend, postPage, serverKey, settingsTree, temporaryFolder, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'

const root = path.join(import.meta.dirname, '../..')
const jane = 'jane@shop.example'
/** Redis type → how all of it is read. */
const reading: Readonly<Record<string, readonly string[]>> = {
  string: ['GET'],
  hash: ['HGETALL'],
  set: ['SMEMBERS'],
  list: ['LRANGE', '0', '-1'],
  zset: ['ZRANGE', '0', '-1'],
}
const others = { email: 'joe@shop.example' }

const settingsOfSite = { hold: { default: '0s', purchase: '1h' }, pixel: { cookies: ['_ttp'] } }

const platforms = usePlatforms()

describe.each(['sqlite', 'redis'] as const)('the store in %s', (kind) => {
  let folder: ReturnType<typeof temporaryFolder>
  let redis: RedisServer | undefined
  let collector: Running
  let config = ''
  beforeEach(async () => {
    folder = temporaryFolder()
    redis = kind === 'redis' ? await startRedis() : undefined
    config = path.join(folder.path, 'pairpixel.config.json')
    const store = redis?.url ?? `sqlite:${folder.path}/e.db`
    const tree = settingsTree(platforms.url, { store, ...settingsOfSite })
    writeFileSync(config, JSON.stringify(tree))
    collector = await run(checkTree(tree), { logLevel: 'silent' })
  })
  afterEach(async () => {
    await collector.stop()
    await redis?.stop()
    folder.remove()
    for (const name of ['meta', 'reddit', 'snapchat'] as const) platforms.simulators[name].reset()
  })

  const ask = async (body: unknown, key = serverKey) => {
    const answer = await fetch(`${collector.url}/v1/people`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: answer.status, said: (await answer.json()) as Record<string, unknown> }
  }
  const command = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['server/start.mjs', 'erase', '--config', config, ...args],
      { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } },
    )
    return { status, said: stdout + stderr }
  }
  const statesOf = async (id: string) => {
    const [row] = await collector.collector.store.recent({ limit: 1, eventId: id })
    return [...new Set(row?.deliveries.map(({ state, reason }) => reason ?? state))]
  }
  /** All that rests of the store, as bytes. */
  const rested = async (): Promise<string> => {
    if (!redis)
      return readdirSync(folder.path)
        .filter((name) => name.startsWith('e.db'))
        .map((name) => readFileSync(path.join(folder.path, name), 'latin1'))
        .join('')
    const keys = (await redis.ask('KEYS', '*')) as string[]
    const values = keys.map(async (key) => {
      const [first = '', ...rest] = reading[String(await redis!.ask('TYPE', key))] ?? []
      return JSON.stringify(await redis!.ask(first, key, ...rest))
    })
    return `${keys.join(' ')} ${(await Promise.all(values)).join(' ')}`
  }
  const digest = createHash('sha256').update(jane).digest('hex')

  test('by route: what waits is cancelled, what comes later kept out, others go on, and nothing of it rests', async () => {
    await postBackend(collector.url, { events: [aPurchase('hers'), aPurchase('his', { user: others })] })
    await postPage(collector.url, { site: 'default', events: [aPurchase('page')] })
    expect(await statesOf('hers')).toEqual(['pending'])
    expect(await rested()).toContain(digest)
    const { status, said } = await ask({ email: jane })
    expect(status).toBe(200)
    expect(said).toEqual({
      erased: { events: 2, cancelled: 6, may_have_left: 0, sent_before: {}, visitors: expect.any(Number) as number },
    })
    expect(await Promise.all(['hers', 'page', 'his'].map(statesOf))).toEqual([['erased'], ['erased'], ['pending']])
    expect(await rested()).not.toContain(digest)
    await postBackend(collector.url, { events: [aPurchase('later'), aPurchase('his-2', { user: others })] })
    expect([await statesOf('later'), await statesOf('his-2')]).toEqual([['erased'], ['pending']])
    expect(await rested()).not.toContain(digest)
  })

  test('cookies and click IDs of other platforms go too; those that the site has not named never rest', async () => {
    const event = aPurchase('page', { url: 'https://shop.example/thanks?ttclid=others-click-1' })
    await postPage(
      collector.url,
      { site: 'default', events: [event] },
      { cookie: '_ttp=named-cookie-1; li_fat_id=other-cookie-1' },
    )
    const told = ['named-cookie-1', 'others-click-1']
    const before = await rested()
    for (const text of told) expect(before).toContain(text)
    expect((await ask({ email: jane })).status).toBe(200)
    const after = await rested()
    for (const text of told) expect(after).not.toContain(text)
    for (const rest of [before, after]) expect(rest).not.toContain('other-cookie-1')
  })

  test('a digest names the same person, and what was sent is told', async () => {
    await postBackend(collector.url, aPurchase('sent', { event: 'sign_up' }))
    await waitFor('all three platforms', async () => (await statesOf('sent')).join() === 'delivered')
    const { said } = await ask({ email: digest })
    const sent = { meta: 1, reddit: 1, snapchat: 1 }
    expect(said).toMatchObject({ erased: { events: 1, cancelled: 0, sent_before: sent } })
    const [row] = await collector.collector.store.recent({ limit: 1, eventId: 'sent' })
    expect(row?.deliveries.map(({ explanation }) => explanation)).toEqual([undefined, undefined, undefined])
  })

  test('by the cookie of a visitor', async () => {
    const cookie = `0193a5c0-0000-7000-8000-00000000000a.${Date.now()}.%7B%7D`
    const nameless = { user: {}, order_id: undefined, event: 'purchase' }
    await postPage(collector.url, { events: [aPurchase('hers', nameless)] }, { cookie: `_pps=${cookie}` })
    await postPage(collector.url, { events: [aPurchase('his', nameless)] })
    expect(await ask({ visitor: cookie })).toMatchObject({ status: 200, said: { erased: { events: 1, cancelled: 3 } } })
    await postPage(collector.url, { events: [aPurchase('later', nameless)] }, { cookie: `_pps=${cookie}` })
    expect(await Promise.all(['hers', 'his', 'later'].map(statesOf))).toEqual([['erased'], ['pending'], ['erased']])
  })

  test('by command, beside the running collector, and taken back', async () => {
    await postBackend(collector.url, { events: [aPurchase('order-1'), aPurchase('order-2', { user: others })] })
    const { status, said } = command('--order', 'order-1', '--email', jane)
    expect([status, said]).toEqual([0, expect.stringMatching(/events erased: 1\n.*not be sent: 3/)])
    expect(said).not.toContain(jane)
    expect([await statesOf('order-1'), await statesOf('order-2')]).toEqual([['erased'], ['pending']])
    await postBackend(collector.url, aPurchase('order-3'))
    expect(await statesOf('order-3')).toEqual(['erased'])
    expect(command('--email', jane, '--readmit').said).toContain('taken again')
    await waitFor('an event that is taken', async () => {
      const id = `again-${Date.now()}`
      await postBackend(collector.url, aPurchase(id))
      return (await statesOf(id)).join() === 'pending'
    })
  })
})

describe('what is not understood erases nobody', () => {
  let collector: Running
  beforeAll(async () => {
    collector = await run(checkTree(settingsTree(platforms.url, { hold: { default: '1h' } })), { logLevel: 'silent' })
  })
  afterAll(() => collector.stop())
  const erased = async (body: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${serverKey}` }
    const answer = await fetch(`${collector.url}/v1/people`, { method: 'DELETE', headers, body, ...init })
    const { error } = (await answer.json()) as { error?: { code: string; message: string } }
    return [answer.status, error?.code, error?.message]
  }
  test.each([
    ['a field that is none of ours', { mail: jane }, 'none of email'],
    ['nobody', {}, 'Nobody is named'],
    ['an e-mail that is none', { email: 'jane' }, 'email has a value'],
    ['an empty order', { order_id: ' ' }, 'order_id is empty'],
    ['an object for a text', { email: { is: jane } }, 'email is no text'],
    ['too many at once', { email: Array.from({ length: 101 }, (_, n) => `${n}@shop.example`) }, 'more than 100'],
    ['a list', [jane], 'no object'],
  ])('%s', async (_what, body, words) => {
    const [status, code, message] = await erased(JSON.stringify(body))
    expect([status, code]).toEqual([400, 'BODY_WRONG_SHAPE'])
    expect(message).toContain(words)
    expect(message).not.toContain(jane)
  })
  test('no key, no JSON, another method', async () => {
    const [body, none] = [JSON.stringify({ email: jane }), { authorization: 'Bearer wrong' }]
    expect((await erased(body, { headers: none })).slice(0, 2)).toEqual([401, 'SERVER_KEY_REFUSED'])
    expect((await erased('{')).slice(0, 2)).toEqual([400, 'BODY_NOT_JSON'])
    expect((await erased(body, { method: 'POST' })).slice(0, 2)).toEqual([405, 'METHOD_REFUSED'])
  })
})
