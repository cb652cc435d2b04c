import type { NoAnswer } from './ask.ts'
import { checkTitles, fail, type Check } from './check.ts'
import { cookiesCheck, reachCheck } from './cookie-checks.ts'
import { blockCheck, cacheCheck, eventsCheck, scriptCheck, whyNot } from './delivery-checks.ts'
import type { Facts } from './facts.ts'
import { clockCheck, ipv6Check, proxyCheck } from './network-checks.ts'
import { cspCheck, dnsCheck, pageCheck, tagCheck } from './page-checks.ts'
import { testChecks, tokenChecks, versionChecks } from './settings-checks.ts'

const one =
  (check: (facts: Facts) => Check) =>
  (facts: Facts): readonly Check[] => [check(facts)]

const checks: readonly ((facts: Facts) => readonly Check[])[] = [
  one(pageCheck),
  one(tagCheck),
  one(dnsCheck),
  one(reachCheck),
  one(scriptCheck),
  one(cacheCheck),
  one(blockCheck),
  one(eventsCheck),
  one(cookiesCheck),
  one(cspCheck),
  one(proxyCheck),
  one(ipv6Check),
  one(clockCheck),
  tokenChecks,
  versionChecks,
  testChecks,
]

/** 0: nothing fails. 1: something does. 2: there was nothing to look at. */
export type ExitCode = 0 | 1 | 2

export interface Report {
  /** The shape of this report; a change of meaning raises it. */
  readonly v: 1
  readonly url: string
  readonly exit: ExitCode
  readonly checks: readonly Check[]
}

/** Everything there is to say of what was seen. Pure. */
export function examine(site: URL, seen: Facts | NoAnswer): Report {
  if ('failed' in seen) {
    const page = fail('page', whyNot(seen), 'Look at the address, and whether this machine may reach it.')
    return { v: 1, url: site.href, exit: 2, checks: [page] }
  }
  const found = checks.flatMap((check) => check(seen))
  return { v: 1, url: seen.page.url.href, exit: found.some(({ status }) => status === 'fail') ? 1 : 0, checks: found }
}

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL', skip: '-   ' } as const

/** The report for people: a line a check, its fix below. Nothing a site says may steer a terminal. */
export function reportLines({ url, checks: found }: Report): readonly string[] {
  const count = (status: Check['status']) => found.filter((check) => check.status === status).length
  return [
    clean(url),
    '',
    ...found.flatMap(({ id, status, cause, fix }) => [
      `${marks[status]}  ${checkTitles[id]}: ${clean(cause)}`,
      ...(fix === undefined ? [] : [`      To do: ${clean(fix)}`]),
    ]),
    '',
    `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed, ${count('skip')} not looked at.`,
  ]
}

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 2000)
