import { gtmTemplates } from '../cli/gtm.ts'
import { guideLines } from '../cli/guide.ts'
import { siteSnippets } from '../cli/snippet.ts'
import type { SiteSetup } from '../dashboard/read/setup.ts'
import { hasToken } from '../destinations/token.ts'
import type { Settings, SiteInstance } from '../site.ts'
import { proxyBlocks } from './proxies.ts'

/** The path at which the examples let the site's domain pass requests to the collector, as in the README. */
const at = '/_p/'

/**
 * What a good token looks like, as source text of a regular expression: loose, for platforms name no form. What is surely
 * wrong is told when it is saved (`checkSettings` of the destination).
 */
const tokenFormats: Readonly<Record<string, string>> = {
  meta: '^EAA[A-Za-z0-9]{97,}$',
  reddit: '^(?!EAA)(?![at]2_)\\S{40,}$',
  snapchat: '^(?!EAA)\\S{50,}$',
}

/** What the set-up page shows of each site; the templates are read from disk, so it is made once for each settings. */
export async function siteSetups(settings: Settings): Promise<readonly SiteSetup[]> {
  // An installation without the templates has all the rest.
  const gtm = await gtmTemplates(settings).catch(() => [])
  const snippets = siteSnippets(settings, at)
  return settings.sites.map((site) => ({
    site: site.key,
    snippet: snippets.find((one) => one.site === site.key)?.html ?? '',
    gtm: gtm.map(({ name, text }) => ({ name: `${name}.tpl`, text })),
    proxies: proxyBlocks(site.url, settings.listen, at),
    tokens: site.instances.map(tokenField),
  }))
}

function tokenField({ name, platform, dry_run: dry, access_token }: SiteInstance): SiteSetup['tokens'][number] {
  const format = Object.hasOwn(tokenFormats, platform) ? tokenFormats[platform] : undefined
  return {
    instance: name,
    platform,
    set: !dry && hasToken({ access_token }),
    ...(format !== undefined && { format }),
    guide: [...guideLines(platform, 'token'), '', ...guideLines(platform, 'paste')].join('\n').trim(),
  }
}
