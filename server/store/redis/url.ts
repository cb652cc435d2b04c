import { PairpixelError } from '../../../shared/errors.ts'
import { dayMs, explanationMs, hourMs, rememberKeysMs } from '../../../shared/limits.ts'

/** Where a store in Redis is, and how it is used. */
export interface RedisTarget {
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly isCluster: boolean
  readonly tls: boolean
  readonly username?: string
  readonly password?: string
  readonly db: number
  /** Before every key; two stores in one Redis need two. */
  readonly prefix: string
  /** An event counts as stored once so many replicas have it too. */
  readonly replicas: number
  readonly explanationMs: number
  /** How long a key, its order and its send reservations are kept. */
  readonly rememberMs: number
}

const shape = /^(rediss?)(\+cluster)?:\/\/(?:([^@/?#]*)@)?([^/?#]+)(?:\/(\d{0,3}))?(?:\?(.*))?$/

const fault = (words: string): PairpixelError => new PairpixelError('CONFIG_INVALID', `store: ${words}`)

export const isRedisUrl = (url: string): boolean => /^rediss?(\+cluster)?:\/\//.test(url)

/**
 * `redis://[user:password@]host[:port][/db][?…]`, `rediss://` with TLS; `redis+cluster://host:port,host:port` (and
 * `rediss+cluster://`) for Redis Cluster. Options: `prefix`, `replicas`, `explanations` (hours), `remember` (days). Throws CONFIG_INVALID
 * without repeating the address, which may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const [, scheme, cluster, login = '', hosts = '', db = '', query = ''] = shape.exec(url) ?? []
  if (!scheme) throw fault('this is no address such as redis://host:6379 or redis+cluster://host:6379,host:6379')
  const isCluster = cluster !== undefined
  const nodes = hosts.split(',').map(readNode)
  if (nodes.length > 1 && !isCluster) throw fault('several hosts are one cluster: write redis+cluster://')
  if (isCluster && Number(db) > 0) throw fault('a cluster has no numbered databases')
  const [user = '', password = ''] = /^([^:]*):?(.*)$/s.exec(login)?.slice(1).map(plain) ?? []
  return {
    nodes,
    isCluster,
    tls: scheme === 'rediss',
    ...(user && { username: user }),
    ...(password && { password }),
    db: Number(db),
    ...readOptions(new URLSearchParams(query)),
  }
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw fault('user or password has a % that stands for nothing: write it as %25')
  }
}

function readNode(text: string): { host: string; port: number } {
  const [, v6, name, port = '6379'] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = v6 ?? name
  if (!host || Number(port) > 65_535 || Number(port) < 1) throw fault('a host or port in the address is wrong')
  return { host, port: Number(port) }
}

function readOptions(
  query: URLSearchParams,
): Pick<RedisTarget, 'prefix' | 'replicas' | 'explanationMs' | 'rememberMs'> {
  for (const name of query.keys())
    if (!['prefix', 'replicas', 'explanations', 'remember'].includes(name))
      throw fault(`${name.slice(0, 40)} is no option`)
  const prefix = query.get('prefix') ?? 'pp'
  if (!/^[A-Za-z0-9_-]{1,16}$/.test(prefix)) throw fault('prefix is not 1 to 16 letters and digits')
  const number = (name: string, least: number, most: number, usual: number): number => {
    const text = query.get(name)
    if (text === null) return usual
    if (!/^\d{1,4}$/.test(text) || Number(text) > most || Number(text) < least)
      throw fault(`${name} is not a number from ${least} to ${most}`)
    return Number(text)
  }
  const [hours, days] = [explanationMs / hourMs, rememberKeysMs / dayMs]
  return {
    prefix,
    replicas: number('replicas', 0, 9, 0),
    explanationMs: number('explanations', 0, hours, hours) * hourMs,
    // Below two days a platform could still pair what we would send a second time.
    rememberMs: number('remember', 2, days, days) * dayMs,
  }
}
