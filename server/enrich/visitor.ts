import { BlockList, isIPv6 } from 'node:net'

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
  const peer = plainAddress(request.socket.remoteAddress)
  const hops = (textOf(request.headers['x-forwarded-for']) ?? '')
    .split(',')
    .map((hop) => plainAddress(hop.trim()))
    .filter((hop) => hop !== undefined)
  if (!peer || !hops.length) return peer
  if (typeof trust === 'number') return trust === 0 ? peer : (hops.at(-trust) ?? hops[0])
  if (!isTrusted?.(peer)) return peer
  // From the nearest hop outwards: the first one that is no proxy of ours is the visitor.
  return hops.toReversed().find((hop) => !isTrusted(hop)) ?? hops[0]
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

/** An address without port, brackets, zone and IPv4-in-IPv6 prefix; undefined when it is none. */
function plainAddress(text: string | undefined): string | undefined {
  if (!text) return undefined
  const bare = text
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, '$1')
  return /^[0-9a-fA-F:.]{2,45}$/.test(bare) ? bare : undefined
}

const cookieNames = ['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid', '_fbi']

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
