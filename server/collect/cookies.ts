import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { clickIdParams, isClickId } from '../../shared/click-ids.ts'
import { clickLifeMs, dayMs, futureToleranceMs } from '../../shared/limits.ts'
import { isObject } from '../../shared/parse-field.ts'
import type { Batch } from './batch.ts'

/** A page's own view of who asks: what the answer's cookies depend on. */
export interface CookieAsk {
  /** The `Cookie` header. */
  readonly cookie: string | undefined
  /** Host names, without ports: the collector as it was asked, and the page that asks. */
  readonly host: string
  readonly page: string
  /** The page is https. */
  readonly isSecure: boolean
  /** The registrable domain, as the page's browser takes a cookie for it; '' where it takes none. */
  readonly domain: string
  readonly now: number
  /** The page's clock at sending, where it says so. */
  readonly sentAt?: number
  readonly newVisitor: () => string
}

/** Click ID → value and when it was first seen: the shape of `_pp`, which the script writes and reads too. */
type Clicks = Record<string, readonly [value: string, firstSeenMs: number]>

/** Hosts whose browsers take no cookie for a domain, so that their pages say none: a single name, an address. */
const hasNoDomain = (host: string): boolean => /^([^.]+|[\d.]+)$/.test(host)

/** What the cookies of an answer depend on beside the page's request; undefined where they are not to be set. */
export function askOf(
  { headers }: IncomingMessage,
  { domain: said, sentAt }: Batch,
  rest: Pick<CookieAsk, 'now' | 'newVisitor'>,
): CookieAsk | undefined {
  const origin = headers.origin ?? ''
  if (!URL.canParse(origin) || headers.host === undefined) return undefined
  const page = new URL(origin).hostname
  const domain = said ?? (hasNoDomain(page) ? '' : undefined)
  if (domain === undefined) return undefined
  return {
    cookie: headers.cookie,
    host: headers.host.replace(/:\d+$/, '').toLowerCase(),
    page,
    isSecure: origin.startsWith('https:'),
    domain,
    ...(sentAt !== undefined && { sentAt }),
    ...rest,
  }
}

/** Nothing is kept in a browser whose visitor has not said so: where the site asks, a yes is needed, and a no counts always. */
export function mayKeep({ events }: Batch, mustAsk: boolean): boolean {
  const states = events.map((event) => (isObject(event) && isObject(event.consent) ? event.consent.state : undefined))
  return !states.includes('denied') && (!mustAsk || states.includes('granted'))
}

const lifeMs = clickLifeMs
const refreshMs = dayMs
/** 1,800 with the name. */
const maxChars = 1796
/** The platforms' own cookies that their scripts read; a script's own writing lives seven days in some browsers. */
const renewed = ['_fbc', '_fbp']

/**
 * `Set-Cookie` lines for the answer to a page of the same site: `_pp` and `_pps` (the visitor's ID and a copy of the
 * click IDs that no script can lose), Meta's cookies renewed. None where nothing changed within a day: `_pps` bears a mark
 * of Meta's cookies, for their script writes them after the first answer. `_pp` comes without click IDs too, for by it a
 * script knows, when the visitor says no, that there is something to take back.
 */
export function cookiesFor(ask: CookieAsk): string[] {
  const { domain, now } = ask
  if (!isSameSite(ask)) return []
  const found = readCookies(ask.cookie)
  const kept = readVisitor(found._pps)
  const clicks = united(readClicks(found._pp), kept?.clicks ?? {}, ask)
  const text = encode(clicks)
  const mark = markOf(found)
  const isFresh = kept && now - kept.at < refreshMs && kept.mark === mark && encode(kept.clicks) === text
  if (isFresh && found._pp === text) return []
  const tail = `; Path=/${domain && `; Domain=${domain}`}; Max-Age=${lifeMs / 1000}; SameSite=Lax${ask.isSecure ? '; Secure' : ''}`
  return [
    `_pp=${text}${tail}`,
    `_pps=${[kept?.visitor ?? ask.newVisitor(), now, text, ...(mark ? [mark] : [])].join('.')}${tail}; HttpOnly`,
    ...renewed.flatMap((name) => (found[name] ? [`${name}=${found[name]}${tail}`] : [])),
  ]
}

