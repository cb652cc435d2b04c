import { clickLifeMs } from '../../../shared/limits.ts'
import { handleKey } from '../keys.ts'
import type { Clicks, Hint, Lent, Sighting } from '../store.ts'
import { lentBy, mostHandles, seenAgain } from '../vault.ts'
import { type Ground, shardAt } from './ground.ts'
import { placeOf } from './shards.ts'

/** A visitor as Redis keeps it. `ways`: the keys that lead here. */
interface Visitor {
  readonly clicks: Clicks
  readonly landing?: string
  readonly lastAt: number
  readonly ways: readonly string[]
}

/**
 * The click-ID vault: `v` + visitor → what is known, `w` + way → the key of its visitor. Each ends by itself. Best
 * effort, so two processes that see one visitor at one moment may keep what the later one saw.
 */
export function createVault(ground: Ground) {
  const { client } = ground
  const keyOf = (letter: 'v' | 'w', site: string, handle: string): string => {
    const { shard, id } = placeOf(handleKey(ground.secret(), site, handle))
    return shardAt(ground, shard).meta.slice(0, -1) + letter + id
  }
  const read = async (key: string): Promise<Visitor | undefined> => {
    const text = await client.get(key)
    return text === null ? undefined : (JSON.parse(text) as Visitor) // written below
  }

  async function rememberOne({ site, visitor, handles, ...sighting }: Sighting, now: number): Promise<void> {
    const ways = handles.map((handle) => keyOf('w', site, handle))
    // Without a cookie's word, whoever was found by one of these ways last.
    const found =
      visitor === undefined ? (await Promise.all(ways.map((way) => client.get(way)))).find(Boolean) : undefined
    const self = visitor === undefined ? `way:${handles[0] ?? ''}` : `visitor:${visitor}`
    const key = found ?? keyOf('v', site, self)
    const known = await read(key)
    const seen = seenAgain(known, sighting, now)
    // One for the visitor's own ID, as where that is a way too.
    const all = [...new Set([...(known?.ways ?? []), ...ways])].slice(0, mostHandles - 1)
    await client.set(key, JSON.stringify({ ...seen, ways: all } satisfies Visitor), 'PX', clickLifeMs)
    await Promise.all(all.filter((way) => ways.includes(way)).map((way) => client.set(way, key, 'PX', clickLifeMs)))
  }

  async function recallOne({ site, handles, before }: Hint): Promise<Lent | undefined> {
    const keys = await Promise.all(handles.map((handle) => client.get(keyOf('w', site, handle))))
    const visitors = await Promise.all([...new Set(keys.filter((key) => key !== null))].map(read))
    return lentBy(
      visitors.filter((visitor) => visitor !== undefined),
      before,
    )
  }

  async function dropOne(key: string): Promise<number> {
    const known = await read(key)
    if (!known) return 0
    await Promise.all(
      known.ways.map(async (way) => {
        if ((await client.get(way)) === key) await client.del(way)
      }),
    )
    return client.del(key)
  }

  return {
    async remember(sightings: readonly Sighting[], now: number): Promise<void> {
      // One after another: several of one batch are of one visitor.
      for (const sighting of sightings) await rememberOne(sighting, now)
    },
    recall: (hints: readonly Hint[]): Promise<readonly (Lent | undefined)[]> => Promise.all(hints.map(recallOne)),
    /** Everything of the visitors whom these ways lead to: how many. */
    async drop(site: string, ways: readonly string[]): Promise<number> {
      const keys = ways.flatMap((way) => (way.startsWith('visitor:') ? [] : [client.get(keyOf('w', site, way))]))
      const own = ways.flatMap((way) => (way.startsWith('visitor:') ? [keyOf('v', site, way)] : []))
      const found = new Set([...(await Promise.all(keys)).filter((key) => key !== null), ...own])
      let dropped = 0
      for (const key of found) dropped += await dropOne(key)
      return dropped
    },
    async forget(site: string, visitor: string): Promise<number> {
      return dropOne(keyOf('v', site, `visitor:${visitor}`))
    },
  }
}
export type Vault = ReturnType<typeof createVault>
