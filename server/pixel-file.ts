import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { isPlatformName, type PlatformName } from '../shared/names.ts'
import { settingsPlaceholder, type PixelSettings } from '../shared/pixel-settings.ts'
import { isUsualFeature, usualFeatures } from '../shared/pixel-features.ts'
import { featuresOf, pixelFeatureNames, tagFeaturesOf, type PixelFeature } from './pixel-features.ts'
import { pixelRules } from './pixel-rules.ts'
import { PairpixelError } from '../shared/errors.ts'
import { redactedNames, type Site } from './site.ts'

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
  /** What a script does beside another site's (client/features/second-site.ts). */
  readonly secondSite: string
  /** What a page that asks for it sees of the pixel (client/overlay). */
  readonly overlay: string
  /** What a second site's script on one page fetches (client/second.ts). */
  readonly second: string
  readonly features: Readonly<Record<PixelFeature, string>>
}

/** The built files: beside the compiled server, or in `dist/` of a checkout. Throws when they were never built. */
export function readBuiltPixel(): PixelCode {
  const feature = (name: string) => readBuilt(`features/${name}.js`)
  return {
    core: readBuilt('p.js'),
    usual: readBuilt('usual.js'),
    mapping: feature('mapping'),
    secondSite: feature('second-site'),
    overlay: readBuilt('debug.js'),
    second: readBuilt('second.js'),
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
  const endpoint = endpointFrom(paths)
  const settings: PixelSettings = {
    ...(!isOnlySite && { key: site.key }),
    ...(endpoint !== 'e' && { endpoint }),
    pixels: pixelIds(site),
    ...(consentFallbackOf(site) && { consentFallback: consentFallbackOf(site) }),
    ...(typeof site.pixel?.load === 'string' && { load: site.pixel.load }),
    ...(site.pixel?.cookies?.length && { cookies: site.pixel.cookies.join() }),
    ...(redactedNames(site)?.length && { redact: redactedNames(site)?.join() }),
  }
  const second = isOnlySite ? [] : [`second:${code.secondSite}`]
  return fill(code, site, featuresOf(site), [toLiteral(settings).slice(1, -1), ...second])
}

/**
 * The same pixel without the settings that attributes of its tag can say, so that it changes with the code alone. Rules
 * of a mapping have no attribute; they stay, for both sides must use one name.
 */
export const codeOnlyFor = (code: PixelCode, site: Site): PixelFile =>
  fill(code, site, tagFeaturesOf(site), [`second:${code.secondSite}`])

/** A file in the forms it is served in, each compressed once. */
export const pack = (text: string): PixelFile => {
  const plain = Buffer.from(text)
  return { plain, br: brotliCompressSync(plain), gzip: gzipSync(plain, { level: 9 }) }
}

function fill(code: PixelCode, site: Site, names: readonly PixelFeature[], settings: readonly string[]): PixelFile {
  const rules = pixelRules(site)
  const isUsual = usualFeatures.every((name) => names.includes(name))
  // The built-in ones start where the first of them stands in the list.
  const joined = names.flatMap((name) =>
    !isUsual || !isUsualFeature(name) ? code.features[name] : name === usualFeatures[0] ? '...built' : [],
  )
  const parts = [
    ...settings,
    ...(rules.length ? [`mapping:(${code.mapping})(${toLiteral(rules)})`] : []),
    ...(joined.length > (isUsual ? 1 : 0) ? [`join:built=>[${joined.join(',')}]`] : []),
  ]
  return pack(
    code[isUsual ? 'usual' : 'core'].replace(
      new RegExp(`(["'\`])${settingsPlaceholder}\\1`),
      () => `{${parts.join(',')}}`,
    ),
  )
}

/** As a JavaScript literal, which needs fewer quotes than JSON. `<` and the line separators may not stand in a script. */
const toLiteral = (value: object): string =>
  JSON.stringify(value)
    .replace(/"([a-zA-Z_]\w*)":/g, '$1:')
    .replace(/[<\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Where events are posted, from where the script is. */
export const endpointFrom = (paths: { readonly script: string; readonly events: string }): string =>
  path.posix.relative(path.posix.dirname(paths.script), paths.events)

/** Only where a consent tool is expected. */
export const consentFallbackOf = ({
  consent = 'none',
  consentFallback = 'denied',
}: Site): 'denied' | 'granted' | undefined => (/^(tcf|gcm|auto)$/.test(consent) ? consentFallback : undefined)

/** What a platform's pixel ID looks like: a token pasted in its place must not be served to the world. */
const idShapes: Readonly<Record<PlatformName, RegExp>> = {
  meta: /^\d+$/,
  reddit: /^(a2|t2)_\w{1,32}$/,
  snapchat: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
}

/**
 * Meta's pixel IDs, for its calls name them; of the others only that they are there, unless we load their pixels, or
 * tell them who the visitor is.
 */
const pixelIds = (site: Site): PixelSettings['pixels'] =>
  site.pixel?.load || site.pixel?.match
    ? publicIds(site)
    : Object.fromEntries(
        Object.entries(publicIds(site)).map(([platform, ids]) => [platform, platform === 'meta' ? ids : []]),
      )

/** Each platform of the site with its pixel IDs. */
export function publicIds({ instances }: Site): Partial<Record<PlatformName, readonly string[]>> {
  const pixels: Partial<Record<PlatformName, string[]>> = {}
  for (const { platform, pixel_id: id, enabled, dry_run: dry } of instances) {
    if (!enabled || !isPlatformName(platform)) continue
    const ids = (pixels[platform] ??= [])
    if (!dry && idShapes[platform].test(id)) ids.push(id)
  }
  return pixels
}
