import type { Rule } from '../shared/mapping.ts'
import { isPlatformName, nameRow, spelledFor, type PlatformName } from '../shared/names.ts'
import type { PixelRule, PixelRules } from '../shared/pixel-settings.ts'
import { destinationOf } from './destinations/index.ts'
import type { Site, SiteInstance } from './site.ts'

/**
 * What the page's pixels need of a site's rules: those that decide a name. Empty where no instance has such a rule. Only
 * Meta's calls name a pixel; at the others one call reaches every pixel of the page, so their first instance decides.
 */
export function pixelRules(site: Site): readonly PixelRules[] {
  const onPage = site.instances.flatMap((instance) =>
    instance.enabled && isPlatformName(instance.platform) ? [{ instance, platform: instance.platform }] : [],
  )
  const all = onPage
    .filter(({ platform }, at) => platform === 'meta' || onPage.findIndex((one) => one.platform === platform) === at)
    .map(({ instance, platform }): PixelRules => ({
      platform,
      instance: platform === 'meta' ? instance.name : platform,
      ids: platform === 'meta' && !instance.dry_run && /^\d+$/.test(instance.pixel_id) ? [instance.pixel_id] : [],
      rules: (instance.rules ?? []).flatMap((rule) => pixelRule(rule, instance, platform)),
    }))
  // An instance without rules counts only beside one of its platform that has some.
  return all.filter(({ platform }) => all.some((one) => one.platform === platform && one.rules.length))
}

function pixelRule({ when, name, skip }: Rule, instance: SiteInstance, platform: PlatformName): PixelRule[] {
  if (skip) return [{ when, skip }]
  const own = name === undefined ? undefined : destinationOf(instance).nameOf(name)
  if (own === undefined) return []
  const isStandard = platform === 'snapchat' || spelledFor(nameRow(own), platform) === own
  return [{ when, name: own, ...(!isStandard && { custom: true }) }]
}
