import { waitFor } from '../../integration/harness.ts'
import { readStorage, type Tab } from './driver.ts'
import { capMs, type Site } from './site.ts'

/** A new visitor at a new shop. */
export interface Scene {
  readonly site: Site
  readonly tab: Tab
  /** Another site with a collector of its own, until the visit is over. */
  another(settings?: Readonly<Record<string, unknown>>): Promise<Site>
}

/**
 * What must be true, and the visit that shows it. Whatever else a row says, no page may have had any trouble. Each is
 * played with the collector below the shop's address and with one at another site.
 */
export type Row = readonly [
  sentence: string,
  visit: (scene: Scene) => Promise<void>,
  /** What the site's settings say beside the usual. */
  settings?: Readonly<Record<string, unknown>>,
]

/** For `run`: an event of the page's own. */
export const track = ({ name, props }: { name: string; props?: Record<string, unknown> }): string | undefined =>
  window.pairpixel?.track(name, props)

/** Waits for a state; the cap is no measure of speed. */
export const until = <T>(what: string, check: () => T | Promise<T>) => waitFor(what, check, capMs)

/** All that is kept in this browser for the page, by name. */
export async function keptBy(tab: Tab): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { local, session, databases, caches } = await tab.run(readStorage)
  const cookies = Object.keys(await tab.cookies())
  return { cookies, local: Object.keys(local), session, databases, caches }
}
export const nothing = { cookies: [], local: [], session: [], databases: [], caches: [] }

/** What the pixel keeps of events for later. */
export const storeOf = async (tab: Tab): Promise<string> => (await tab.run(readStorage)).local._ppq ?? ''

/** Waits until the collector has what the page had to tell until now. */
export async function settle({ site, tab }: Pick<Scene, 'site' | 'tab'>): Promise<void> {
  const id = await tab.run(track, { name: 'settled' })
  await until('the last word of the page', () => site.events('settled').some(({ event_id }) => event_id === id))
}

/** Waits for so many page views, each with an ID of its own. */
export const viewed = ({ site, tab }: Pick<Scene, 'site' | 'tab'>, count = 1): Promise<unknown> =>
  until(`page view ${count}`, async () => {
    // It may wait for company.
    await tab.run(() => window.pairpixel?.flush())
    return new Set(site.events('page_view').map(({ event_id }) => event_id)).size >= count
  })
