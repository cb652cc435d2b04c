import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisTarget } from './url.ts'

export type Client = Redis | Cluster

/** No answer within this is none: the request behind it must be answered in 2.5 s. */
export const commandMs = 2000

/**
 * Everything fails fast: nothing waits in a queue for a Redis that is away, nothing is sent a second time by itself, and
 * what is late is given up. A server that became a replica is left, so that a name which moved is looked up anew.
 */
const failFast = {
  connectTimeout: 2000,
  commandTimeout: commandMs,
  maxRetriesPerRequest: 1,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableReadyCheck: true,
  maxLoadingRetryTime: 1000,
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} as const satisfies RedisOptions

const again = (times: number): number => Math.min(100 * times, 1000)

/** Begins to connect, and never stops trying; it waits for nothing and throws nothing. */
export function connect({ nodes, isCluster, tls, username, password, db }: RedisTarget): Client {
  const login = { username, password, connectionName: 'pairpixel', disableClientInfo: true, ...(tls && { tls: {} }) }
  const client = isCluster
    ? new Cluster([...nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: again,
        clusterNodeRetryStrategy: again,
        retryDelayOnFailover: 200,
        retryDelayOnClusterDown: 200,
        maxRedirections: 4,
        slotsRefreshTimeout: 1500,
        slotsRefreshInterval: 5000,
        redisOptions: { ...failFast, ...login },
      })
    : new Redis({ ...failFast, ...login, ...nodes[0], db, enableOfflineQueue: false, retryStrategy: again })
  // Told by the pulse; without a listener it would be printed.
  client.on('error', () => undefined)
  return client
}

/** The servers that take writes, as far as they are known. */
export const mastersOf = (client: Client): readonly Redis[] =>
  client instanceof Cluster ? client.nodes('master') : [client]
