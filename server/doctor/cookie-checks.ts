import { dayMs } from '../../shared/limits.ts'
import { isAnswer } from './ask.ts'
import { fail, ok, skip, warn, type Check } from './check.ts'
import type { Facts } from './facts.ts'
import { reachOf } from './reach.ts'

const ownPath = 'Give the collector a path of the site’s own host, such as /_p/ (deploy/ has the blocks).'
/** What can be done where the collector has to stay where it is. */
const orMirror = 'Until then pixel.mirror: true keeps click IDs of Safari’s visitors longer than a day.'

/** Safari's rule for cookies that an answer sets. */
export function reachCheck({ pageHost, ourHost, page }: Facts): Check {
  const host = ourHost.host
  const reach = reachOf(pageHost, ourHost)
  switch (reach.kind) {
    case 'same_host':
      return ok('cookie_reach', 'The collector answers under the page’s own host: cookies live as long as they say.')
    case 'near':
      return ok('cookie_reach', `${host} is no alias, and answers from the page’s network.`)
    case 'unknown':
      return skip('cookie_reach', `The addresses of ${host} and ${page.url.hostname} could not be compared.`)
    case 'other_site':
      return fail(
        'cookie_reach',
        `${host} is another site than ${page.url.hostname}: browsers take no cookie of it that lasts.`,
        `${ownPath} ${orMirror}`,
      )
    case 'cname':
      return warn(
        'cookie_reach',
        `${host} is an alias (CNAME) of ${reach.target}: Safari keeps its cookies for 7 days only.`,
        `${ownPath} ${orMirror}`,
      )
    case 'far':
      return warn(
        'cookie_reach',
        `${host} answers from ${reach.ours}, the page from ${reach.pages.join(', ')}: another network, so Safari keeps its cookies for 7 days only.`,
        `${ownPath} Or let it answer from the same first half of the IPv4 address and the same /64 of IPv6. ${orMirror}`,
      )
  }
}

interface Cookie {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A `Set-Cookie` line; attribute names in lower case. */
export function parseSetCookie(line: string): Cookie {
  const [first = '', ...rest] = line.split(';').map((part) => part.trim())
  return {
    name: first.split('=')[0] ?? '',
    attributes: Object.fromEntries(
      rest.map((part) => {
        const [name = '', ...value] = part.split('=')
        return [name.toLowerCase(), value.join('=')]
      }),
    ),
  }
}

/** The visitor's cookie that no script reads; without it, Safari forgets a visitor after a week. */
const visitorCookie = '_pps'
const leastDays = 80

export function cookiesCheck({ events, page, settings, ourHost, pageHost }: Facts): Check {
  if (!isAnswer(events) || events.status !== 204) return skip('cookies', 'No post was taken, so no cookie could come.')
  const found = events.setCookies.map(parseSetCookie).find(({ name }) => name === visitorCookie)
  if (!found) {
    if (settings?.asksConsent)
      return skip('cookies', 'The site asks its visitors first, so a post without a yes gets no cookie.')
    if (reachOf(pageHost, ourHost).kind === 'other_site')
      return skip('cookies', 'The collector is of another site, and sets none.')
    return warn(
      'cookies',
      'The answer sets no cookie.',
      'If the site asks for consent, that is as it should be. Otherwise let the proxy pass Host and Set-Cookie on.',
    )
  }
  const { attributes } = found
  const seconds = Number(attributes['max-age'])
  const life = attributes['max-age'] === undefined || !Number.isFinite(seconds) ? undefined : (seconds * 1000) / dayMs
  const wrong = [
    ...(life === undefined ? ['has no Max-Age'] : life < leastDays ? [`lives ${Math.floor(life)} days of 90`] : []),
    ...('httponly' in attributes ? [] : ['can be read by scripts (no HttpOnly)']),
    ...(page.url.protocol === 'https:' && !('secure' in attributes) ? ['is not Secure'] : []),
    ...(attributes.samesite?.toLowerCase() === 'lax' ? [] : [`has SameSite=${attributes.samesite ?? 'none at all'}`]),
  ]
  if (wrong.length)
    return warn(
      'cookies',
      `The visitor’s cookie ${wrong.join(', ')}.`,
      'The collector sets 90 days, HttpOnly, SameSite=Lax, and Secure on https: take the rule out of the proxy that changes it.',
    )
  return ok('cookies', `The visitor’s cookie lives ${Math.round(life ?? 0)} days, and no script can read it.`)
}
