import { PairpixelError } from '../../shared/errors.ts'
import type { LeastDurability } from './redis/durability.ts'
import { isRedisUrl } from './redis/url.ts'
import { openSqliteStore, type SqliteOptions } from './sqlite.ts'
import type { Store } from './store.ts'

export { openSqliteStore }
export type { LeastDurability } from './redis/durability.ts'

export interface StoreOptions extends Pick<SqliteOptions, 'diskReserveBytes' | 'onBroken' | 'beside'> {
  /** The least durability that is taken. */
  readonly least?: LeastDurability
  /** Where a store that may be away tells of it. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void
}

/** Can several processes work on the store this setting names? */
export const isSharedStore = isRedisUrl

/** Opens the store a setting names: `sqlite:PATH`, `redis://…`, or `memory:` for one that ends with the process. */
export async function openStore(url: string, { least, log, ...file }: StoreOptions = {}): Promise<Store> {
  if (isRedisUrl(url)) {
    // Loaded when it is needed: its client is as large as all the rest of the store.
    const { openRedisStore } = await import('./redis.ts')
    return openRedisStore({ url, least, log })
  }
  if (url === 'memory:' && least !== undefined && least !== 'memory')
    throw new PairpixelError('CONFIG_INVALID', `store_durability asks for ${least}: memory: keeps nothing.`)
  if (url === 'memory:') return openSqliteStore({ path: ':memory:' })
  const path = /^sqlite:(.+)$/.exec(url)?.[1]
  if (path !== undefined) return openSqliteStore({ path, ...file })
  // The scheme alone: the rest may hold a password.
  const scheme = /^[a-z+]{1,20}:/.exec(url)?.[0] ?? 'nothing'
  throw new PairpixelError(
    'CONFIG_INVALID',
    `store begins with ${scheme}, it takes sqlite:PATH, redis://HOST or memory:`,
  )
}
