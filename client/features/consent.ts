import type { Consent } from '../../shared/consent.ts'
import { wireVersion } from '../../shared/event.ts'
import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'
import { readCookie, writeCookie } from '../memory/cookie.ts'
import { attempt, safe } from '../safe.ts'

/** What the script tag (`data-gpc`, `data-consent-fallback`) or the served settings may say of consent. */
export interface ConsentOptions {
  /** What Global Privacy Control means: `ldu` (limited use), `block` (a no) or `ignore`. */
  readonly gpc?: string
  /** Counts when no consent tool is there in time; without it, everything stays held. */
  readonly consentFallback?: 'granted' | 'denied'
}

/** The `consent` command. `unknown`: there is a tool, and the visitor has not answered it yet. */
export type SayConsent = (said: 'granted' | 'denied' | 'unknown', more?: Pick<Consent, 'limited' | 'source'>) => void

const maxHeld = 50
const waitForToolMs = 5000

/**
 * Holds everything in memory until the visitor has said yes, and takes everything back when that is withdrawn. Several
 * may speak (the page, consent tools): one no is a no, one wish for limits is enough.
 */
const consent: Feature = (kit) => {
  const core = { ...kit }
  /** The core's own gate, which the script tag may have shut already. */
  const holdOrOpen = kit.publicCommands.consent.bind(kit.publicCommands)
  holdOrOpen('denied')
  const config: PixelConfig & ConsentOptions = kit.siteConfig
  const gpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl && (config.gpc ?? 'ldu')
  /** Who spoke → the word; a yes with limits is `limited`. */
  const words: Record<string, string> = gpc === 'block' ? { gpc: 'denied' } : {}
  /** Events among what waits, oldest first. */
  const held: (() => void)[] = []
  let state: unknown
  let source: string | undefined

  const isSaid = (word: string): boolean => Object.values(words).includes(word)

  const move = (next: 'granted' | 'denied'): void => {
    const before = state
    if (next === before) return
    state = next
    const isYes = next === 'granted'
    const page = window as unknown as Record<string, (...call: string[]) => void>
    const { meta, reddit } = config.pixels ?? { meta: 1, reddit: 1 }
    attempt(() => meta && page.fbq!('consent', isYes ? 'grant' : 'revoke'))
    attempt(() => reddit && page.rdt!(`${isYes ? 'en' : 'dis'}ableFirstPartyCookies`))
    held.length = 0
    if (isYes) {
      holdOrOpen('granted')
      // After a no, the click IDs of before are forgotten.
      if (before) kit.readClicks()
    } else {
      kit.heldRuns.length = 0
      kit.knownClicks = {}
      // Another page may have had the yes.
      if (before || readCookie('_pp')) {
        const domain = kit.getDomain()
        for (const name of ['_pp', '_ppd', '_ppo', '_ppq', '_ppl']) {
          writeCookie(name, '', 0, domain)
          attempt(() => localStorage.removeItem(name))
        }
        // As a leaving page's: nothing waits for the answer, and its cookies count wherever the collector is.
        void core.postBatch({ v: wireVersion, site: config.key, domain, sent_at: Date.now(), revoke: true }, 1)
      }
    }
  }

  kit.takeEvent = (...call) => {
    const run = (): void => {
      call[0].consent = { state: 'granted', limited: gpc === 'ldu' || isSaid('limited') || undefined, source }
      core.takeEvent(...call)
    }
    if (!state && held.push(run) > maxHeld) kit.heldRuns.splice(kit.heldRuns.indexOf(held.shift()!), 1)
    kit.whenAllowed(run)
  }
  kit.whenAllowed = (run) => state !== 'denied' && core.whenAllowed(run)
  // What had a yes may still wait to be sent when the no comes.
  kit.postBatch = (...call) => (state === 'granted' ? core.postBatch(...call) : undefined)

  const say: SayConsent = (said, more) => {
    const by = more?.source ?? 'api'
    words[by] = said === 'granted' && more?.limited ? 'limited' : said
    if (isSaid('denied')) move('denied')
    else if (/^(grant|limit)ed$/.test(words[by])) {
      source = by
      move('granted')
    }
  }
  kit.publicCommands.consent = safe(say)
  if (gpc === 'block') move('denied')
  if (config.consentFallback) setTimeout(() => Object.keys(words)[0] || move(config.consentFallback!), waitForToolMs)
}

export default consent
