import { settingsPlaceholder } from '../shared/pixel-settings.ts'
import type { PixelConfig } from './api.ts'
import type { Feature } from './kit.ts'
import { startPixel } from './pixel.ts'
import { attempt } from './safe.ts'
import { findTag } from './settings.ts'

/** What the collector puts in the placeholder's place. */
export interface Served extends PixelConfig {
  /** Takes the features built into the file, and answers them among those joined to it. */
  readonly join?: (built: readonly Feature[]) => readonly Feature[]
}

/** Starts the pixel with the settings of the script's tag and those served with it. */
export const serve = (built: readonly Feature[]): void =>
  attempt(() => {
    const tag = findTag()
    // Where no collector served it, the text's letters are members nobody reads.
    const served = settingsPlaceholder as unknown as Served
    startPixel({ ...served, ...(tag.dataset as PixelConfig) }, tag.src, served.join?.(built) ?? built)
  })
