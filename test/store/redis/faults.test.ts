import { afterEach, describe, expect, test } from 'vitest'
import { openRedisStore, type RedisStoreOptions } from '../../../server/store/redis.ts'
import type { Store } from '../../../server/store/store.ts'
import { aCopy, claimAt, delivered, start, stateOf } from '../make.ts'
import { startRedis, until, type RedisServer } from './servers.ts'

const opened: Store[] = []
const servers: RedisServer[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  for (const server of servers.splice(0)) await server.stop()
})

async function aServer(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const server = await startRedis(settings)
  servers.push(server)
  return server
}

async function open(server: RedisServer, options: Partial<RedisStoreOptions> = {}, query = ''): Promise<Store> {
  const store = await openRedisStore({ url: `${server.url}${query}`, clock: 'caller', ...options })
  opened.push(store)
  return store
}

const onDisk = { appendonly: 'yes', appendfsync: 'always' }
const well = (store: Store) =>
  until('the store to be well', () => {
    const { writable, alerts = [] } = store.health()
    return writable && !alerts.some((alert) => alert.includes('parts cannot'))
  })
const due = start + 5000

describe('Redis is away', () => {
  test('at the start: the store opens all the same, takes nothing, and goes on by itself once Redis is there', async () => {
    const server = await aServer()
    await server.kill()
    const store = await open(server)
    expect(store.health()).toMatchObject({ writable: false, durability: 'unknown', why: 'Redis cannot be reached.' })
    expect(await store.append([aCopy()])).toEqual(['failed'])
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await server.restart()
    await well(store)
    expect(await store.append([aCopy()])).toEqual(['stored'])
  })

  test('killed under load: what was acknowledged is there after it comes back, and the store goes on by itself', async () => {
    const server = await aServer(onDisk)
    const store = await open(server)
    expect(store.health()).toMatchObject({ writable: true, durability: 'fsync' })
    const acked: string[] = []
    let failures = 0
    let n = 0
    const load = async (isOver: () => boolean) => {
      while (!isOver()) {
        const ids = Array.from({ length: 10 }, () => `e${++n}`)
        const results = await store.append(ids.map((eventId) => aCopy({ eventId })))
        ids.forEach((id, index) => (results[index] === 'stored' ? acked.push(id) : failures++))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    const loading = Promise.all([load(() => failures > 50), load(() => failures > 50)])
    await until('some events', () => acked.length > 200)
    await server.kill()
    await loading
    expect(store.health().writable).toBe(false)
    const before = acked.length
    await server.restart()
    await well(store)
    await load(() => acked.length > before)
    const rows = await store.recent({ limit: 1_000_000 })
    const there = new Set(rows.map(({ eventId }) => eventId))
    expect(acked.filter((id) => !there.has(id))).toEqual([])
    const counts = await store.counts()
    expect(counts).toMatchObject({ events: rows.length, deliveries: { meta: { pending: rows.length } } })
    expect(store.health().alerts).toEqual([])
    let claimed = 0
    for (let got = 1; got > 0; claimed += got) got = (await claimAt(store, due, 'meta', 1000)).deliveries.length
    expect(claimed).toBe(rows.length)
  })

  test('hung: events are refused while it still hangs, and taken again once it goes on', async () => {
    const server = await aServer()
    const store = await open(server)
    process.kill(server.pid, 'SIGSTOP')
    try {
      expect(await store.append([aCopy({ eventId: 'hung' })])).toEqual(['failed'])
      expect(store.health().writable).toBe(false)
      expect(await store.append([aCopy()])).toEqual(['failed'])
    } finally {
      process.kill(server.pid, 'SIGCONT')
    }
    await well(store)
    // The first may have been kept after all, or not; a repeat is harmless either way.
    const [result] = await store.append([aCopy({ eventId: 'hung' })])
    expect(['stored', 'joined']).toContain(result)
    expect(await store.counts()).toMatchObject({ events: 1 })
  })
})

describe('Redis takes no writes', () => {
  test('a replica: nothing is taken, and it goes on by itself once it is master again', async () => {
    const [server, other] = await Promise.all([aServer(), aServer()])
    const store = await open(server)
    expect(await store.append([aCopy({ eventId: 'before' })])).toEqual(['stored'])
    await other.ask('CONFIG', 'SET', 'repl-diskless-sync-delay', '0')
    await server.ask('CONFIG', 'SET', 'replica-read-only', 'yes')
    await other.ask('REPLICAOF', '127.0.0.1', String(server.port))
    await until('the copy of all data', async () =>
      String(await other.ask('INFO', 'replication')).includes('master_link_status:up'),
    )
    // The two change places, and back: what was stored stays.
    await other.ask('REPLICAOF', 'NO', 'ONE')
    await server.ask('REPLICAOF', '127.0.0.1', String(other.port))
    await until('a refusal', async () => (await store.append([aCopy()]))[0] === 'failed')
    await until('the store to know', () => !store.health().writable)
    await server.ask('REPLICAOF', 'NO', 'ONE')
    await well(store)
    expect(await store.append([aCopy({ eventId: 'before', digest: 'new facts' })])).toEqual(['joined'])
  })

  test('out of memory: nothing is taken in, what waits goes out, and it goes on once there is room', async () => {
    const server = await aServer()
    const store = await open(server)
    await store.append([aCopy({ eventId: 'e', orderId: '1' }), aCopy({ eventId: 'f' })])
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    expect(await store.append([aCopy()])).toEqual(['failed'])
    await until('the store to be full', () => !store.health().writable)
    expect(store.health().why).toContain('out of memory')
    const { token, deliveries } = await claimAt(store, due)
    expect(deliveries).toHaveLength(2)
    const ids = deliveries.map(({ delivery }) => delivery)
    expect(await store.renew(token, 1000, due)).toBe(true)
    const reservations = ids.map((delivery) => ({ delivery, keys: [`a ${delivery}`, `b ${delivery}`] }))
    expect(await store.reserve(token, reservations, due)).toEqual([])
    const explanation = { name: 'Purchase' }
    expect(
      await store.settle(
        token,
        ids.map((id) => ({ ...delivered(id), explanation })),
        due,
      ),
    ).toBe(true)
    expect(await stateOf(store, 'e')).toBe('delivered')
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await well(store)
    expect(await store.append([aCopy()])).toEqual(['stored'])
  })
})

describe('Redis lost what was in it', () => {
  test('emptied: said to the operator, and new events are taken', async () => {
    const logged: unknown[] = []
    const server = await aServer()
    const store = await open(server, { log: (entry) => logged.push(entry['message']) })
    const other = await open(server)
    await store.append([aCopy({ eventId: 'gone' })])
    const { token } = await claimAt(store, due)
    await server.ask('FLUSHALL')
    await until('both to say it', () =>
      [store, other].every((one) => one.health().alerts?.some((alert) => alert.includes('16 of 16'))),
    )
    await well(store)
    expect(logged).toContainEqual(expect.stringContaining('16 of 16'))
    expect(await store.settle(token, [delivered(256)], due)).toBe(false)
    expect(await store.append([aCopy({ eventId: 'new', orderId: '7' })])).toEqual(['stored'])
    await well(other)
    expect(await other.append([aCopy({ eventId: 'alias', orderId: '7', kind: 'backend' })])).toEqual(['joined'])
    expect(await store.counts()).toMatchObject({ events: 1, copies: 2 })
  })

  test('come back with older data: said to the operator', async () => {
    const server = await aServer()
    const store = await open(server)
    await server.ask('SAVE')
    await store.append(Array.from({ length: 200 }, () => aCopy()))
    await server.kill()
    await server.restart()
    await until('an event again', async () => (await store.append([aCopy()]))[0] === 'stored')
    await store.append(Array.from({ length: 50 }, () => aCopy()))
    expect(store.health().alerts).toContainEqual(expect.stringContaining('older data'))
  })
})

describe('what a 2xx means', () => {
  const rows: [string, Record<string, string>, string, string | undefined][] = [
    ['fsync', onDisk, 'fsync', undefined],
    ['everysec', { appendonly: 'yes', appendfsync: 'everysec' }, 'everysec', 'last second'],
    ['memory', {}, 'memory', 'appendonly'],
    ['memory', { appendonly: 'yes', appendfsync: 'no' }, 'memory', 'appendonly'],
  ]
  test.each(rows)('%s is told, %j', async (_name, settings, level, alert) => {
    const store = await open(await aServer(settings))
    const { durability, alerts } = store.health()
    expect(durability).toBe(level)
    expect(alerts).toEqual(alert === undefined ? [] : [expect.stringContaining(alert)])
  })
  test.each<[string, Record<string, string>, RedisStoreOptions['least'], RegExp]>([
    ['less than asked for', { appendonly: 'yes' }, 'fsync', /asks for fsync: it is everysec/],
    ['a Redis that evicts', { ...onDisk, 'maxmemory-policy': 'allkeys-lru' }, 'everysec', /noeviction/],
  ])('%s is refused', async (_name, settings, least, words) => {
    const server = await aServer(settings)
    const error: unknown = await openRedisStore({ url: server.url, least }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(words) as string })
  })
  test('a Redis that evicts is told where nothing is asked for', async () => {
    const store = await open(await aServer({ ...onDisk, 'maxmemory-policy': 'volatile-ttl' }))
    expect(store.health()).toMatchObject({ writable: true, alerts: [expect.stringContaining('noeviction') as string] })
  })
  test('weakened while Redis was away: nothing is taken any more', async () => {
    const server = await aServer(onDisk)
    const store = await open(server, { least: 'fsync' })
    expect(await store.append([aCopy()])).toEqual(['stored'])
    await server.ask('CONFIG', 'SET', 'appendfsync', 'everysec')
    await server.ask('CLIENT', 'KILL', 'TYPE', 'normal')
    await server.ask('REPLICAOF', '127.0.0.1', '1') // in trouble, so that it is looked at again
    await until('trouble', async () => (await store.append([aCopy()]))[0] === 'failed' && !store.health().writable)
    await server.ask('REPLICAOF', 'NO', 'ONE')
    await until('a refusal', () => store.health().why?.includes('asks for fsync'))
    expect(await store.append([aCopy()])).toEqual(['failed'])
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
  test('replicas that are asked for are waited for', async () => {
    const [server, replica] = await Promise.all([aServer({ 'repl-diskless-sync-delay': '0' }), aServer()])
    const store = await open(server, {}, '?replicas=1')
    expect(store.health().durability).toBe('replicated(1)')
    expect(await store.append([aCopy({ eventId: 'e' })])).toEqual(['failed'])
    await replica.ask('REPLICAOF', '127.0.0.1', String(server.port))
    await until('an event on the replica', async () => (await store.append([aCopy({ eventId: 'f' })]))[0] === 'stored')
    await well(store)
    await server.kill()
    await replica.ask('REPLICAOF', 'NO', 'ONE')
    const promoted = await open(replica)
    expect(await stateOf(promoted, 'f')).toBe('pending')
  })
})

test('a memory shorter than what is promised is told at the start and all the while', async () => {
  const logged: unknown[] = []
  const server = await aServer(onDisk)
  const store = await open(server, { log: ({ message }) => logged.push(message) }, '?remember=29')
  const word = expect.stringContaining('for 29 days only') as string
  expect([logged[0], store.health().alerts]).toEqual([word, [word]])
  expect((await open(server, {}, '?remember=30')).health().alerts).toEqual([])
})

describe('a store that is not ours to use', () => {
  test.each([
    ['newer', 'schema', '2', 'STORE_NEWER'],
    ['of another shape', 'shards', '32', 'CONFIG_INVALID'],
  ])('%s is left alone', async (_name, field, value, code) => {
    const server = await aServer()
    const first = await open(server)
    await first.append([aCopy()])
    // The key of an event is a digest, and may end in the same letter.
    for (const key of (await server.ask('KEYS', '*m')) as string[])
      if ((await server.ask('TYPE', key)) === 'hash') await server.ask('HSET', key, field, value)
    await expect(openRedisStore({ url: server.url })).rejects.toMatchObject({ code })
  })
  test('a wrong password is told without repeating it', async () => {
    const password = `made-up-${'x'.repeat(8)}`
    const server = await aServer({ requirepass: 'another' })
    const store = await open(server, { url: `redis://:${password}@127.0.0.1:${server.port}` })
    expect(store.health()).toMatchObject({ writable: false, why: 'Redis wants another user or password.' })
    expect(JSON.stringify(store.health())).not.toContain(password)
  })
})
