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
 * may speak (the page, consent tools): one no is a no. What a wish for limits does is the feature limited's.
 */
const consent: Feature = (kit) => {
  const core = { ...kit }
  const { publicCommands: commands } = kit
  const identify = commands.identify.bind(commands)
  /** The core's own gate, which the script tag may have shut already. */
  const holdOrOpen = commands.consent.bind(commands)
  holdOrOpen('denied')
  const config: PixelConfig & ConsentOptions = kit.siteConfig
  const isBlocked = config.gpc === 'block' && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
  /** Who spoke → the word. */
  const words: Record<string, string> = isBlocked ? { gpc: 'denied' } : {}
  /** Events among what waits, oldest first. */
  const held: (() => void)[] = []
  /** All that `identify` was told of, as what takes it back. */
  const emptied: Record<string, ''> = {}
  let state: unknown
  let source: string | undefined

  const isSaid = (word: string): boolean => Object.values(words).includes(word)

  /** Takes away what a yes has left here, and at the collector, whose cookies never come without `_pp`. */
  const forget = (wasGranted?: unknown): void => {
    kit.forget?.()
    for (const name of ['_pp', '_ppo', '_ppq', '_ppl', '_ppu']) attempt(() => localStorage.removeItem(name))
    // Another page may have had the yes.
    if (wasGranted || readCookie('_pp')) {
      const domain = kit.getDomain()
      for (const name of ['_pp', '_ppd']) writeCookie(name, '', 0, domain)
      // As a leaving page's: nothing waits for the answer, and its cookies count wherever the collector is.
      void core.postBatch({ v: wireVersion, site: config.key, domain, sent_at: Date.now(), revoke: true }, 1)
    }
  }

  const move = (next: 'granted' | 'denied'): void => {
    const before = state
    if (next === before) return
    state = next
    const isYes = next === 'granted'
    kit.isDenied = !isYes
    kit.tellPlatforms?.(isYes)
    held.length = 0
    if (isYes) {
      holdOrOpen('granted')
      // After a no, the click IDs of before are forgotten.
      if (before) kit.readClicks()
    } else {
      kit.heldRuns.length = 0
      kit.knownClicks = {}
      identify(emptied)
      forget(before)
    }
  }

  kit.takeEvent = (...call) => {
    const run = (): void => {
      call[0].consent = { state: 'granted', source }
      core.takeEvent(...call)
    }
    if (!state && held.push(run) > maxHeld) kit.heldRuns.splice(kit.heldRuns.indexOf(held.shift()!), 1)
    kit.whenAllowed(run)
  }
  kit.whenAllowed = (run) => state !== 'denied' && core.whenAllowed(run)
  // What had a yes may still wait to be sent when the no comes, or be under way: its answer brings the cookies back.
  kit.postBatch = (...call) =>
    state === 'granted'
      ? core.postBatch(...call)?.then((answer) => {
          if (state === 'denied') forget()
          return answer
        })
      : undefined

  const say: SayConsent = (said, more) => {
    const by = more?.source ?? 'api'
    words[by] = said
    if (isSaid('denied')) move('denied')
    // Google's may be no more than the page's default, so a tool that still asks has the say.
    else if (said === 'granted' && (by !== 'gcm' || !isSaid('unknown'))) {
      source = by
      move('granted')
    }
  }
  commands.consent = safe(say)
  commands.identify = safe((user) => {
    for (const field in user) emptied[field] = ''
    identify(user)
  })
  kit.isDenied = isBlocked
  // When all features are there.
  if (isBlocked) setTimeout(move, 0, 'denied')
  if (config.consentFallback) setTimeout(() => Object.keys(words)[0] || move(config.consentFallback!), waitForToolMs)
}

export default consent
