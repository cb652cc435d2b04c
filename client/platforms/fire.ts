import { nameRow, spelledFor } from '../../shared/names.ts'
import type { PixelConfig } from '../api.ts'
import type { Report } from '../proof/evidence.ts'
import { attempt } from '../safe.ts'
import type { WireEvent } from '../wire.ts'
import { readBasket, type Firing, type PixelPlatform } from './platform.ts'

/**
 * One event at one platform, now or when its function appears. `report` learns the outcome once, perhaps later; not at
 * all where the platform's function throws, for then nobody knows what left.
 */
export function firePixel(
  platform: PixelPlatform,
  event: WireEvent,
  config: PixelConfig,
  report: Report,
  isLast?: boolean,
): void {
  attempt(() => {
    const usual: Firing = [
      event,
      spelledFor(nameRow(event.event), platform.platformName),
      config.pixels?.[platform.platformName] ?? [],
    ]
    const firings = config.mapping?.(platform.platformName, usual) ?? [usual]
    const calls = firings.flatMap((firing) => platform.callsFor(readBasket(event), ...firing) ?? [])
    const pixel = (window as unknown as Record<string, unknown>)[platform.globalName]
    if (!calls[0]) return
    if (!pixel) {
      if (isLast) report(event, platform, 'absent')
      else setTimeout(firePixel, (config.wait as number | undefined) ?? 2000, platform, event, config, report, 1)
      // Nearly every base snippet sends a page view itself, without our ID: beside it, ours would count twice.
    } else if (event.event === 'page_view' && config.firePageview != 1) report(event, platform, 'unmatched')
    else {
      for (const call of calls) (pixel as (...args: unknown[]) => void)(...call)
      report(event, platform, 'called', (digest) => platform.hitParts?.(digest, ...firings[0]!))
    }
  })
}
