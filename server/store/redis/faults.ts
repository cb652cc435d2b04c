/** `away`: the shard does nothing now. `full`: it takes nothing in, but what is there can be worked on. */
export interface Fault {
  readonly kind: 'away' | 'full'
  readonly why: string
}

const full = (why: string): Fault => ({ kind: 'full', why })
const away = (why: string): Fault => ({ kind: 'away', why })

/** How an error begins → what it means for a shard. Without a row: a fault of the one command. */
const rows: readonly (readonly [RegExp, Fault])[] = [
  [/^OOM/, full('Redis is out of memory: raise maxmemory; what waits is still delivered.')],
  [/^MISCONF/, away('Redis refuses writes because it cannot save to its disk: see its log.')],
  [/^READONLY/, away('Redis is a replica now and takes no writes.')],
  [/^NOREPLICAS/, full('Redis has fewer replicas than it is told to have, and takes no writes.')],
  [/^LOADING/, away('Redis is still loading its data.')],
  [/^MASTERDOWN/, away('Redis has lost its master.')],
  [/^CLUSTERDOWN|^Too many Cluster redirections/, away('The Redis Cluster has no server for a part of the keys.')],
  [/^(NOAUTH|WRONGPASS|ERR AUTH|ERR invalid password)/, away('Redis wants another user or password.')],
  [/^NOPERM/, away('The Redis user may not do what the store needs.')],
  [/timed out/i, away('Redis did not answer in time.')],
  [/^EPOCH/, away('Redis has lost what was in it.')],
  [
    /enableOfflineQueue|Connection is closed|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ended|max retries per request|slots cache/i,
    away('Redis cannot be reached.'),
  ],
]

/** What an error means for the shard it came from; undefined: nothing. */
export function faultOf(error: unknown): Fault | undefined {
  const words = error instanceof Error ? error.message : String(error)
  return rows.find(([begins]) => begins.test(words))?.[1]
}
