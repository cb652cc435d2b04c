import { BlockList, isIPv6 } from 'node:net'
import { readIp } from '../../shared/ip.ts'
import { moreCookies, platformCookies } from '../../shared/platform-cookies.ts'

/** What a request itself tells of the visitor. */
export interface Visitor {
  readonly ip?: string
  readonly userAgent?: string
  readonly cookies: Readonly<Record<string, string>>
  /** The browser sent Global Privacy Control. */
  readonly optOut: boolean
}

/** As much of a request as is read here; Node's own has it all. */
export interface VisitorRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string }
}

/** A hop count, or the addresses and networks of the proxies that are believed. */
export type TrustProxy = number | readonly string[]

/** Reads a visitor off a request. Forwarded addresses are believed only from the configured proxies. */
export function createVisitorReader(trust: TrustProxy): (request: VisitorRequest) => Visitor {
  const isTrusted = typeof trust === 'number' ? undefined : trustedList(trust)
  return (request) => {
    const userAgent = textOf(request.headers['user-agent'])
    const ip = addressOf(request, trust, isTrusted)
    return {
      ...(ip && { ip }),
      ...(userAgent && { userAgent: userAgent.slice(0, 1024) }),
      cookies: readCookies(textOf(request.headers.cookie)),
      optOut: request.headers['sec-gpc'] === '1',
    }
  }
}

function addressOf(
  request: VisitorRequest,
  trust: TrustProxy,
  isTrusted?: (address: string) => boolean,
): string | undefined {
  const peer = addressIn(request.socket.remoteAddress)
  const header = textOf(request.headers['x-forwarded-for'])
  if (!peer || !header) return peer
  const hops = header.split(',').map(addressIn)
  if (typeof trust === 'number') return trust === 0 ? peer : (hops[Math.max(0, hops.length - trust)] ?? peer)
  if (!isTrusted?.(peer)) return peer
  // From the nearest hop outwards: the first one that is no proxy of ours is the visitor. Where a proxy wrote something
  // that is no address, nobody vouches for what stands before it.
  const beyond = hops.findLastIndex((hop) => hop === undefined || !isTrusted(hop))
  return hops[Math.max(0, beyond)] ?? peer
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header

function trustedList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

const addressIn = (text: string | undefined): string | undefined => (text ? readIp(text)?.text : undefined)

const cookieNames: readonly string[] = [...platformCookies, ...moreCookies, '_fbi']

/** The platforms' cookies of a Cookie header; the first of a repeated name counts. */
function readCookies(header: string | undefined): Record<string, string> {
  const found: Record<string, string> = {}
  if (!header || header.length > 16_384) return found
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at < 1 || name in found || !cookieNames.includes(name)) continue
    let value = pair
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    try {
      value = decodeURIComponent(value)
    } catch {
      // Not encoded then.
    }
    if (/^[!-~]{1,1024}$/.test(value)) found[name] = value
  }
  return found
}
