import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { PlatformName } from '../shared/names.ts'
import { settingsPlaceholder, type PixelSettings } from '../shared/pixel-settings.ts'
import { PairpixelError } from '../shared/errors.ts'
import type { Site } from './site.ts'

/** The script of one site, ready to serve. */
export interface PixelFile {
  readonly plain: Buffer
  readonly br: Buffer
  readonly gzip: Buffer
}

/** The built pixel: beside the compiled server, or in `dist/` of a checkout. Throws when it was never built. */
export function readBuiltPixel(): string {
  const places = ['../p.js', '../dist/p.js'].map((place) => path.join(import.meta.dirname, place))
  const file = places.find((place) => existsSync(place))
  if (!file) throw new PairpixelError('INTERNAL', 'The pixel is not built: run `npm run build` first.')
  return readFileSync(file, 'utf8')
}

/** Fills a site's settings in and compresses the result once. What the pixel assumes anyway is left out: bytes count. */
export function pixelFor(
  code: string,
  site: Site,
  isOnlySite: boolean,
  paths: { readonly script: string; readonly events: string },
): PixelFile {
  const endpoint = path.posix.relative(path.posix.dirname(paths.script), paths.events)
  const settings: PixelSettings = {
    ...(!isOnlySite && { key: site.key }),
    ...(endpoint !== 'e' && { endpoint }),
    pixels: pixelIds(site),
  }
  // `<` and the two line separators may not stand plain in a script.
  const json = JSON.stringify(settings).replace(
    /[<\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const plain = Buffer.from(code.replace(new RegExp(`(["'\`])${settingsPlaceholder}\\1`), () => json))
  return { plain, br: brotliCompressSync(plain), gzip: gzipSync(plain, { level: 9 }) }
}

/** Meta's pixel IDs, for its calls name them; of the others only that they are there. */
function pixelIds(site: Site): PixelSettings['pixels'] {
  const pixels: Partial<Record<PlatformName, string[]>> = {}
  for (const { platform, pixel_id: id, enabled, dry_run: dry } of site.instances) {
    if (!enabled) continue
    const ids = (pixels[platform] ??= [])
    if (platform === 'meta' && !dry) ids.push(id)
  }
  return pixels
}
