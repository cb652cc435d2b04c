import type { Kit } from '../kit.ts'

/** Who may wish for limited use of what this page tells; the browser's own word (Global Privacy Control) is the first. */
export const limitsOf = (kit: Kit): Record<string, unknown> =>
  (kit.limitedBy ??= {
    gpc: kit.siteConfig.gpc !== 'ignore' && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl,
  })

/** Who wishes for it now; one wish is enough. */
export const whoLimits = (kit: Kit): string | undefined => {
  const limits = limitsOf(kit)
  return Object.keys(limits).find((source) => limits[source])
}
