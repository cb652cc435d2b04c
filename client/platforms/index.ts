import { standardName } from '../../shared/names.ts'
import { meta } from './meta.ts'
import type { PixelPlatform } from './platform.ts'
import { reddit } from './reddit.ts'
import { snapchat } from './snapchat.ts'

export const platforms: readonly PixelPlatform[] = [meta, reddit, snapchat]

/** The name a platform's pixel uses; undefined where it takes no such event. */
export const pixelEventName = (platform: PixelPlatform, canonical: string): string | undefined =>
  standardName(canonical, platform.platformName) ?? platform.customName(canonical)
