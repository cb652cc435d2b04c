import type { PlatformName } from '../../shared/names.ts'
import type { PixelState } from '../../shared/pixel-state.ts'
import { hexOf } from '../../shared/uuid.ts'
import type { Feature } from '../kit.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

/** A platform's library, and what it cannot do without, by their addresses. */
const scripts: Readonly<Record<PlatformName, RegExp>> = {
  meta: /fbevents|signals.config/,
  reddit: /reddit.+pixel/,
  snapchat: /scevent|tr.snapchat/,
}

/** How long a hit may take to leave. */
const hitMs = 10_000

/** SHA-256 as hex; rejects where the page is no secure context. */
const sha256Hex = async (text: string): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

/**
 * Watches what became of fired events without patching anything. `requested`: a hit with our ID has a resource entry,
 * which it has whatever came of it. `blocked`: the library, the settings without which it sends nothing, or the hit
 * itself failed or was forbidden. `held`: Meta's library runs and has sent nothing at all, for a bot or a visitor's no.
 */
const proof: Feature = (kit) => {
  const called: (readonly [WireEvent, PixelPlatform, Promise<readonly string[] | undefined>])[] = []
  const inner = { ...kit }
  let failed = ''
  let metaHit: unknown

  /** A hit that was seen is the most there is to know here. */
  const note = (event: WireEvent, platform: PixelPlatform, state: PixelState): void => {
    const before = event.fired?.[platform.platformName]
    if (before !== state && before !== 'requested') inner.noteState(event, platform, state)
  }

  kit.noteState = (event, platform, state, hitParts) => {
    note(event, platform, hitParts && scripts[platform.platformName].test(failed) ? 'blocked' : state)
    if (!hitParts) return
    called.push([
      event,
      platform,
      sha256Hex(event.event_id)
        .catch(() => '-')
        .then(hitParts),
    ])
    setTimeout(() => {
      const { fbq } = window as { fbq?: { callMethod?: unknown } }
      if (platform.globalName === 'fbq' && fbq?.callMethod && !metaHit && event.fired!.meta === 'called')
        note(event, platform, 'held')
    }, hitMs)
  }

  const look = (url: string, state: PixelState): void => {
    if (state === 'blocked') failed += `\n${url}`
    metaHit ||= /book.com\/tr/.test(url)
    for (const [event, platform, hitParts] of called) {
      if (scripts[platform.platformName].test(failed)) note(event, platform, 'blocked')
      void hitParts.then((parts) => {
        if (parts?.every((part) => `${url}&`.includes(part))) note(event, platform, state)
      })
    }
  }
  const fail = (event: Event): void =>
    look((event as SecurityPolicyViolationEvent).blockedURI || (event.target as HTMLScriptElement).src, 'blocked')
  addEventListener('error', fail, true)
  addEventListener('securitypolicyviolation', fail, true)
  attempt(() =>
    new PerformanceObserver((list) => {
      // Snapchat's settings are readable across origins, so no status means that the host cannot be reached.
      for (const { name, responseStatus } of list.getEntries() as PerformanceResourceTiming[])
        look(name, responseStatus === 0 && /snapchat.+config/.test(name) ? 'blocked' : 'requested')
    }).observe({ type: 'resource', buffered: true }),
  )
}

export default proof
