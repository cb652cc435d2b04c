import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { startRedis, type RedisServer } from '../store/redis/servers.ts'
import { quickFolder, type Lab } from './lab.ts'
import type { Context } from './row.ts'

/** As a Redis should be set that keeps what was acknowledged: every write is on disk before it is answered. */
export const keeping = { appendonly: 'yes', appendfsync: 'always' } as const

/** A real Redis for one row, ended with it. */
export async function aRedis(
  { after }: Pick<Context, 'after'>,
  settings: Readonly<Record<string, string>> = keeping,
): Promise<RedisServer> {
  const redis = await startRedis(settings)
  after(() => redis.stop())
  return redis
}

/** The same for many runs after one another: its files lie in memory, where a kill leaves them as whole as on a disk. */
export function quickRedis({ folder }: Pick<Lab, 'folder'>): Promise<RedisServer> {
  const dir = path.join(folder.startsWith(quickFolder()) ? folder : quickFolder(), `redis-${process.pid}`)
  mkdirSync(dir, { recursive: true })
  return startRedis({ ...keeping, dir })
}

export interface Ready {
  readonly status: number
  readonly durability: string
  readonly alerts: readonly string[]
}

/** What `/readyz` says. */
export async function readinessOf(url: string): Promise<Ready> {
  const answer = await fetch(`${url}/readyz`)
  const { durability = '', alerts = [] } = (await answer.json()) as Partial<Ready>
  return { status: answer.status, durability, alerts }
}
