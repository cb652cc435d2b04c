import type { PixelState } from '../../shared/pixel-state.ts'
import { hexOf } from '../../shared/uuid.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'

/** What the address of a hit must contain, given the digest of its event's ID. */
type HitParts = (digest: string) => readonly string[] | undefined

/** Takes a state of one event at one platform. */
export type Report = (event: WireEvent, platform: PixelPlatform, state: PixelState, hitParts?: HitParts) => void

/** SHA-256 as hex; rejects where the page is no secure context. */
const sha256Hex = async (text: string): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

/**
 * Watches what became of fired events without patching anything: the resource entry of a hit with our ID says
 * `requested`, the failed script of a library says `blocked`. `changed` hears of each event whose state rose.
 */
export function watchPixels(platforms: readonly PixelPlatform[], changed: (event: WireEvent) => void): Report {
  const called: (readonly [WireEvent, PixelPlatform, HitParts])[] = []
  const blocked: PixelPlatform[] = []

  const report: Report = (event, platform, state, hitParts) => {
    const fired = (event.fired ??= {})
    if (hitParts) called.push([event, platform, hitParts])
    // A hit that was seen is the most there is to know here.
    if (fired[platform.platformName] !== 'requested') {
      fired[platform.platformName] = hitParts && blocked.includes(platform) ? 'blocked' : state
      changed(event)
    }
  }

  addEventListener(
    'error',
    ({ target }) => {
      blocked.push(...platforms.filter(({ scriptFile }) => scriptFile.test((target as HTMLScriptElement).src)))
      for (const [event, platform] of called) if (blocked.includes(platform)) report(event, platform, 'blocked')
    },
    true,
  )
  attempt(() =>
    new PerformanceObserver((list) => {
      for (const [event, platform, hitParts] of called)
        void sha256Hex(event.event_id)
          .catch(() => '-')
          .then((digest) => {
            if (list.getEntries().some(({ name }) => hitParts(digest)?.every((part) => `${name}&`.includes(part))))
              report(event, platform, 'requested')
          })
    }).observe({ type: 'resource', buffered: true }),
  )
  return report
}
