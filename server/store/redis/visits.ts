import { dayMs } from '../../../shared/limits.ts'
import { denialOf, revocationOf } from '../rules.ts'
import { visitorKey } from '../keys.ts'
import type { NewCopy } from '../store.ts'
import type { Shard } from './calls.ts'
import { beforeOf, opsOf } from './change.ts'
import { eventPlace, type Ground, mostTries, put, readAnswer, shardAt } from './ground.ts'
import { apply, isPending, met } from './ledger.ts'
import { type Place, placeOf } from './shards.ts'

/** Longer than events of a browser usually wait: most pairing windows end after two days, age limits after seven. */
const keptMs = 8 * dayMs

/** Whose events they are, so that a visitor who takes consent back takes it back for what is not sent yet. */
export function createVisits(ground: Ground) {
  const { calls } = ground
  const setOf = (site: string, visitor: string): { shard: Shard; id: string } => {
    const { shard, id } = placeOf(visitorKey(ground.secret(), site, visitor))
    return { shard: shardAt(ground, shard), id }
  }

  /** Where the event rests by now: a copy that joined by its order left an alias. */
  async function find(site: string, from: Place) {
    let at = from
    for (let hops = 0; hops < 3; hops++) {
      const answer = readAnswer(((await calls.run(shardAt(ground, at.shard), 'get', 0, at.id)) as string[])[0] ?? '-')
      if (answer.is === 'there') return { at, stored: answer.stored }
      if (answer.is !== 'alias') return undefined
      at = eventPlace({ site, ...answer.of })
    }
    return undefined
  }

  /** How many deliveries of one event nobody may send any more, or not again. */
  async function revokeOne(site: string, from: Place, now: number): Promise<number> {
    const found = await find(site, from)
    if (!found) return 0
    const { at } = found
    let { stored } = found
    const shard = shardAt(ground, at.shard)
    for (let tries = 0; tries < mostTries; tries++) {
      const { version, event } = stored
      const before = beforeOf(event)
      const rows = event.deliveries.filter(({ state }) => state !== 'delivered')
      const waited = rows.filter(isPending).length
      for (const row of rows) apply(row, denialOf(met(row), revocationOf(row.instance, now)), now)
      const ops = opsOf(before, event, { now, offset: shard.offset, sums: {} })
      const [answer] = await put(ground, shard, 'change', now, [{ id: at.id, want: version, event, ops }])
      if (answer?.is === 'done') return waited
      if (answer?.is !== 'there') return 0
      stored = answer.stored
    }
    return 0
  }

  const keyOf = ({ shard, id }: { shard: Shard; id: string }): string => `${shard.meta.slice(0, -1)}u${id}`
  const placeIn = (member: string): Place => {
    const [at = '', event = ''] = member.split(' ')
    return { shard: Number(at), id: event }
  }

  return {
    /** Where a visitor's events rest, or their aliases. */
    placesOf: async (site: string, visitor: string): Promise<Place[]> =>
      (await ground.client.smembers(keyOf(setOf(site, visitor)))).map(placeIn),
    /** Of a copy with a visitor; it may be noted under an ID that is an alias. */
    async note({ site, name, eventId, visitor, receivedAt }: NewCopy): Promise<void> {
      if (visitor === undefined) return
      const { shard, id } = setOf(site, visitor)
      const at = eventPlace({ site, name, eventId })
      await calls.run(shard, 'visit', receivedAt, id, `${at.shard} ${at.id}`, keptMs)
    },
    async revoke(site: string, visitor: string, now: number): Promise<number> {
      const key = keyOf(setOf(site, visitor))
      const members = await ground.client.smembers(key)
      let revoked = 0
      for (const member of members) revoked += await revokeOne(site, placeIn(member), now)
      // What was noted in the meantime stays noted.
      if (members.length) await ground.client.srem(key, ...members)
      return revoked
    },
  }
}
export type Visits = ReturnType<typeof createVisits>
