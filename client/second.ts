import type { Pairpixel } from './api.ts'
import type { Feature, Kit } from './kit.ts'
import { safe } from './safe.ts'
import type { WireBatch, WireEvent } from './wire.ts'

const keyOf = ({ event, event_id }: Pick<WireEvent, 'event' | 'event_id'>): string => `${event} ${event_id}`

/**
 * Two sites on one page: the script that came first hears the page and fires the platforms' pixels, the second one
 * posts a copy of each event to its own collector, under the same ID, by its own rules for consent and retry. Fetched
 * by the second script alone, so a page of one site pays nothing for it.
 */
export default function joinSecond(pixel: Pairpixel, second: Kit, features: readonly Feature[]): void {
  const first = pixel.kit!
  second.isSecond = true
  for (const feature of features) safe(feature)(second)
  second.readClicks()

  const before = { ...first }
  const told = first.told!
  const { publicCommands: theirs } = first
  const { publicCommands: ours } = second
  const consent = theirs.consent.bind(theirs)
  const identify = theirs.identify.bind(theirs)
  const flush = theirs.flush.bind(theirs)
  const seen = new Set<WireEvent>()
  const copies = new Map<string, WireEvent>()
  /** Events that were fired while calls named our pixels too. */
  const named = new Set<string>()

  const isAllowed = (): boolean => {
    const { length } = second.heldRuns
    let answer = false
    second.whenAllowed(() => (answer = true))
    // What was asked now is not for later.
    if (!answer) second.heldRuns.length = length
    return answer
  }
  const tell = safe((event: WireEvent) => {
    if (seen.has(event) || (event.to && !event.to[0])) return
    seen.add(event)
    const copy = { ...event, consent: undefined, fired: undefined }
    copies.set(keyOf(event), copy)
    // What was seen at a platform's function says which.
    second.takeEvent(
      copy,
      first.allPlatforms.find(({ globalName }) => globalName === event.origin),
    )
    learn(event)
  })
  /** What became of a platform's pixel is true of ours where the call reached every pixel, or named ours too. */
  const learn = ({ event, event_id, fired }: Pick<WireEvent, 'event' | 'event_id' | 'fired'>): void => {
    const key = keyOf({ event, event_id })
    const copy = copies.get(key)
    if (!copy) return
    for (const platform of first.allPlatforms) {
      const state = fired?.[platform.platformName]
      const isOurs = state === 'unmatched' || named.has(key) || !before.pixelIds(platform)?.[0]
      if (state && isOurs && second.pixelIds(platform) && copy.fired?.[platform.platformName] !== state)
        second.noteState(copy, platform, state)
    }
  }

  second.wasFired = () => true
  // One call reaches all pixels where either site's calls name none.
  first.pixelIds = (platform) => {
    const known = before.pixelIds(platform)
    const more = isAllowed() ? second.pixelIds(platform) : undefined
    if (!known || !more) return known ?? more
    return known[0] && more[0] ? [...new Set([...known, ...more])] : []
  }
  first.takeEvent = (event, only) => {
    if (isAllowed()) named.add(keyOf(event))
    before.takeEvent(event, only)
    // What waits for the page's own word comes when it leaves, as it is then.
    if (first.dueView !== event) tell(event)
  }
  first.readClicks = () => {
    second.readClicks()
    return before.readClicks()
  }
  first.postBatch = (batch: WireBatch, leaving) => {
    for (const one of [...(batch.events ?? []), ...(batch.proofs ?? [])]) learn(one)
    return before.postBatch(batch, leaving)
  }
  theirs.flush = (leaving) => {
    flush(leaving)
    ours.flush(leaving)
  }
  // Events say who the visitor is; what is kept of it for later pages, each site keeps itself.
  theirs.identify = (user) => {
    identify(user)
    ours.identify(user)
  }
  theirs.consent = (said, more) => {
    consent(said, more)
    // What a tool says was judged by the first site's settings; the second one asks the tool itself.
    if (!/^(tcf|gcm)$/.test(more?.source ?? '')) ours.consent(said, more)
  }

  // The page's own words, as far as they were said before we came: those of before its script had loaded are there still.
  pixel.q?.map(
    safe(([command, ...said]) => {
      if (command === 'consent') ours.consent(...(said as Parameters<typeof consent>))
      if (command === 'identify') ours.identify(...(said as Parameters<typeof identify>))
    }),
  )
  if (first.saidConsent) ours.consent(...first.saidConsent)
  // What was said between the scripts shows in the next event; what was taken back by then, nobody has noted.
  const { user } = first.makeEvent('')
  if (user) ours.identify(user)
  told.forEach(tell)
  // What the first site's visitor had not allowed yet.
  const push = told.push.bind(told)
  told.push = (...events) => {
    events.forEach(tell)
    return push(...events)
  }
  // Who calls them as members of the global found those of before.
  Object.assign(pixel, theirs)
}
