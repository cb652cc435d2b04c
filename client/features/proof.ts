import type { PlatformName } from '../../shared/names.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import { hexOf } from '../../shared/uuid.ts'
import type { Feature } from '../kit.ts'
import { observed } from '../observe/calls.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

/** A platform's library, and what it cannot do without, by their addresses. A pixel's settings have its ID in theirs. */
const libraries: Readonly<Record<PlatformName, RegExp>> = {
  meta: /fbevents|signals.config.(\w+)/,
  reddit: /reddit.+pixel(?:s.(\w+))?/,
  snapchat: /scevent|tr.snapchat.+(.{36}).js/,
}
/** A hit of Meta's, whatever the host: its address has the page's own behind the `?`. */
const metaHit = /^[^?]+\/tr\/?(\?|$)/

/** How long a hit may take to leave, and a library to come alive. */
const hitMs = 10_000

/** SHA-256 as hex; rejects where the page is no secure context. */
const sha256Hex = async (text: string): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

/**
 * Watches what became of fired events without patching anything. `requested`: a hit with our ID has a resource entry,
 * which it has whatever came of it. `blocked`: the library, the settings without which it sends nothing, or the hit
 * itself failed or was forbidden; or the library was fetched and never came alive. `held`: Meta's library runs and has
 * sent nothing since, for a bot or a visitor's no.
 */
const proof: Feature = (kit) => {
  const { noteState, postBatch } = kit
  if (kit.isSecond) return
  const called: (readonly [WireEvent, PixelPlatform])[] = []
  /** What became of the requests for a platform's library, and for a pixel's settings by its ID, whoever's it is. */
  const libraryStates: Record<string, PixelState> = {}
  let metaHits = 0

  /** A hit that was seen is the most there is to know here. */
  const note = (event: WireEvent, platform: PixelPlatform, state: PixelState): void => {
    const before = event.fired?.[platform.platformName]
    if (before !== state && !/requ|^sent/.test(before!)) noteState(event, platform, state)
  }

  kit.noteState = (event, platform, state) => {
    const { platformName, globalName } = platform
    const hitsBefore = metaHits
    if (state !== 'called') return note(event, platform, state)
    note(event, platform, libraryStates[platformName] === 'blocked' ? 'blocked' : state)
    called.push([event, platform])
    setTimeout(() => {
      const page = window as unknown as Record<string, Record<string, unknown> | undefined>
      const isLive = page[globalName]?.[observed[platformName][1]]
      if (event.fired![platformName] !== state) return
      if (isLive ? platformName === 'meta' && metaHits === hitsBefore : libraryStates[platformName])
        note(event, platform, isLive ? 'held' : 'blocked')
    }, hitMs)
  }

  kit.postBatch = (batch, leaving) => postBatch({ ...batch, pixels: libraryStates }, leaving)

  kit.seeRequest = (address, state) => {
    // The page's own addresses may look like a platform's.
    if (!address || address.startsWith(location.origin)) return
    const isMeta = metaHit.test(address)
    metaHits += +isMeta
    for (const { platformName } of kit.allPlatforms) {
      const seen = libraries[platformName].exec(address.split('?')[0]!)
      if (seen) libraryStates[seen[1] ?? platformName] = libraryStates[platformName] = state
    }
    for (const [event, platform] of called) {
      const seek = (id: string): unknown => `${address}&`.includes(id) && note(event, platform, state)
      if (libraryStates[platform.platformName] === 'blocked') note(event, platform, 'blocked')
      if (isMeta) {
        if (platform.nameAt < 2) seek(`eid=${encodeURIComponent(event.event_id)}&`)
      }
      // Reddit's hits show the digest of an ID, Snapchat's show none.
      else if (platform.nameAt === 2 && /Id=/.test(address))
        sha256Hex(event.event_id).then(
          (digest) => seek(`Id=${digest}`),
          () => undefined,
        )
    }
  }
  const fail = (event: Event): void =>
    kit.seeRequest!(
      (event as SecurityPolicyViolationEvent).blockedURI || (event.target as HTMLScriptElement).src,
      'blocked',
    )
  addEventListener('error', fail, true)
  addEventListener('securitypolicyviolation', fail, true)
  attempt(() =>
    new PerformanceObserver((list) => {
      // Snapchat's settings are readable across origins, so no status means that the host cannot be reached.
      for (const { name, responseStatus } of list.getEntries() as PerformanceResourceTiming[])
        kit.seeRequest!(name, responseStatus === 0 && /snapchat.+config/.test(name) ? 'blocked' : 'requested')
    }).observe({ type: 'resource', buffered: true }),
  )
}

export default proof
