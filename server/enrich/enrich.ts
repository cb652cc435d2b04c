import type { PixelEvent } from '../../shared/event.ts'
import { futureToleranceMs } from '../../shared/limits.ts'
import type { Issue } from '../../shared/parse-field.ts'
import { moreCookies, type MoreCookie } from '../../shared/platform-cookies.ts'
import { chooseClientIp } from './client-ip.ts'
import { otherClicks } from './other-clicks.ts'
import type { Visitor } from './visitor.ts'

/** A sender's clock further off than this is corrected by the time it says it sent at. */
const skewMs = 10_000

export interface EnrichContext {
  readonly kind: 'browser' | 'backend'
  readonly now: number
  /** The sender's clock at sending. */
  readonly sentAt?: number
  readonly visitor: Visitor
  readonly siteUrl?: string
  /** Cookies of other platforms that the site wants kept. */
  readonly keptCookies?: readonly MoreCookie[]
  /** Parameters that the site's addresses lose, in lower case. */
  readonly redact?: readonly string[]
}

/**
 * Adds what the request tells to what the event says. A browser copy's address and user agent are the request's own,
 * never its word; a back-end copy brings the visitor's, or none.
 */
export function enrich(
  event: PixelEvent,
  { kind, now, sentAt, visitor, siteUrl, keptCookies, redact }: EnrichContext,
): { event: PixelEvent; warnings: readonly Issue[] } {
  const { time, warnings } = eventTime(event.event_time, now, sentAt)
  const base = { ...event, event_time: time }
  if (kind === 'backend') return { event: { ...base, ...(!event.url && siteUrl && { url: siteUrl }) }, warnings }
  const { ip: _ip, user_agent: _agent, ...context } = event.context ?? {}
  const { _fbi: cookieIp, ...cookies } = visitor.cookies
  const ip = chooseClientIp({ cookieIp, remote: visitor.ip }) ?? visitor.ip
  const clicks = otherClicks(event, redact)
  const joined = withoutOthers({ ...cookies, ...context.cookies }, keptCookies)
  return {
    event: {
      ...base,
      context: {
        ...context,
        ...(clicks && { click_ids: clicks }),
        ...(ip && { ip }),
        ...(visitor.userAgent && { user_agent: visitor.userAgent }),
        ...(Object.keys(joined).length > 0 && { cookies: joined }),
      },
      ...(visitor.optOut && { consent: { source: 'gpc', ...event.consent, limited: true } }),
    },
    warnings,
  }
}

/** A browser brings all cookies of the host; of other platforms only those stay that the site has named. */
function withoutOthers(
  cookies: Readonly<Record<string, string>>,
  kept: readonly MoreCookie[] = [],
): Readonly<Record<string, string>> {
  const others = moreCookies.filter((name) => cookies[name] !== undefined && !kept.includes(name))
  return others.length
    ? Object.fromEntries(Object.entries(cookies).filter(([name]) => !others.some((other) => other === name)))
    : cookies
}

/** An event that says no time has the time of arrival by now, which is ours: no clock of a sender's corrects it. */
function eventTime(said: number, now: number, sentAt: number | undefined): { time: number; warnings: Issue[] } {
  const skew = sentAt === undefined || said === now ? 0 : now - sentAt
  const time = Math.abs(skew) > skewMs ? said + skew : said
  if (time <= now + futureToleranceMs) return { time: Math.min(time, now), warnings: [] }
  const message = 'event_time lies more than 5 minutes ahead; the time of arrival is used.'
  return { time: now, warnings: [{ path: 'event_time', code: 'in_future', message }] }
}
