import type { Feature } from '../kit.ts'
import { limitsOf } from '../platforms/limits.ts'
import { attempt, safe } from '../safe.ts'

/** What a tool of the Global Privacy Platform answers (IAB Tech Lab: GPP, CMP API 1.1). */
interface Ping {
  /** `not ready` while nothing is known, and while the visitor changes their mind. */
  readonly signalStatus?: string
  /** Section by its prefix (`usnat`, `usca`, …) → its parts, or the one there is. */
  readonly parsedSections?: Readonly<Record<string, object | readonly object[]>>
}
interface GppApi {
  (command: 'ping', tell: (ping: Ping, isDone: boolean) => void): void
  (command: 'addEventListener', tell: (event: { readonly pingData?: Ping }, isDone: boolean) => void): void
}

/** 0: does not apply; 1: opted out; 2: did not. */
const optOuts = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] as const
const poll = { stepMs: 250, steps: 20 }

/**
 * Takes objections to sale, sharing and targeted advertising from a tool of the Global Privacy Platform: one of them, in
 * any section, is a wish for limited use. It is neither a yes nor a no.
 */
const gpp: Feature = (kit) => {
  const { siteConfig: config } = kit
  const limits = limitsOf(kit)

  const hear = safe((ping: Ping | undefined, isDone: boolean) => {
    const { signalStatus, parsedSections } = ping!
    if (!isDone || !parsedSections || signalStatus === 'not ready') return
    const parts = Object.values(parsedSections).flat() as Readonly<Record<string, unknown>>[]
    limits.gpp = parts.some((part) => optOuts.some((name) => part?.[name] === 1))
    kit.tellPlatforms?.()
  })
  /** The tool may come late. */
  const look = (step: number): void => {
    const api = (window as { __gpp?: GppApi }).__gpp
    if (api) {
      // Every change; and the state of today, which older tools do not tell a new listener.
      attempt(() => api('addEventListener', (event, isDone) => hear(event?.pingData, isDone)))
      attempt(() => api('ping', hear))
    } else if (step) setTimeout(look, poll.stepMs, step - 1)
  }
  if (config.gpp !== false && config.gpp != '0') look(poll.steps)
}

export default gpp
