import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rememberKeysMs } from '../../../shared/limits.ts'
import { openRedisStore, type RedisStoreOptions } from '../../../server/store/redis.ts'
import type { Store } from '../../../server/store/store.ts'
import { aCopy, claimAt, delivered, rowOf, start } from '../make.ts'
import { startRedis, until, type RedisServer } from './servers.ts'

const due = start + 5000
let server: RedisServer
let stores = 0
const opened: Store[] = []
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())
afterEach(async () => {
  stores++
  for (const store of opened.splice(0)) await store.close()
})

async function open(options: Partial<RedisStoreOptions> = {}): Promise<Store> {
  const store = await openRedisStore({ url: `${server.url}?prefix=s${stores}`, clock: 'caller', ...options })
  opened.push(store)
  return store
}
/** As two processes would have it. */
const openTwo = () => Promise.all([open(), open()])

describe('two processes on one store', () => {
  test('opened at the same time they agree on what it is', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => open()))
    await all[0]!.append([aCopy({ eventId: 'a', orderId: '1' })])
    for (const store of all.slice(1)) expect(await store.append([aCopy({ orderId: '1' })])).toEqual(['joined'])
    for (const store of all) expect(store.health().alerts?.filter((alert) => alert.includes('lost'))).toEqual([])
  })
  test('a hundred copies of one event at once, half of them here, half there: one is stored', async () => {
    const both = await openTwo()
    const copy = aCopy({ eventId: 'e', orderId: '5' })
    const results = await Promise.all(Array.from({ length: 100 }, (_, n) => both[n % 2]!.append([copy])))
    expect(results.flat().sort()).toEqual([...Array<string>(99).fill('duplicate'), 'stored'])
    expect(await both[0].counts()).toMatchObject({ events: 1, copies: 1, duplicates: 99 })
  })
  test('copies that join in both at once are all kept, whichever way they interleave', async () => {
    const [one, two] = await openTwo()
    for (let n = 0; n < 20; n++) {
      const copies = Array.from({ length: 6 }, () => aCopy({ eventId: `e${n}`, orderId: `o${n}` }))
      await Promise.all(copies.map((copy, at) => (at % 2 ? one : two).append([copy])))
      expect((await rowOf(one, `e${n}`)).copies).toHaveLength(6)
    }
  })
  test('an order under two event IDs at once makes one event, whoever comes first', async () => {
    const [one, two] = await openTwo()
    for (let n = 0; n < 20; n++) {
      const results = await Promise.all([
        one.append([aCopy({ eventId: `page-${n}`, orderId: `o${n}` })]),
        two.append([aCopy({ eventId: `shop-${n}`, orderId: `o${n}`, kind: 'backend' })]),
      ])
      expect(results.flat().sort()).toEqual(['joined', 'stored'])
    }
    expect(await one.counts()).toMatchObject({ events: 20, copies: 40 })
  })
  test('claims at the same time share nothing and leave nothing', async () => {
    const both = await openTwo()
    await both[0].append(Array.from({ length: 60 }, () => aCopy()))
    const ids: number[] = []
    for (let rounds = 0; ids.length < 60 && rounds < 60; rounds++) {
      const claims = await Promise.all(both.map((store) => claimAt(store, due, 'meta', 7)))
      ids.push(...claims.flatMap(({ deliveries }) => deliveries.map(({ delivery }) => delivery)))
    }
    expect(ids).toHaveLength(60)
    expect(new Set(ids).size).toBe(60)
  })
  test('who held a claim too long finds it gone: no sending, no settling', async () => {
    const [slow, quick] = await openTwo()
    await slow.append([aCopy({ eventId: 'e' })])
    const old = await slow.claim('meta', 10, 1000, due)
    const { delivery } = old.deliveries[0]!
    await slow.reserve(old.token, [{ delivery, keys: ['k'] }], due)
    const now = due + 1000
    const fresh = await quick.claim('meta', 10, 1000, now)
    expect(fresh.deliveries).toMatchObject([{ delivery, inFlight: true }])
    expect(await slow.stillMine(old.token, now)).toBe(false)
    expect(await slow.renew(old.token, 1000, now)).toBe(false)
    expect(await slow.reserve(old.token, [{ delivery, keys: ['k'] }], now)).toEqual([delivery])
    expect(await slow.settle(old.token, [delivered(delivery)], now)).toBe(false)
    expect(await quick.reserve(fresh.token, [{ delivery, keys: ['k'] }], now)).toEqual([])
    expect(await quick.settle(fresh.token, [delivered(delivery)], now)).toBe(true)
    expect(await quick.counts()).toMatchObject({ ambiguousResends: 1, staleSettlements: 1 })
  })
  test('two deliveries that would be one at the platform: each time one may go, and the keys are its own', async () => {
    const [one, two] = await openTwo()
    for (let n = 0; n < 20; n++) {
      const now = due + n
      await one.append([aCopy({ eventId: `a${n}` })])
      await two.append([aCopy({ eventId: `b${n}` })])
      const first = await claimAt(one, now, 'meta', 1)
      const second = await claimAt(two, now, 'meta', 1)
      const ask = (store: Store, { token, deliveries }: typeof first) =>
        store.reserve(token, [{ delivery: deliveries[0]!.delivery, keys: [`id ${n}`, `order ${n}`] }], now)
      const refused = await Promise.all([ask(one, first), ask(two, second)])
      expect(refused.flat()).toHaveLength(1)
      const [winner, won] = refused[0].length ? ([two, second] as const) : ([one, first] as const)
      expect(await ask(winner, won)).toEqual([])
      for (const [store, claim] of [
        [one, first],
        [two, second],
      ] as const)
        await store.settle(claim.token, [delivered(claim.deliveries[0]!.delivery)], now)
    }
  })
})

