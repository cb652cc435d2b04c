import { dayMs } from '../../../shared/limits.ts'
import type { PixelIds } from '../../../shared/pixel-ids.ts'
import type { PlatformName } from '../../../shared/names.ts'

/** A pixel that no page has loaded for so long is seen no more. */
export const pixelSeenMs = dayMs
/** IDs that are remembered of a site's platform, the latest: anybody can post, and each post may name others. */
const mostPixels = 8

const keyOf = (site: string, platform: string, id: string): string => `${site}\0${platform}\0${id}`
const placeOf = (key: string): string => key.slice(0, key.lastIndexOf('\0'))
const idOf = (key: string): string => key.slice(key.lastIndexOf('\0') + 1)

/** IDs of one platform's pixels that pages of a site were seen to load within a day, the latest first. */
export const pixelsOf = (
  pixels: Readonly<Record<string, number>>,
  site: string,
  platform: string,
  now: number,
): readonly string[] =>
  Object.entries(pixels)
    .filter(([key, at]) => placeOf(key) === `${site}\0${platform}` && now - at < pixelSeenMs)
    .sort(([, one], [, other]) => other - one)
    .map(([key]) => idOf(key))

/** Pixels that pages were seen to load, and when last. */
export function createPixels() {
  /** The one seen last stands last. */
  const seen = new Map<string, number>()

  const drop = (place: string): void => {
    const own = [...seen.keys()].filter((key) => placeOf(key) === place)
    for (const key of own.slice(0, Math.max(0, own.length - mostPixels))) seen.delete(key)
  }

  return {
    note(site: string, pixels: PixelIds, at: number): void {
      for (const [platform, ids] of Object.entries(pixels) as [PlatformName, readonly string[]][])
        for (const id of ids) {
          const key = keyOf(site, platform, id)
          const isNew = !seen.delete(key)
          seen.set(key, at)
          if (isNew) drop(placeOf(key))
        }
    },
    list: (): Readonly<Record<string, number>> => Object.fromEntries(seen),
    restore(pixels: Readonly<Record<string, number>>): void {
      for (const [key, at] of Object.entries(pixels).sort(([, one], [, other]) => one - other)) seen.set(key, at)
    },
    prune(now: number): void {
      for (const [key, at] of seen) if (now - at >= pixelSeenMs) seen.delete(key)
    },
  }
}
