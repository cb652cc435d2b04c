import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedisStore } from '../../../server/store/redis.ts'
import { shardCount, slotOf, tagsOf } from '../../../server/store/redis/shards.ts'
import { aCopy, claimAt, delivered, start } from '../make.ts'
import { startCluster, until, type RedisCluster } from './servers.ts'

const due = start + 5000
let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startCluster({ appendonly: 'yes', appendfsync: 'always' })
})
afterAll(() => cluster.stop())

test('shards lie in each sixteenth of the slots, as Redis itself counts them', async () => {
  for (const prefix of ['pp', 'a', 'shop-2']) {
    const tags = tagsOf(prefix)
    expect(new Set(tags).size).toBe(shardCount)
    expect(tags.map((tag) => Math.floor(slotOf(tag) / 1024))).toEqual(Array.from({ length: 16 }, (_, n) => n))
    for (const tag of tags) expect(await cluster.nodes[0]!.ask('CLUSTER', 'KEYSLOT', `{${tag}}m`)).toBe(slotOf(tag))
  }
})

test('a node killed under load: the others go on, and after it is back all that was acknowledged is delivered', async () => {
  const store = await openRedisStore({ url: cluster.url, clock: 'caller', least: 'fsync' })
  try {
    const acked = new Set<string>()
    let n = 0
    const load = async (isOver: () => boolean) => {
      while (!isOver()) {
        const ids = Array.from({ length: 8 }, () => `e${++n}`)
        const results = await store.append(ids.map((eventId) => aCopy({ eventId, orderId: `o-${eventId}` })))
        ids.forEach((id, index) => results[index] === 'stored' && acked.add(id))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    const delivering = new Set<string>()
    const deliver = async () => {
      const { token, deliveries } = await claimAt(store, due, 'meta', 50)
      for (const { eventId } of deliveries) delivering.add(eventId)
      const ids = deliveries.map(({ delivery }) => delivery)
      await store.reserve(
        token,
        ids.map((delivery) => ({ delivery, keys: [`k ${delivery}`] })),
        due,
      )
      await store.settle(token, ids.map(delivered), due)
      return ids.length
    }
    await load(() => acked.size > 100)
    await deliver()
    const victim = cluster.nodes[1]!
    const loading = load(() => acked.size > 260)
    await until('some more', () => acked.size > 150)
    await victim.kill()
    await loading
    await until('the loss to be told', () => store.health().alerts?.some((alert) => alert.includes('parts cannot')))
    expect(store.health().writable).toBe(true)
    await victim.restart()
    await until('the store to be whole', () => store.health().alerts?.length === 0)
    const before = acked.size
    await load(() => acked.size > before + 20)

    const rows = await store.recent({ limit: 1_000_000 })
    const there = new Set(rows.map(({ eventId }) => eventId))
    expect([...acked].filter((id) => !there.has(id))).toEqual([])
    while ((await deliver()) > 0);
    const { events, deliveries } = await store.counts()
    expect(deliveries['meta']).toMatchObject({ delivered: events, pending: 0, dead: 0 })
    expect([...acked].filter((id) => !delivering.has(id))).toEqual([])
  } finally {
    await store.close()
  }
})
