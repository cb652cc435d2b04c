import { PairpixelError } from '../../shared/errors.ts'
import { snippet } from '../../shared/snippet.ts'
import {
  codeOnlyFor,
  consentFallbackOf,
  endpointFrom,
  publicIds,
  readBuiltPixel,
  type PixelCode,
} from '../pixel-file.ts'
import { hashedName, integrityOf } from '../pixel-names.ts'
import { checkTree, loadTree } from '../settings/settings.ts'
import { redactedNames, type Settings, type Site } from '../site.ts'

/** What a page of one site pastes, and what stands in it. */
export interface SiteSnippet {
  readonly site: string
  /** Address of the script. */
  readonly src: string
  /** Digest of the script; only of the one that never changes. */
  readonly integrity?: string
  readonly html: string
}

/**
 * The lines to paste, for each site. @param at the folder at which the site's domain passes requests to the collector
 * @param code the built pixel, for tags pinned to it: their settings are attributes
 */
export function siteSnippets(
  { sites, paths }: Pick<Settings, 'sites' | 'paths'>,
  at: string,
  code?: PixelCode,
): SiteSnippet[] {
  const folder = at.replace(/\/*$/, '/')
  return sites.map((site) => {
    const query = sites.length === 1 ? '' : `?site=${encodeURIComponent(site.key)}`
    if (!code) {
      const src = `${folder}${paths.script.split('/').at(-1) ?? ''}${query}`
      return { site: site.key, src, html: snippet(src) }
    }
    const { plain } = codeOnlyFor(code, site)
    const src = `${folder}${hashedName(paths.script, plain)}${query}`
    const integrity = integrityOf(plain)
    const attributes = { integrity, crossorigin: 'anonymous', ...settingsOf(site, sites.length === 1, paths) }
    return { site: site.key, src, integrity, html: snippet(src, attributes) }
  })
}

/** A site's settings as attributes of its tag. */
function settingsOf(site: Site, isOnly: boolean, paths: Settings['paths']): Record<string, string> {
  const endpoint = endpointFrom(paths)
  const { meta, reddit, snapchat } = publicIds(site)
  const said: Record<string, string | undefined> = {
    'data-key': isOnly ? undefined : site.key,
    'data-endpoint': endpoint === 'e' ? undefined : endpoint,
    'data-meta': meta?.join(),
    'data-reddit': reddit?.join(),
    'data-snap': snapchat?.join(),
    'data-consent-fallback': consentFallbackOf(site),
    'data-load': typeof site.pixel?.load === 'string' ? site.pixel.load : undefined,
    'data-cookies': site.pixel?.cookies?.join() || undefined,
    'data-redact': redactedNames(site)?.join() || undefined,
  }
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** `pairpixel snippet`: prints what to paste, or with `json` a line of JSON a site for a build of one's own. */
export async function snippets({
  config,
  at = '/_p/',
  sri,
  json,
}: {
  config?: string
  at?: string
  sri?: boolean
  json?: boolean
}): Promise<number> {
  if (!/^(\/|https?:\/\/)[^\s"<>?#]*$/.test(at))
    throw new PairpixelError('USAGE', `--at ${at} is neither a path such as /_p/ nor an http(s) address`)
  const settings = checkTree(await loadTree({ env: process.env, file: config, folder: process.cwd() }))
  const all = siteSnippets(settings, at, sri ? readBuiltPixel() : undefined)
  for (const one of all)
    process.stdout.write(
      json ? `${JSON.stringify(one)}\n` : `${all.length > 1 ? `<!-- ${one.site} -->\n` : ''}${one.html}\n`,
    )
  return 0
}
