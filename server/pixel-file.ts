import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { isPlatformName, type PlatformName } from '../shared/names.ts'
import { settingsPlaceholder, type PixelSettings } from '../shared/pixel-settings.ts'
import { isUsualFeature, usualFeatures } from '../shared/pixel-features.ts'
import { featuresOf, pixelFeatureNames, type PixelFeature } from './pixel-features.ts'
import { pixelRules } from './pixel-rules.ts'
import { PairpixelError } from '../shared/errors.ts'
import type { Site } from './site.ts'

/** The script of one site, ready to serve. */
export interface PixelFile {
  readonly plain: Buffer
  readonly br: Buffer
  readonly gzip: Buffer
}

/** The built pixel and its features, by name. */
export interface PixelCode {
  readonly core: string
  /** The core with the usual features built in. */
  readonly usual: string
  readonly mapping: string
  readonly features: Readonly<Record<PixelFeature, string>>
}

/** The built files: beside the compiled server, or in `dist/` of a checkout. Throws when they were never built. */
export function readBuiltPixel(): PixelCode {
  const feature = (name: string) => readBuilt(`features/${name}.js`)
  return {
    core: readBuilt('p.js'),
    usual: readBuilt('usual.js'),
    mapping: feature('mapping'),
    features: Object.fromEntries(pixelFeatureNames.map((name) => [name, feature(name)])) as PixelCode['features'],
  }
}

function readBuilt(name: string): string {
  const places = ['..', '../dist'].map((place) => path.join(import.meta.dirname, place, name))
  const file = places.find((place) => existsSync(place))
  if (!file) throw new PairpixelError('INTERNAL', 'The pixel is not built: run `npm run build` first.')
  return readFileSync(file, 'utf8')
}

/** Fills a site's settings in and compresses the result once. What the pixel assumes anyway is left out: bytes count. */
export function pixelFor(
  code: PixelCode,
  site: Site,
  isOnlySite: boolean,
  paths: { readonly script: string; readonly events: string },
): PixelFile {
  const endpoint = path.posix.relative(path.posix.dirname(paths.script), paths.events)
  const settings: PixelSettings = {
    ...(!isOnlySite && { key: site.key }),
    ...(endpoint !== 'e' && { endpoint }),
    pixels: pixelIds(site),
    ...(/^(tcf|gcm|auto)$/.test(site.consent ?? '') && { consentFallback: site.consentFallback ?? 'denied' }),
  }
  const rules = pixelRules(site)
  const names = featuresOf(site)
  const isUsual = usualFeatures.every((name) => names.includes(name))
  const joined = names.filter((name) => !isUsual || !isUsualFeature(name)).map((name) => code.features[name])
  // The built-in ones start where they stand in the list: after consent, before the others.
  if (isUsual) joined.splice(names.includes('consent') ? 1 : 0, 0, '...built')
  const parts = [
    toLiteral(settings).slice(1, -1),
    ...(rules.length ? [`mapping:${code.mapping}(${toLiteral(rules)})`] : []),
    ...(joined.length > (isUsual ? 1 : 0) ? [`join:built=>[${joined.join(',')}]`] : []),
  ]
  const plain = Buffer.from(
    code[isUsual ? 'usual' : 'core'].replace(
      new RegExp(`(["'\`])${settingsPlaceholder}\\1`),
      () => `{${parts.join(',')}}`,
    ),
  )
  return { plain, br: brotliCompressSync(plain), gzip: gzipSync(plain, { level: 9 }) }
}

/** As a JavaScript literal, which needs fewer quotes than JSON. `<` and the line separators may not stand in a script. */
const toLiteral = (value: object): string =>
  JSON.stringify(value)
    .replace(/"([a-zA-Z_]\w*)":/g, '$1:')
    .replace(/[<\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Meta's pixel IDs, for its calls name them; of the others only that they are there. */
function pixelIds(site: Site): PixelSettings['pixels'] {
  const pixels: Partial<Record<PlatformName, string[]>> = {}
  for (const { platform, pixel_id: id, enabled, dry_run: dry } of site.instances) {
    if (!enabled || !isPlatformName(platform)) continue
    const ids = (pixels[platform] ??= [])
    // A token pasted in an ID's place must not be served to the world.
    if (platform === 'meta' && !dry && /^\d+$/.test(id)) ids.push(id)
  }
  return pixels
}
