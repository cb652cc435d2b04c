import { isLoopbackHost } from './loopback.ts'
import { fail, ok, skip, warn, type Check } from './check.ts'
import { allows, hashOf, mended, type Wanted } from './csp.ts'
import type { Facts } from './facts.ts'

export function pageCheck({ page }: Facts): Check {
  const { url, status } = page
  if (status >= 400) return fail('page', `${url.href} answers ${status}.`, 'Name a page of the site that visitors see.')
  if (url.protocol === 'https:') return ok('page', `${url.href} answers ${status}.`)
  const fix = 'Serve the site over https: user data leaves from secure pages alone.'
  const cause = `${url.href} is not https.`
  return isLoopbackHost(url.hostname) ? warn('page', cause, fix) : fail('page', cause, fix)
}

export function tagCheck({ tag, stub, page }: Facts): Check {
  if (!tag)
    return warn(
      'tag',
      'The HTML of the page has no tag of the pixel.',
      'Paste what `pairpixel snippet` prints into its head. If a tag manager adds it, all is well: name the script with --script.',
    )
  if (!stub)
    return warn(
      'tag',
      'The tag is there, and the line before it is not: calls made before the script has loaded are lost.',
      'Paste both lines that `pairpixel snippet` prints.',
    )
  return ok('tag', `${page.url.href} has the tag and the line before it.`)
}

/** What the page needs to be allowed, and the directives that would do. */
export function cspCheck({ policies, page, tag, stub, scriptUrl, eventsUrl }: Facts): Check {
  if (!policies.length) return ok('csp', 'The page states none.')
  const { nonce, integrity } = tag ?? {}
  const needed: readonly Wanted[] = [
    { kind: 'script', url: scriptUrl, ...(nonce && { nonce }), ...(integrity && { hashes: integrity.split(/\s+/) }) },
    { kind: 'connect', url: eventsUrl },
  ]
  const wish: readonly Wanted[] = stub
    ? [{ kind: 'inline', hashes: [hashOf(stub.text)], ...(stub.nonce && { nonce: stub.nonce }) }]
    : []
  const missing = (wanted: readonly Wanted[]) => [
    ...new Set(
      policies.flatMap((policy) =>
        wanted.flatMap((one) => (allows(policy, one, page.url) ? [] : [mended(policy, one, page.url)])),
      ),
    ),
  ]
  const lacking = missing(needed)
  if (lacking.length)
    return fail(
      'csp',
      `The page’s policy forbids ${needed
        .filter((one) => policies.some((policy) => !allows(policy, one, page.url)))
        .map(({ kind }) => (kind === 'script' ? 'the script' : 'its posts'))
        .join(' and ')}.`,
      `Let the policy say: ${[...lacking, ...missing(wish)].join('; ')}`,
    )
  const lines = missing(wish)
  if (lines.length)
    return warn(
      'csp',
      'The page’s policy forbids the line before the tag: calls made before the script has loaded are lost.',
      `Let the policy say: ${lines.join('; ')}`,
    )
  return ok('csp', 'The page’s policy allows the script and its posts.')
}

export function dnsCheck({ pageHost, ourHost }: Facts): Check {
  const lost = [pageHost, ourHost].find(({ failed }) => failed !== undefined)
  if (lost?.failed === 'ENOTFOUND')
    return fail('dns', `There is no address of ${lost.host}.`, 'Add an A and an AAAA record for it.')
  if (lost) return skip('dns', `The name servers did not tell of ${lost.host} (${lost.failed ?? ''}).`)
  const said = ({ host, v4, v6, cnames }: Facts['pageHost']) =>
    `${host}${cnames.length ? ` → ${cnames.join(' → ')}` : ''} → ${[...v4, ...v6].join(', ')}`
  return ok('dns', [...new Set([said(pageHost), said(ourHost)])].join('; '))
}
