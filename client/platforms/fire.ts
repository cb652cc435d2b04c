import type { PixelState } from '../../shared/pixel-state.ts'
import type { PixelConfig } from '../api.ts'
import { safe } from '../safe.ts'
import { isOn } from '../settings.ts'
import type { WireEvent } from '../wire.ts'
import { pixelCalls } from './calls.ts'
import { pixelEventName } from './index.ts'
import { markQueue } from './mark.ts'
import type { PixelFunction, PixelPlatform } from './platform.ts'

const pollMs = 100

/** Snapchat's library sends a page view of its own about 4 s after load; ours after that would be a second one. */
const snapPageViewMs = 3000

/** Hands the event to the platform's function and says what became of it. */
function hand(platform: PixelPlatform, pixel: PixelFunction, event: WireEvent, config: PixelConfig): PixelState {
  if (event.event === 'page_view') {
    if (!isOn(config.firePageview)) return markQueue(platform, pixel, event) ? 'called' : 'unmatched'
    if (platform.platformName === 'snapchat' && pixel[platform.liveName] && performance.now() > snapPageViewMs)
      return 'unmatched'
  }
  pixelCalls(platform, event, config.pixels?.[platform.platformName] ?? []).forEach((call) => pixel(...call))
  return 'called'
}

/** One event at one platform, now or when its function appears. `report` learns the outcome once, perhaps later. */
export function firePixel(
  platform: PixelPlatform,
  event: WireEvent,
  config: PixelConfig,
  report: (state: PixelState) => void,
): void {
  const tryNow = safe((leftMs: number) => {
    const pixel = (window as unknown as Record<string, unknown>)[platform.globalName]
    if (typeof pixel === 'function') report(hand(platform, pixel as PixelFunction, event, config))
    else if (leftMs > 0) setTimeout(tryNow, pollMs, leftMs - pollMs)
    else report('absent')
  })
  if (pixelEventName(platform, event.event)) tryNow(Number(config.wait ?? 2000))
}
