import { dayMs } from '../../../shared/limits.ts'
import type { Fired } from '../../../shared/pixel-state.ts'
import type { Shard } from './calls.ts'
import { eventPlace, type Ground, mostTries, put, readAnswer, shardAt } from './ground.ts'
import { firedBy, type Identity } from './ledger.ts'
import type { Place } from './shards.ts'

/** A proof waits this long for its event, as long as a page keeps what it could not post. */
const keptMs = 2 * dayMs
/** Anybody can post proofs of events that never come: of more than this the oldest go. */
const mostKept = 10_000
const portion = 500

/** Later words on events' pixels, and those that come before their event. */
export function createProofs(ground: Ground) {
  const { calls, client } = ground
  const keyOf = (shard: Shard, name: string): string => shard.meta.slice(0, -1) + name

  /** False: there is no such event, and `orKeep` was not asked for. */
  async function fire(key: Identity, fired: Fired, now: number, orKeep: boolean): Promise<boolean> {
    let at = eventPlace(key)
    for (let tries = 0; tries < mostTries; tries++) {
      const shard = shardAt(ground, at.shard)
      const answer = readAnswer(((await calls.run(shard, 'get', 0, at.id)) as string[])[0] ?? '-')
      if (answer.is === 'alias') {
        at = eventPlace({ site: key.site, ...answer.of })
        continue
      }
      if (answer.is !== 'there') {
        if (!orKeep || (await keep(shard, at, fired, now))) return false
        continue
      }
      const { version, event } = answer.stored
      const merged = firedBy(event.fired, fired)
      if (merged === event.fired) return true
      event.fired = merged
      const [done] = await put(ground, shard, 'append', now, [{ id: at.id, want: version, event, ops: [] }])
      if (done?.is === 'done') return true
    }
    return false
  }

  /** False: its event came in the meantime. */
  const keep = async (shard: Shard, { id }: Place, fired: Fired, now: number): Promise<boolean> =>
    (await calls.run(shard, 'early', now, id, JSON.stringify(fired), keptMs, mostKept)) === 1

  async function dropOldest(shard: Shard, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += portion) {
      const some = ids.slice(at, at + portion)
      await client.unlink(some.map((id) => keyOf(shard, `f${id}`)))
      await client.zrem(keyOf(shard, 'Y'), ...some)
    }
  }

  return {
    /** False: no such event yet; the word is kept for it. */
    prove: (key: Identity, fired: Fired, now: number): Promise<boolean> => fire(key, fired, now, true),
    /** What was said of an event before it came joins it. */
    async join(key: Identity, now: number): Promise<void> {
      const { shard: index, id } = eventPlace(key)
      const shard = shardAt(ground, index)
      const texts = await client.lrange(keyOf(shard, `f${id}`), 0, -1)
      if (!texts.length) return
      // Written by `keep`.
      const fired = texts.reduce((sum: Fired, text) => firedBy(sum, JSON.parse(text) as Fired), {})
      if (await fire(key, fired, now, false)) await dropOldest(shard, [id])
    },
    async tidy(now: number): Promise<void> {
      const counts = await Promise.all(
        ground.shards.map(async (shard) => {
          const old = await client.zrangebyscore(keyOf(shard, 'Y'), '-inf', String(now + shard.offset - keptMs))
          await dropOldest(shard, old)
          return client.zcard(keyOf(shard, 'Y'))
        }),
      )
      const tooMany = counts.reduce((sum, n) => sum + n, 0) - mostKept
      if (tooMany <= 0) return
      const oldest = await Promise.all(
        ground.shards.map(async (shard) => {
          const flat = await client.zrange(keyOf(shard, 'Y'), 0, String(tooMany - 1), 'WITHSCORES')
          return Array.from({ length: flat.length / 2 }, (_, n) => ({
            shard,
            id: flat[2 * n]!,
            at: Number(flat[2 * n + 1]) - shard.offset,
          }))
        }),
      )
      const going = oldest
        .flat()
        .sort((a, b) => a.at - b.at)
        .slice(0, tooMany)
      for (const shard of ground.shards)
        await dropOldest(
          shard,
          going.filter((one) => one.shard === shard).map(({ id }) => id),
        )
    },
  }
}
export type Proofs = ReturnType<typeof createProofs>
