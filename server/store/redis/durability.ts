import type { Redis } from 'ioredis'
import type { Durability } from '../store.ts'

/** Weakest first: the least that an instance of the setting `store_durability` takes. */
export const durabilities = ['memory', 'everysec', 'replicated', 'fsync'] as const
export type LeastDurability = (typeof durabilities)[number]

export interface Promised {
  /** What a 2xx means: the weakest of all servers. */
  readonly level: Durability
  /** What an operator should change, a sentence each. */
  readonly alerts: readonly string[]
  /** Why this is not used at all. */
  readonly refused?: string
}

interface Server {
  readonly isEvicting: boolean
  readonly appends: boolean
  readonly fsync: string
  readonly isTold: boolean
}

/** What a server says of itself; managed ones may keep it to themselves. */
async function ask(server: Redis): Promise<Server> {
  try {
    const flat = await server.config('GET', 'maxmemory-policy', 'appendonly', 'appendfsync')
    const of = (name: string) => flat[flat.indexOf(name) + 1] ?? ''
    return {
      isEvicting: of('maxmemory-policy') !== 'noeviction',
      appends: of('appendonly') === 'yes',
      fsync: of('appendfsync'),
      isTold: true,
    }
  } catch (error) {
    // A refusal is an answer; silence is not.
    if (!(error instanceof Error) || !/^(NOPERM|ERR)/.test(error.message)) throw error
    return { isEvicting: false, appends: false, fsync: '', isTold: false }
  }
}

const rank = (level: Durability): number =>
  level === 'unknown' ? -1 : durabilities.indexOf(level.startsWith('replicated') ? 'replicated' : (level as 'memory'))

const levelOf = ({ appends, fsync }: Server, replicas: number): Durability => {
  if (appends && fsync === 'always') return 'fsync'
  if (replicas > 0) return `replicated(${replicas})`
  return appends && fsync === 'everysec' ? 'everysec' : 'memory'
}

const evicts = 'Redis may throw events away when memory is short: set maxmemory-policy to noeviction.'
const silent = 'Redis does not tell its settings, so no promise is made of what survives it.'
const words = {
  memory: 'Redis keeps events in memory only: set appendonly to yes and appendfsync to always.',
  everysec: 'Redis writes to disk once a second: the last second is lost with the machine.',
}

/** What these servers promise together, and whether it is enough. */
export async function promisedBy(
  servers: readonly Redis[],
  replicas: number,
  least: LeastDurability | undefined,
): Promise<Promised> {
  const told = await Promise.all(servers.map(ask))
  const level = told
    .map((server) => levelOf(server, replicas))
    .reduce<Durability>((weakest, one) => (rank(one) < rank(weakest) ? one : weakest), 'fsync')
  const isEvicting = told.some((server) => server.isEvicting)
  const alerts = [
    ...(isEvicting ? [evicts] : []),
    ...(told.some(({ isTold }) => !isTold) ? [silent] : []),
    ...(level === 'memory' || level === 'everysec' ? [words[level]] : []),
  ]
  if (least === undefined) return { level, alerts }
  const refused = rank(level) < durabilities.indexOf(least) ? `store_durability asks for ${least}: it is ${level}.` : ''
  return refused || isEvicting
    ? { level, alerts, refused: [refused, isEvicting ? evicts : ''].filter(Boolean).join(' ') }
    : { level, alerts }
}
