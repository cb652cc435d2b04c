import { strongerState, type PixelState } from '../../shared/pixel-state.ts'
import { pixelEventName, platforms } from '../platforms/index.ts'
import type { PixelPlatform } from '../platforms/platform.ts'
import { attempt, safe } from '../safe.ts'
import type { WireEvent } from '../wire.ts'
import { sha256Hex } from './sha256.ts'

/** Takes a state of one event at one platform; a weaker one than is known changes nothing. */
export type Report = (event: WireEvent, platform: PixelPlatform, state: PixelState) => void

/**
 * Watches what became of fired events without patching anything: the resource entry of a hit with our ID says
 * `requested`, the failed script of a library says `blocked`. `changed` hears of each event whose state rose.
 */
export function watchPixels(changed: (event: WireEvent) => void): Report {
  const tracked = new Set<WireEvent>()
  const blocked = new Set<PixelPlatform>()

  const report: Report = (event, platform, state) => {
    const fired = (event.fired ??= {})
    const before = fired[platform.platformName]
    const after = strongerState(before, blocked.has(platform) ? strongerState(state, 'blocked') : state)!
    tracked.add(event)
    fired[platform.platformName] = after
    if (after !== before) changed(event)
  }

  addEventListener(
    'error',
    safe(({ target }: Event) => {
      for (const platform of platforms)
        if (platform.scriptFile.test((target as HTMLScriptElement).src)) {
          blocked.add(platform)
          for (const event of tracked) if (event.fired?.[platform.platformName]) report(event, platform, 'blocked')
        }
    }),
    true,
  )

  /** Meta's hits carry the ID itself, Reddit's its digest. */
  const onHit = async (platform: PixelPlatform, query: URLSearchParams, event: WireEvent): Promise<void> => {
    const digest = await sha256Hex(event.event_id).catch(() => '')
    if (
      pixelEventName(platform, event.event) === query.get(platform.hitName) &&
      [event.event_id, digest].includes(query.get(platform.hitId)!)
    )
      report(event, platform, 'requested')
  }
  const onEntry = safe(({ name }: PerformanceEntry) => {
    const { pathname, searchParams } = new URL(name)
    for (const platform of platforms)
      if (platform.hitPath.test(pathname)) for (const event of tracked) void onHit(platform, searchParams, event)
  })
  attempt(() =>
    new PerformanceObserver((list) => list.getEntries().forEach(onEntry)).observe({ type: 'resource', buffered: true }),
  )
  return report
}
