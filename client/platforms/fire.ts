import type { Kit } from '../kit.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'
import { callsFor, type Firing, type PixelPlatform } from './platform.ts'

/**
 * One event at one platform, now or when its function appears. The outcome is noted once, perhaps later; not at all
 * where the platform's function throws, for then nobody knows what left.
 */
export function firePixel(platform: PixelPlatform, event: WireEvent, kit: Kit, isLast?: boolean): void {
  attempt(() => {
    const { siteConfig: config } = kit
    const { platformName, nameAt } = platform
    const usual: Firing = [event, kit.nameRow(event.event)?.[nameAt], kit.pixelIds(platform)!]
    const calls = (config.mapping?.(platformName, usual) ?? [usual]).flatMap((firing) => callsFor(platform, firing))
    const pixel = (window as unknown as Record<string, unknown>)[platform.globalName]
    if (!calls[0] || !(event.to ?? platformName).includes(platformName)) return
    const isTheirs = event.event === 'page_view' && config.firePageview != 1
    if (!pixel) {
      if (isLast) kit.noteState(event, platform, 'absent')
      // What is not ours to fire is looked at once more before it leaves, so that it needs no second request.
      else
        setTimeout(
          () => kit.whenAllowed(() => firePixel(platform, event, kit, true)),
          (config.wait as number | undefined) ?? (isTheirs ? 900 : 2000),
        )
    } else if (isTheirs) {
      // Nearly every base snippet sends a page view itself, without our ID: beside it, ours would count twice. Later
      // views of the same page are told by Meta's library alone.
      if (event === kit.firstView || nameAt < 2) kit.noteState(event, platform, 'unmatched')
    } else {
      kit.ownCalls++
      for (const call of calls)
        attempt(() => {
          ;(pixel as (...args: unknown[]) => void)(...call)
          kit.noteState(event, platform, 'called')
        })
      kit.ownCalls--
    }
  })
}
