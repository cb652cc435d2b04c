import { Resolver } from 'node:dns/promises'
import { readIp } from '../../shared/ip.ts'
import type { HostFacts } from './reach.ts'

/** As much of node's resolver as is asked here. */
export interface Names {
  resolve4(host: string): Promise<string[]>
  resolve6(host: string): Promise<string[]>
  resolveCname(host: string): Promise<string[]>
}

/** Name servers of the machine, or the given ones (`127.0.0.1:5353`); two seconds, twice. */
export function createNames(servers?: readonly string[]): Names {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  if (servers) resolver.setServers(servers)
  return resolver
}

const mostAliases = 8
/** There is such a name, but no record of that kind: no failure. */
const nothing = new Set(['ENODATA', 'ENOTFOUND'])

/** Addresses and aliases of a host; an address, or a name of this machine, is asked of nobody. */
export async function readHost(host: string, names: Names): Promise<HostFacts> {
  const bare = host.replace(/^\[|\]$/g, '')
  const ip = readIp(bare)
  if (ip) return { host, v4: ip.version === 4 ? [bare] : [], v6: ip.version === 6 ? [bare] : [], cnames: [] }
  if (/(^|\.)localhost$/.test(host)) return { host, v4: ['127.0.0.1'], v6: ['::1'], cnames: [] }
  let failed: string | undefined
  const asked = (records: Promise<string[]>): Promise<string[]> =>
    records.catch((error: unknown) => {
      const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException
      if (!nothing.has(code)) failed = code
      return []
    })
  const [v4, v6, cnames] = await Promise.all([
    asked(names.resolve4(host)),
    asked(names.resolve6(host)),
    readAliases(host, (name) => asked(names.resolveCname(name))),
  ])
  if (!v4.length && !v6.length) failed ??= 'ENOTFOUND'
  return { host, v4, v6, cnames, ...(failed !== undefined && { failed }) }
}

async function readAliases(host: string, ask: (name: string) => Promise<string[]>): Promise<readonly string[]> {
  const found: string[] = []
  for (let name = host; found.length < mostAliases;) {
    const [next] = await ask(name)
    if (next === undefined || found.includes(next.toLowerCase())) break
    name = next.toLowerCase().replace(/\.$/, '')
    found.push(name)
  }
  return found
}
