import type { Pairpixel, PixelConfig } from './api.ts'
import lifecycle from './features/lifecycle.ts'
import once from './features/once.ts'
import pairing from './features/pairing.ts'
import proof from './features/proof.ts'
import retry from './features/retry.ts'
import { startPixel } from './pixel.ts'

export type { Pairpixel, PixelOptions, Props, TrackOptions, User } from './api.ts'

/**
 * The pixel for pages that bundle their scripts: starts it with these settings and answers the function that
 * `window.pairpixel` is from then on. Call it once, in the browser; later calls answer the same function.
 */
export const createPixel = (settings: PixelConfig & { readonly key: string; readonly endpoint: string }): Pairpixel =>
  startPixel(settings, location.href, settings.features ?? [once, proof, pairing, lifecycle, retry])
