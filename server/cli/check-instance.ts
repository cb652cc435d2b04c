import { plainWords } from '../deliver/mask.ts'
import type { Send } from '../deliver/send.ts'
import type { Destination, Finding, HttpRequest, Outcome } from '../destinations/destination.ts'
import { noticesFor, platformTitle, type Notice } from '../destinations/notices.ts'
import { settingsAt } from '../destinations/test-mode.ts'
import { hasToken } from '../destinations/token.ts'
import { siteFindings } from '../site-findings.ts'
import type { SiteInstance } from '../site.ts'

/**
 * `unasked`: the platform has no question that records nothing. `unknown`: it was asked and gave no answer that says
 * whether the token is good. `no_token`: there is none to ask with.
 */
export type Verdict = 'healthy' | 'unhealthy' | 'unknown' | 'unasked' | 'disabled' | 'dry_run' | 'no_token'

/** What the platform answered; `none`: nothing came. No token in any word. */
export interface Reply {
  readonly kind: Outcome['kind'] | 'none'
  readonly why?: string
  readonly fix?: string
  readonly code?: string
}

export interface Checked {
  readonly instance: SiteInstance
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  readonly notices: readonly Notice[]
  readonly reply?: Reply
}

export interface CheckDeps {
  readonly send: Send
  readonly now: () => number
  /** How long an answer is waited for, to be told. */
  readonly waitMs: number
}

/** Looks at one instance's settings and asks its platform whether the token is good for the pixel. */
export async function checkInstance(
  instance: SiteInstance,
  destination: Destination,
  deps: CheckDeps,
): Promise<Checked> {
  if (instance.dry_run) return { instance, verdict: 'dry_run', findings: [], notices: [] }
  const now = deps.now()
  const findings = [...siteFindings(instance), ...destination.checkSettings(instance)]
  const notices = noticesFor(instance, destination, now)
  const hide = hider(instance.access_token)
  const told = {
    instance,
    findings: findings.map((one) => ({ ...one, message: hide(one.message), fix: hide(one.fix) })),
    notices,
  }
  if (!instance.enabled) return { ...told, notices: [], verdict: 'disabled' }
  if (!hasToken(instance)) return { ...told, verdict: 'no_token' }
  const request = destination.probe(settingsAt(instance, now), now)
  const isWrong = findings.some(({ level }) => level === 'wrong')
  if (!request) return { ...told, verdict: isWrong ? 'unhealthy' : 'unasked' }
  const { kind, why, fix, code } = await ask(request, destination, deps)
  const reply = {
    kind,
    ...(why !== undefined && { why: hide(why) }),
    ...(fix !== undefined && { fix: hide(fix) }),
    ...(code !== undefined && { code }),
  }
  return { ...told, verdict: isWrong ? 'unhealthy' : verdicts[kind], reply }
}

const verdicts: Readonly<Record<Reply['kind'], Verdict>> = {
  accepted: 'healthy',
  halted: 'unhealthy',
  // The question was refused, not the token: the sentence beside says how far that goes.
  rejected: 'unknown',
  retry: 'unknown',
  none: 'unknown',
}

async function ask(request: HttpRequest, destination: Destination, { send, waitMs }: CheckDeps): Promise<Reply> {
  const sent = await send(request)
  if ('answer' in sent) return destination.readProbe(sent.answer)
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'its address'
  const said = failures.find(({ code }) => code.test(sent.failed))
  const title = platformTitle(destination.name)
  return {
    kind: 'none',
    why: said ? said.words(title, host, waitMs) : `The connection to ${host} failed (${sent.failed}).`,
    fix: said?.fix ?? 'Run check again; if it stays, look for a proxy or a firewall in between.',
  }
}

interface Failure {
  readonly code: RegExp
  readonly words: (title: string, host: string, waitMs: number) => string
  readonly fix: string
}

/** Why no answer came → what to tell. */
const failures: readonly Failure[] = [
  {
    code: /TIMEOUT|ETIMEDOUT/,
    words: (title, host, waitMs) => `${title} (${host}) did not answer within ${waitMs / 1000} seconds.`,
    fix: 'Run check again; if it stays, look whether this machine may reach that address.',
  },
  {
    code: /^(ENOTFOUND|EAI_AGAIN)$/,
    words: (_title, host) => `The name ${host} could not be looked up.`,
    fix: 'Look whether this machine is online, and at `endpoint` if one is set.',
  },
  {
    code: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    words: (_title, host) => `Nothing takes connections at ${host}.`,
    fix: 'Look whether this machine may reach that address, and at `endpoint` if one is set.',
  },
  {
    code: /CERT|SIGNATURE/,
    words: (_title, host, _waitMs) => `The certificate of ${host} is not to be trusted.`,
    fix: 'Look for a proxy in between, and at the clock of this machine.',
  },
]

/** Takes the token out of a sentence. One of a few letters is no platform's, and would be found in any word. */
const hider =
  (token: string) =>
  (text: string): string =>
    plainWords(text, token.length < 8 ? '' : token)
