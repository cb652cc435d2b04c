import { settingsPlaceholder } from '../shared/pixel-settings.ts'
import type { PixelConfig } from './api.ts'
import { startPixel } from './pixel.ts'
import { attempt } from './safe.ts'
import { findTag } from './settings.ts'

attempt(() => {
  const tag = findTag()
  // The collector puts an object in place of the text. Where none did, the text's letters are members nobody reads.
  const served = settingsPlaceholder as PixelConfig
  startPixel({ ...served, ...(tag.dataset as PixelConfig) }, tag.src, served.features)
})
