import { isAnswer, type Answer, type Ask, type NoAnswer } from './ask.ts'
import { findStub, findTag, metaPolicies, type Tag } from './page.ts'
import { parsePolicies, type Policy } from './csp.ts'
import { commonSite, type HostFacts } from './reach.ts'
import { readHost, type Names } from './resolver.ts'

/** What a token check has found, in words of the command `check`. */
export interface TokenFacts {
  readonly destination: string
  readonly verdict: 'healthy' | 'unhealthy' | 'unknown' | 'unasked' | 'disabled' | 'dry_run' | 'no_token'
  readonly why?: string
  readonly fix?: string
  readonly notices: readonly {
    readonly code: string
    readonly level: 'urgent' | 'warning' | 'info'
    readonly message: string
    readonly fix?: string
  }[]
}

/** What the settings say that can be seen from outside; absent: there are none here. */
export interface SiteSettings {
  readonly asksConsent: boolean
  readonly paths: { readonly script: string; readonly events: string }
  readonly trustsProxies: boolean
}

/** What the collector answers of the request that asks it (`/healthz?seen`). */
export interface Seen {
  readonly version: 4 | 6
  readonly address: 'public' | 'private'
  /** By what it knows: the connection, or a proxy that it trusts. */
  readonly by: 'peer' | 'forwarded'
  /** The request had an X-Forwarded-For. */
  readonly forwarded: boolean
}

/** All that was seen from outside. */
export interface Facts {
  readonly page: Answer
  readonly tag?: Tag
  readonly stub?: { readonly text: string; readonly nonce?: string }
  readonly policies: readonly Policy[]
  readonly scriptUrl: URL
  readonly eventsUrl: URL
  readonly script: Answer | NoAnswer
  readonly events: Answer | NoAnswer
  readonly seen?: Seen
  readonly pageHost: HostFacts
  readonly ourHost: HostFacts
  readonly settings?: SiteSettings
  readonly tokens: readonly TokenFacts[]
}

export interface LookDeps {
  readonly ask: Ask
  readonly names: Names
  readonly settings?: SiteSettings
  readonly tokens?: () => Promise<readonly TokenFacts[]>
  /** The script's address, where the page's HTML does not have it. */
  readonly script?: string
}

const usualPaths = { script: '/p.js', events: '/e' }
/** Where the collector usually is below a site. */
const usualFolder = '/_p'

/** Looks at a site from outside. `NoAnswer`: the page itself could not be had, so there is nothing to look at. */
export async function look(site: URL, deps: LookDeps): Promise<Facts | NoAnswer> {
  const { ask, names, settings } = deps
  const page = await ask(site, { headers: { accept: 'text/html' }, redirects: 5 })
  if (!isAnswer(page)) return page
  const paths = settings?.paths ?? usualPaths
  const tag = findTag(page.body, page.url, paths.script)
  const scriptUrl = await findScript(page.url, tag, paths.script, deps)
  const eventsUrl = new URL(tag?.endpoint ?? relativeEvents(paths), scriptUrl)
  const [script, events, seen, pageHost, ourHost, tokens] = await Promise.all([
    ask(scriptUrl, { headers: { 'accept-encoding': 'br, gzip' } }),
    ask(eventsUrl, probe(page.url, eventsUrl, tag?.key)),
    askSeen(new URL('healthz?seen', eventsUrl), ask),
    readHost(page.url.hostname, names),
    readHost(eventsUrl.hostname, names),
    deps.tokens?.() ?? [],
  ])
  const stub = findStub(page.body)
  const policies = [page.headers['content-security-policy'] ?? '', ...metaPolicies(page.body)].flatMap(parsePolicies)
  return {
    page,
    ...(tag && { tag }),
    ...(stub && { stub }),
    policies,
    scriptUrl,
    eventsUrl,
    script,
    events,
    ...(seen && { seen }),
    pageHost,
    ourHost,
    ...(settings && { settings }),
    tokens,
  }
}

/** The tag's word, then the operator's, then where it usually is. */
async function findScript(page: URL, tag: Tag | undefined, path: string, { script, ask }: LookDeps): Promise<URL> {
  if (script !== undefined && URL.canParse(script, page)) return new URL(script, page)
  if (tag) return tag.src
  const likely = [...new Set([usualFolder + path, path])].map((one) => new URL(one, page))
  for (const url of likely) {
    const answer = await ask(url)
    if (isAnswer(answer) && answer.status === 200 && isJavaScript(answer)) return url
  }
  return likely[0]!
}

export const isJavaScript = ({ headers }: Answer): boolean =>
  /^(text|application)\/(x-)?javascript\b/i.test(headers['content-type'] ?? '')

/** Where events are posted, from where the script is. */
function relativeEvents({ script, events }: SiteSettings['paths']): string {
  const folder = script.slice(0, script.lastIndexOf('/') + 1)
  return events.startsWith(folder) ? events.slice(folder.length) : events
}

/**
 * A post as a page's, with nothing in it to keep: a proof that names no event is dropped, and the answer still has its
 * cookies.
 */
function probe(page: URL, events: URL, key: string | undefined) {
  const domain = page.hostname === events.hostname ? page.hostname : commonSite(page.hostname, events.hostname)
  const body = { v: 1, ...(key !== undefined && { site: key }), domain, events: [], proofs: [{}] }
  const headers = { 'content-type': 'text/plain;charset=UTF-8', origin: page.origin, 'sec-fetch-mode': 'cors' }
  return { method: 'POST', headers, body: JSON.stringify(body) } as const
}

async function askSeen(url: URL, ask: Ask): Promise<Seen | undefined> {
  const answer = await ask(url)
  if (!isAnswer(answer) || answer.status !== 200) return undefined
  try {
    const given = JSON.parse(answer.body) as { readonly seen?: Partial<Seen> } | null
    const { version, address, by, forwarded } = given?.seen ?? {}
    const isWhole = (version === 4 || version === 6) && (address === 'public' || address === 'private')
    if (!isWhole || (by !== 'peer' && by !== 'forwarded')) return undefined
    return { version, address, by, forwarded: forwarded === true }
  } catch {
    return undefined
  }
}
