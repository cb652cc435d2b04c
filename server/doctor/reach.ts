import { readIp } from '../../shared/ip.ts'

/** What name servers say of a host. */
export interface HostFacts {
  readonly host: string
  readonly v4: readonly string[]
  readonly v6: readonly string[]
  /** The names it is an alias of, nearest first. */
  readonly cnames: readonly string[]
  /** Why nothing was found, as a code. */
  readonly failed?: string
}

/** How far the collector's host is from the page's, as Safari sees it. */
export type Reach =
  | { readonly kind: 'same_host' | 'near' | 'unknown' | 'other_site' }
  | { readonly kind: 'cname'; readonly target: string }
  | { readonly kind: 'far'; readonly ours: string; readonly pages: readonly string[] }

/** Second levels under which countries give names: `shop.co.uk` is a site, `co.uk` is none. */
const publicSecond = /^(ac|co|com|edu|gob|gov|ne|net|nom|or|org)\.[a-z]{2}$/

/** The longest name that both end in; '' where that is no site of anybody. */
export function commonSite(one: string, other: string): string {
  if (one === other) return one
  const [a, b] = [one.split('.').reverse(), other.split('.').reverse()]
  const same = a.findIndex((label, at) => label !== b[at])
  const labels = a.slice(0, same < 0 ? a.length : same).reverse()
  const name = labels.join('.')
  return labels.length < 2 || publicSecond.test(name) ? '' : name
}

const within = (name: string, site: string): boolean => name === site || name.endsWith(`.${site}`)

/** The part of an address that must be equal: 16 bits of IPv4, 64 of IPv6. */
export function networkOf(address: string): string | undefined {
  const ip = readIp(address)
  if (!ip) return undefined
  if (ip.version === 4) return ip.canonical.split('.').slice(0, 2).join('.')
  return fullGroups(ip.canonical).slice(0, 4).join(':')
}

function fullGroups(canonical: string): readonly string[] {
  const groupsOf = (half = '') => (half === '' ? [] : half.split(':'))
  const [head, tail] = canonical.split('::')
  if (tail === undefined) return groupsOf(head)
  const zeros = Array<string>(8 - groupsOf(head).length - groupsOf(tail).length).fill('0')
  return [...groupsOf(head), ...zeros, ...groupsOf(tail)]
}

/**
 * Safari keeps a cookie that an answer sets for seven days only, if the answering host is an alias of another company's,
 * or answers from a network that is not the page's (WebKit, CNAME and IP address cloaking).
 */
export function reachOf(page: HostFacts, ours: HostFacts): Reach {
  if (page.host === ours.host) return { kind: 'same_host' }
  const site = commonSite(page.host, ours.host)
  if (!site) return { kind: 'other_site' }
  const target = ours.cnames.find((name) => !within(name, site))
  if (target !== undefined) return { kind: 'cname', target }
  for (const [mine, theirs] of [
    [ours.v4, page.v4],
    [ours.v6, page.v6],
  ] as const) {
    const networks = theirs.map(networkOf)
    const far = mine.find((address) => networks.length > 0 && !networks.includes(networkOf(address)))
    if (far !== undefined) return { kind: 'far', ours: far, pages: theirs }
  }
  const known = (ours.v4.length && page.v4.length) || (ours.v6.length && page.v6.length)
  return { kind: known ? 'near' : 'unknown' }
}

/** All of its addresses are of this machine or of a private network: what is seen here is not what visitors see. */
export const isInternal = ({ host, v4, v6 }: HostFacts): boolean => {
  const all = readIp(host) ? [host] : [...v4, ...v6]
  return all.length > 0 && all.every((address) => readIp(address)?.isPublic === false)
}
