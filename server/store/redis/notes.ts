import { hash } from 'node:crypto'
import { type Ground, shardAt } from './ground.ts'
import { placeOf } from './shards.ts'

/** Short texts of the engine's own, a key each. */
export function createNotes(ground: Ground) {
  const keyOf = (name: string): string => {
    const { shard, id } = placeOf(hash('sha256', name, 'buffer'))
    return `${shardAt(ground, shard).meta.slice(0, -1)}o${id}`
  }
  return {
    async note(name: string, text: string | undefined): Promise<void> {
      if (text === undefined) await ground.client.del(keyOf(name))
      else await ground.client.set(keyOf(name), text)
    },
    noted: async (name: string): Promise<string | undefined> => (await ground.client.get(keyOf(name))) ?? undefined,
  }
}
