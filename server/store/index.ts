import { PairpixelError } from '../../shared/errors.ts'
import { openSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

export { openSqliteStore }

/** Opens the store a setting names: `sqlite:PATH`, or `memory:` for one that ends with the process. */
export async function openStore(url: string): Promise<Store> {
  if (url === 'memory:') return openSqliteStore({ path: ':memory:' })
  const path = /^sqlite:(.+)$/.exec(url)?.[1]
  if (path !== undefined) return openSqliteStore({ path })
  // The scheme alone: the rest may hold a password.
  const scheme = /^[a-z+]{1,20}:/.exec(url)?.[0] ?? 'nothing'
  throw new PairpixelError('CONFIG_INVALID', `store begins with ${scheme}, it takes sqlite:PATH or memory:`)
}