describe('clocks', () => {
  test.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('a process whose clock is %s delays nothing and takes nothing early', async (_name, wrong) => {
    const theirs = () => Date.now() + wrong
    const [off, right] = [await open({ clock: 'redis', now: theirs }), await open({ clock: 'redis' })]
    const to = (dueAt: number) => [{ instance: 'meta', dueAt }]
    await off.append([aCopy({ eventId: 'now', receivedAt: theirs(), deliveries: to(theirs()) })])
    await off.append([aCopy({ eventId: 'soon', receivedAt: theirs(), deliveries: to(theirs() + 600_000) })])
    const claim = await until('the first to fall due', async () => {
      const got = await right.claim('meta', 10, 60_000, Date.now())
      return got.deliveries.length > 0 ? got : undefined
    })
    expect(claim.deliveries).toMatchObject([{ eventId: 'now' }])
    // Held by the other: for both it ends in a minute, each by its own clock.
    const other = await off.claim('meta', 10, 60_000, theirs())
    expect(other.deliveries).toEqual([])
    expect(Math.abs((other.nextDueAt ?? 0) - theirs())).toBeLessThan(120_000)
    expect(await right.stillMine(claim.token, Date.now())).toBe(true)
  })
})

test('what Redis is told to forget has an end, and what must stay has none', async () => {
  const store = await open()
  const lasting = async (pattern: string) => {
    const keys = (await server.ask('KEYS', `{s${stores}.*}${pattern}`)) as string[]
    return Promise.all(keys.map(async (key) => Number(await server.ask('PTTL', key))))
  }
  await store.append([aCopy({ eventId: 'e', orderId: '1' }), aCopy({ eventId: 'f', orderId: '1' })])
  const { token, deliveries } = await claimAt(store, due)
  const { delivery } = deliveries[0]!
  await store.reserve(token, [{ delivery, keys: ['a', 'b'] }], due)
  expect(await lasting('b*')).toEqual([-1, -1])
  await store.settle(token, [{ ...delivered(delivery), explanation: { name: 'Purchase' } }], due)
  expect(await lasting('b*')).toEqual([])
  for (const [pattern, count] of [
    ['a*', 2],
    ['k*', 2],
    ['x*', 1],
  ] as const) {
    const ends = await lasting(pattern)
    expect(ends).toHaveLength(count)
    for (const ms of ends) {
      expect(ms).toBeGreaterThan(0)
      expect(ms).toBeLessThanOrEqual(rememberKeysMs)
    }
  }
  expect(await lasting('e*')).toEqual([-1])
})
