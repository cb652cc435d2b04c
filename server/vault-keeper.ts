import { handlesOf, keepableClicks } from './pair/click-vault.ts'
import { asksConsent, type Site } from './site.ts'
import type { NewCopy, Sighting, Store } from './store/store.ts'

export interface VaultKeeperDeps {
  readonly store: Pick<Store, 'remember' | 'forget'>
  readonly now: () => number
  readonly log: (entry: Readonly<Record<string, unknown>>) => void
  /** Calls back after a while: what is seen until then is written together. At once, where it is absent. */
  readonly later?: (work: () => void) => void
}

/** Sightings that say nothing new are not written again before this. */
const freshMs = 3_600_000
const mostKnown = 20_000
/** More sightings than this wait for nothing. */
const mostWaiting = 1000

/** Tells the store's vault what pages show of their visitors' click IDs. Nothing waits for it, and nothing fails with it. */
export function createVaultKeeper({ store, now, log, later = (work) => work() }: VaultKeeperDeps) {
  /** What was written lately → when. A Map keeps its order, so the first is the oldest. */
  const written = new Map<string, number>()
  let waiting: Sighting[] = []

  const tell = (what: Promise<unknown>): void =>
    void what.catch((error: unknown) =>
      log({ level: 'warn', message: `The click-ID vault was not written: ${String(error)}` }),
    )

  const flush = (): void => {
    const sightings = waiting
    waiting = []
    if (sightings.length) tell(store.remember(sightings, now()))
  }

  /** Written beside others, not with each post: its pages are anywhere in the file, and the posts wait for their sync. */
  const keep = (news: readonly Sighting[]): void => {
    const isFirst = waiting.length === 0
    waiting.push(...news)
    if (waiting.length >= mostWaiting) flush()
    else if (isFirst) later(flush)
  }

  const isFresh = (sighting: Sighting): boolean => {
    // An order, or an ID that the site gave, is told of once: there is nothing to compare it with.
    if (sighting.handles.some((handle) => /^(?:order|event):/.test(handle))) return false
    const text = JSON.stringify(sighting)
    if (now() - (written.get(text) ?? -Infinity) < freshMs) return true
    written.delete(text)
    written.set(text, now())
    if (written.size > mostKnown) written.delete(written.keys().next().value!)
    return false
  }

  const forget = ({ key }: Site, visitor: string): void => {
    written.clear()
    flush() // first, so that nothing of the visitor comes after it
    tell(store.forget(key, visitor))
  }

  return {
    forget,
    /** What was written lately may have been erased since. */
    forgetAll: (): void => written.clear(),
    flush,
    remember: (site: Site, copies: readonly NewCopy[], visitor: string | undefined): void => {
      if (!site.vault) return
      // A no on any event is a no to being remembered.
      if (copies.some(({ event, deliveries }) => event?.consent?.state === 'denied' || isDenied(deliveries)))
        return visitor === undefined ? undefined : forget(site, visitor)
      const sightings = copies.flatMap(({ event }): Sighting[] => {
        const clicks = event ? keepableClicks(event, asksConsent(site)) : {}
        if (!event || !Object.keys(clicks).length) return []
        const handles = handlesOf(event, site.vault === 'by_email')
        if (visitor === undefined && !handles.length) return []
        const landing = event.url?.split(/[?#]/)[0]
        return [
          { site: site.key, ...(visitor !== undefined && { visitor }), handles, clicks, ...(landing && { landing }) },
        ]
      })
      const news = sightings.filter((sighting) => !isFresh(sighting))
      if (news.length) keep(news)
    },
  }
}

const isDenied = (deliveries: NewCopy['deliveries']): boolean =>
  deliveries.length > 0 && deliveries.every(({ suppressed }) => suppressed === 'consent_denied')
