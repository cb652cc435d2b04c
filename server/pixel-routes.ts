import path from 'node:path'
import type { Request, RequestHandler, Response, Router } from 'express'
import { refuse, reply } from './collect/reply.ts'
import { featuresOf } from './pixel-features.ts'
import { codeOnlyFor, pack, pixelFor, type PixelCode, type PixelFile } from './pixel-file.ts'
import { hashedName, integrityOf, pixelPaths } from './pixel-names.ts'
import type { Settings, Site } from './site.ts'

/** Settings may change, so browsers ask again; while they do, what they have is good enough. */
const fresh = 'public, max-age=3600, stale-while-revalidate=86400'
/** The name says what is inside. */
const forEver = 'public, max-age=31536000, immutable'
/** Of a name we do not know: today's code, until the page says another. */
const brief = 'public, max-age=300'

/** What belongs to the pixel: its script, the hashed one, what we say of both, and the debug overlay. */
export function addPixelRoutes(
  router: Router,
  headers: RequestHandler,
  settingsNow: () => Settings,
  code: PixelCode,
): void {
  const paths = pixelPaths(settingsNow().paths.script)
  const overlay = pack(code.overlay)
  const second = pack(code.second)
  let built = build(settingsNow(), code)
  /** Built anew after a reload, when it is first asked for. */
  const today = () => {
    if (built.settings !== settingsNow()) built = build(settingsNow(), code)
    return built
  }
  const find = (request: Request) => {
    const { served, only } = today()
    const asked = request.query.site
    return served.get(typeof asked === 'string' ? asked : (only ?? ''))
  }
  const unknown = (response: Response): void =>
    refuse(response, { status: 404, code: 'SITE_UNKNOWN', message: 'Say which site: /p.js?site=KEY.' })

  router.get(paths.script, headers, (request, response) => {
    const found = find(request)
    if (found) send(request, response, found.file, fresh)
    else unknown(response)
  })
  router.get(paths.hashed, headers, (request, response) => {
    const known = today().byName.get(path.posix.basename(request.path))
    const file = known ?? find(request)?.tagged
    if (file) send(request, response, file, known ? forEver : brief)
    else unknown(response)
  })
  router.get(paths.manifest, headers, (request, response) => {
    const found = find(request)
    if (!found) return unknown(response)
    const { site, name, tagged } = found
    reply(response, 200, { file: name, integrity: integrityOf(tagged.plain), features: featuresOf(site) }, readable)
  })
  router.get(paths.overlay, headers, (request, response) => send(request, response, overlay, 'no-cache'))
  router.get(paths.second, headers, (request, response) => send(request, response, second, 'no-cache'))
}

/** Every site's files as these settings make them. */
function build(settings: Settings, code: PixelCode) {
  const { sites, paths } = settings
  const isOnly = sites.length === 1
  const served = new Map(
    sites.map((site) => {
      const tagged = codeOnlyFor(code, site)
      const name = hashedName(paths.script, tagged.plain)
      return [site.key, { site, file: pixelFor(code, site, isOnly, paths), tagged, name }] as const
    }),
  )
  const byName = new Map(Array.from(served.values(), ({ name, tagged }) => [name, tagged]))
  return { settings, served, byName, only: isOnly ? sites[0]!.key : undefined }
}

/** The hashed file's name and digest, for a tag with `integrity`. */
export function hashedFile(code: PixelCode, site: Site, script: string): { name: string; integrity: string } {
  const { plain } = codeOnlyFor(code, site)
  return { name: hashedName(script, plain), integrity: integrityOf(plain) }
}

/** Public to every page: `integrity` and modules ask for a CORS answer, and nothing here depends on cookies. */
const readable = { 'Access-Control-Allow-Origin': '*' }

function send(request: Request, response: Response, { plain, br, gzip }: PixelFile, cache: string): void {
  const encoding = request.acceptsEncodings(['br', 'gzip', 'identity'])
  response
    .set({
      ...readable,
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': cache,
      Vary: 'Accept-Encoding',
      ...(encoding === 'br' || encoding === 'gzip' ? { 'Content-Encoding': encoding } : {}),
    })
    .send(encoding === 'br' ? br : encoding === 'gzip' ? gzip : plain)
}
