import { existsSync } from 'node:fs'
import { PairpixelError } from '../../shared/errors.ts'
import { fileOf } from '../crash-guard.ts'
import type { Settings } from '../site.ts'
import { openStore } from '../store/index.ts'
import type { Store } from '../store/store.ts'

/**
 * The store of a collector that goes on working on it. Throws CONFIG_INVALID where its file is not there.
 * @param instead after "a store in memory is within its collector alone"
 */
export async function openBeside({ store }: Pick<Settings, 'store'>, instead: string): Promise<Store> {
  const file = fileOf(store)
  if (file !== undefined && !existsSync(file))
    throw new PairpixelError('CONFIG_INVALID', `There is no store at ${file}: nothing was ever kept there.`)
  if (store === 'memory:')
    throw new PairpixelError('USAGE', `a store in memory is within its collector alone${instead}`)
  return openStore(store, { beside: true })
}
