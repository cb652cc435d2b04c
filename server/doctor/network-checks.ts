import { minuteMs } from '../../shared/limits.ts'
import { isAnswer } from './ask.ts'
import { fail, ok, skip, warn, type Check } from './check.ts'
import type { Facts } from './facts.ts'
import { isInternal } from './reach.ts'

const trust = 'Set trust_proxy to the proxy’s address or network, and let the proxy set X-Forwarded-For.'

/** Does the collector know the visitor's address, or its proxy's? */
export function proxyCheck({ seen, ourHost, settings }: Facts): Check {
  if (!seen) return skip('proxy', 'The collector’s /healthz?seen was not reached beside the events path.')
  const isNear = isInternal(ourHost)
  if (seen.by === 'peer' && seen.forwarded)
    return fail('proxy', 'A proxy says who the visitor is, and the collector does not believe it.', trust)
  if (seen.address === 'private' && !isNear)
    return fail(
      'proxy',
      settings?.trustsProxies
        ? 'The collector sees a private address: another proxy stands before the one it trusts.'
        : 'The collector sees a private address: that of a proxy, not the visitor’s.',
      trust,
    )
  if (isNear) return skip('proxy', 'Looked at from its own network: what visitors’ requests look like cannot be seen.')
  return ok(
    'proxy',
    `The collector sees a public address, by ${seen.by === 'peer' ? 'its own connection' : 'a proxy it trusts'}.`,
  )
}

export function ipv6Check({ pageHost, ourHost }: Facts): Check {
  if (isInternal(ourHost)) return skip('ipv6', 'The site is on this machine or network.')
  if (ourHost.failed !== undefined) return skip('ipv6', 'The addresses are not known.')
  if (ourHost.v6.length) return ok('ipv6', `${ourHost.host} has an IPv6 address.`)
  const fix = `Add an AAAA record for ${ourHost.host}, and let the proxy listen on IPv6.`
  return warn(
    'ipv6',
    pageHost.v6.length
      ? `${pageHost.host} has IPv6 and ${ourHost.host} has not.`
      : `${ourHost.host} has no IPv6 address: platforms see many visitors by IPv6, and we by another address.`,
    fix,
  )
}

const drift = { warnMs: 30_000, failMs: 5 * minuteMs }

export function clockCheck({ events, script }: Facts): Check {
  const answer = [events, script].find((one) => isAnswer(one) && one.headers.date !== undefined)
  if (!answer || !isAnswer(answer)) return skip('clock', 'No answer has a Date.')
  const at = Date.parse(answer.headers.date ?? '')
  if (Number.isNaN(at)) return skip('clock', 'The Date of the answer cannot be read.')
  // The header has whole seconds.
  const apartMs = Math.max(0, Math.abs(answer.at - at - 500) - 500)
  const said = `${Math.round(apartMs / 1000)} seconds ${at > answer.at ? 'ahead of' : 'behind'} this machine’s`
  const fix = 'Switch time synchronisation (NTP) on, on the server and here: platforms refuse events from the future.'
  if (apartMs >= drift.failMs) return fail('clock', `The server’s clock is ${said}.`, fix)
  if (apartMs >= drift.warnMs) return warn('clock', `The server’s clock is ${said}.`, fix)
  return ok('clock', 'The server’s clock and this machine’s agree.')
}
