import type { PlatformName } from '../../shared/names.ts'
import type { PixelConfig } from '../api.ts'
import type { Feature } from '../kit.ts'

/** Pixel IDs as the tag may say them; several of one platform are set apart by commas or spaces. */
export interface TagPixels {
  readonly meta?: string
  readonly reddit?: string
  readonly snap?: string
}

/**
 * `data-meta`, `data-reddit` and `data-snap` in the place of served settings: a site has the platforms that its tag
 * names. Where it names none, everything stays as it is.
 */
const tagPixels: Feature = ({ siteConfig }) => {
  const config: PixelConfig & TagPixels = siteConfig
  const said = Object.entries({ meta: config.meta, reddit: config.reddit, snapchat: config.snap }).flatMap(
    ([platform, ids]): (readonly [string, readonly string[]])[] =>
      ids === undefined ? [] : [[platform, ids.split(/[\s,]+/).filter(Boolean)]],
  )
  const pixels: Partial<Record<PlatformName, readonly string[]>> = Object.fromEntries(said)
  if (said[0]) Object.assign(config, { pixels })
}

export default tagPixels