/** Tells other values of Meta's cookies from those that were renewed; '' without any. */
function markOf(found: ReturnType<typeof readCookies>): string {
  const values = renewed.map((name) => found[name])
  return values.some(Boolean) ? hash('sha256', values.join(';')).slice(0, 8) : ''
}

/** A cookie for a whole domain is set for pages of it alone; the browser itself refuses a public suffix. */
function isSameSite({ domain, host, page }: CookieAsk): boolean {
  if (domain === '') return host === page
  return /^[a-z0-9.-]+$/.test(domain) && [host, page].every((name) => name === domain || name.endsWith(`.${domain}`))
}

function readCookies(header = ''): Readonly<Record<string, string | undefined>> {
  const found: Record<string, string> = {}
  if (header.length > 16_384) return found
  for (const pair of header.split(';')) {
    const [name = '', ...value] = pair.trim().split('=')
    // Sent back as it stands, so only what a cookie may hold.
    if (!Object.hasOwn(found, name) && /^[!#-+\--:<-[\]-~]{1,4000}$/.test(value.join('=')))
      found[name] = value.join('=')
  }
  return found
}

/** The visitor's ID of our own cookie, where the request brings it: from pages of the same site, after the first answer. */
export const visitorIdOf = (header: string | undefined): string | undefined =>
  header?.includes('_pps=') ? readVisitor(readCookies(header)._pps)?.visitor : undefined

interface Kept {
  readonly visitor: string
  readonly at: number
  readonly clicks: Clicks
  readonly mark: string
}

function readVisitor(text: string | undefined): Kept | undefined {
  // Click IDs end with an encoded brace, so nothing of theirs is taken for a mark.
  const [, visitor, at, clicks, mark = ''] =
    /^([0-9a-f-]{36})\.(\d{13})\.(.*?)(?:\.([0-9a-f]{8}))?$/.exec(text ?? '') ?? []
  return visitor ? { visitor, at: Number(at), clicks: readClicks(clicks), mark } : undefined
}

function readClicks(text: string | undefined): Clicks {
  try {
    const given = JSON.parse(decodeURIComponent(text ?? '')) as unknown
    if (typeof given !== 'object' || given === null) return {}
    return Object.fromEntries(
      Object.entries(given as Record<string, unknown>).filter(([name, entry]) => {
        const known = clickIdParams.find((param) => param === name)
        const [value, at] = Array.isArray(entry) ? (entry as unknown[]) : []
        return known && typeof value === 'string' && isClickId(known, value) && Number.isSafeInteger(at)
      }),
    ) as Clicks
  } catch {
    return {}
  }
}

/**
 * The newer of two entries, without those past their life, as many as fit. A time ahead is now where the page's clock is
 * as far ahead; if not, a clock was wrong once, and any other entry is newer.
 */
function united(one: Clicks, other: Clicks, { now, sentAt = now }: CookieAsk): Clicks {
  const latest = Math.max(now, sentAt) + futureToleranceMs
  const newer = (at: number): number => (at > latest ? 0 : at)
  let clicks: Clicks = {}
  for (const name of clickIdParams) {
    const entries = [one[name], other[name]].flatMap((entry) => (entry && now - entry[1] < lifeMs ? [entry] : []))
    const [newest] = entries.sort((a, b) => newer(b[1]) - newer(a[1]))
    if (!newest) continue
    const [value, at] = newest
    const next: Clicks = { ...clicks, [name]: [value, at > now + futureToleranceMs ? now : at] }
    if (encode(next).length <= maxChars) clicks = next
  }
  return clicks
}

const encode = (clicks: Clicks): string => encodeURIComponent(JSON.stringify(clicks))
