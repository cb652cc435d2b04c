import { createHash } from 'node:crypto'

/** Directive → its sources, as one policy states them. */
export type Policy = ReadonlyMap<string, readonly string[]>

/** The policies of a header (with commas between them) or of a meta element. */
export const parsePolicies = (text: string): readonly Policy[] =>
  text
    .split(',')
    .map((one) => {
      const directives = new Map<string, readonly string[]>()
      for (const part of one.split(';')) {
        const [name = '', ...sources] = part.trim().split(/\s+/)
        // The first of a repeated directive counts.
        if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources)
      }
      return directives
    })
    .filter(({ size }) => size > 0)

/** What is to be loaded or run, and how it may be allowed. */
export interface Wanted {
  readonly kind: 'script' | 'connect' | 'inline'
  readonly url?: URL
  readonly nonce?: string
  /** `sha256-…` of inline text, or the digest of `integrity`. */
  readonly hashes?: readonly string[]
}

const fallbacks: Readonly<Record<Wanted['kind'], readonly string[]>> = {
  script: ['script-src-elem', 'script-src', 'default-src'],
  inline: ['script-src-elem', 'script-src', 'default-src'],
  connect: ['connect-src', 'default-src'],
}

/** The directive of a policy that decides; undefined: nothing is forbidden. */
function ruling(policy: Policy, kind: Wanted['kind']): readonly [name: string, sources: readonly string[]] | undefined {
  const name = fallbacks[kind].find((directive) => policy.has(directive))
  return name === undefined ? undefined : [name, policy.get(name) ?? []]
}

/** Does the policy let this happen on the page? */
export function allows(policy: Policy, wanted: Wanted, page: URL): boolean {
  const found = ruling(policy, wanted.kind)
  if (!found) return true
  const sources = found[1]
  const lower = sources.map((source) => source.toLowerCase())
  if (wanted.nonce && sources.includes(`'nonce-${wanted.nonce}'`)) return true
  if (wanted.hashes?.some((hash) => sources.includes(`'${hash}'`))) return true
  if (wanted.kind === 'inline') {
    const isStrict = lower.some((source) => /^'(nonce-|sha\d{3}-|strict-dynamic')/.test(source))
    return !isStrict && lower.includes("'unsafe-inline'")
  }
  const { url } = wanted
  if (!url || (wanted.kind === 'script' && lower.includes("'strict-dynamic'"))) return false
  return sources.some((source) => matches(source, url, page))
}

const ports: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }
const portOf = (url: URL): string => url.port || (ports[url.protocol] ?? '')

/** One source of a list against an address (CSP 3, section 6.7.2). */
function matches(source: string, url: URL, page: URL): boolean {
  const lower = source.toLowerCase()
  if (lower === "'self'") return sameOrUpgraded(page, url)
  if (lower === '*') return /^(https?|wss?):$/.test(url.protocol) || url.protocol === page.protocol
  if (/^[a-z][a-z0-9+.-]*:$/.test(lower))
    return url.protocol === lower || (lower === 'http:' && url.protocol === 'https:')
  const [, scheme, host = '', port, path = ''] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9._-]+)(?::(\d+|\*))?(\/[^\s?#]*)?$/i.exec(source) ?? []
  if (!host) return false
  const protocol = scheme ? `${scheme.toLowerCase()}:` : page.protocol
  if (url.protocol !== protocol && !(protocol === 'http:' && url.protocol === 'https:')) return false
  const name = host.toLowerCase()
  const isHost = name === '*' || (name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name)
  if (!isHost) return false
  if (port === undefined ? portOf(url) !== ports[url.protocol] : port !== '*' && port !== portOf(url)) return false
  return !path || path === '/' || (path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path)
}

const sameOrUpgraded = (page: URL, url: URL): boolean =>
  url.origin === page.origin ||
  (url.hostname === page.hostname && page.protocol === 'http:' && url.protocol === 'https:' && !url.port && !page.port)

/** The directive as it should read, so that this is allowed: to copy over the one there is. */
export function mended(policy: Policy, wanted: Wanted, page: URL): string {
  const [name, sources] = ruling(policy, wanted.kind) ?? ['', []]
  const directive = name === 'default-src' || !name ? (wanted.kind === 'connect' ? 'connect-src' : 'script-src') : name
  const kept = sources.filter((source) => source.toLowerCase() !== "'none'")
  return [directive, ...kept, addition(policy, wanted, page)].join(' ')
}

function addition(policy: Policy, { kind, url, hashes = [] }: Wanted, page: URL): string {
  const sources = (ruling(policy, kind)?.[1] ?? []).map((source) => source.toLowerCase())
  // Beside 'strict-dynamic' hosts count for nothing.
  if (kind === 'script' && sources.includes("'strict-dynamic'")) return `'${hashes[0] ?? 'nonce-…'}'`
  if (kind === 'inline') return `'${hashes[0] ?? 'nonce-…'}'`
  return url?.origin === page.origin ? "'self'" : (url?.origin ?? '')
}

/** As a policy names inline text. */
export const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
