import { coreClickIds, readParams } from '../../shared/click-ids.ts'
import type { PlatformName } from '../../shared/names.ts'
import type { PixelConfig } from '../api.ts'
import type { ConsentOptions } from '../features/consent.ts'
import type { Kit } from '../kit.ts'
import type { Clicks } from '../memory/clicks.ts'
import { readCookie } from '../memory/cookie.ts'
import { observed } from '../observe/calls.ts'
import { attempt } from '../safe.ts'

export const platformWords: Readonly<Record<PlatformName, { readonly name: string; readonly fn: string }>> = {
  meta: { name: 'Meta', fn: 'fbq' },
  reddit: { name: 'Reddit', fn: 'rdt' },
  snapchat: { name: 'Snapchat', fn: 'snaptr' },
}

/** A platform's own pixel on this page. `stub`: its snippet is there, its library has not started. */
export type Presence = 'absent' | 'stub' | 'live'

export interface PlatformFacts {
  readonly platform: PlatformName
  /** Whether this site has the platform at all. */
  readonly isUsed: boolean
  readonly presence: Presence
  /** Pixel IDs that our calls name. */
  readonly ids: readonly string[]
}

export type ConsentState = 'not asked' | 'granted' | 'waiting' | 'denied'

/** The page as it stands at this moment. */
export interface PageFacts {
  readonly key: string | undefined
  readonly endpoint: string
  readonly isSecure: boolean
  readonly isSameOrigin: boolean
  readonly clicks: readonly { readonly name: string; readonly value: string; readonly isKept: boolean }[]
  readonly cookies: readonly { readonly name: string; readonly value: string | undefined }[]
  readonly platforms: readonly PlatformFacts[]
  readonly consent: ConsentState
  readonly consentFallback: string | undefined
  readonly gpc: string | undefined
  /** Who else wishes for limited use of the page's events. */
  readonly limitedBy: readonly string[]
  /** Events in the browser's store that wait to be sent again. */
  readonly kept: number
}

/** The platforms' own, which the pixel reads. */
const cookieNames = ['_fbp', '_fbc', '_rdt_uuid', '_rdt_cid', '_scid', '_scclid']

/** Reads the page; asked again and again. @param script the overlay's own address, which is the pixel's folder */
export function createFactsReader(kit: Kit, script: string): () => PageFacts {
  const readConsent = createConsentReader(kit)
  return () => {
    const config: PixelConfig & ConsentOptions = kit.siteConfig
    const endpoint = attempt(() => new URL(config.endpoint || 'e', script)) ?? new URL(location.href)
    const kept = attempt(() => JSON.parse(decodeURIComponent(readCookie('_pp')!)) as Clicks) ?? {}
    const inAddress = readParams(location.href, coreClickIds, Boolean)
    const hasGpc = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
    return {
      key: config.key,
      endpoint: endpoint.href,
      isSecure: isSecureContext,
      isSameOrigin: endpoint.origin === location.origin,
      clicks: coreClickIds.flatMap((name) => {
        const value = kept[name]?.[0] ?? inAddress[name]
        return value ? [{ name, value, isKept: Boolean(kept[name]) }] : []
      }),
      cookies: cookieNames.map((name) => ({ name, value: readCookie(name) })),
      platforms: kit.allPlatforms.map(({ platformName }) => ({
        platform: platformName,
        isUsed: !config.pixels || Boolean(config.pixels[platformName]),
        presence: presenceOf(platformName),
        ids: config.pixels?.[platformName] ?? [],
      })),
      consent: readConsent(),
      consentFallback: config.consentFallback,
      limitedBy: Object.entries(kit.limitedBy ?? {}).flatMap(([source, wish]) =>
        wish && source !== 'gpc' ? source : [],
      ),
      gpc: hasGpc ? (config.gpc ?? 'ldu') : undefined,
      kept: attempt(() => (JSON.parse(localStorage._ppq as string) as unknown[]).length) ?? 0,
    }
  }
}

function presenceOf(platform: PlatformName): Presence {
  const pixel = (window as unknown as Record<string, Record<string, unknown> | undefined>)[platformWords[platform].fn]
  return !pixel ? 'absent' : pixel[observed[platform][1]] ? 'live' : 'stub'
}

/**
 * The pixel keeps no word on consent that others may read, but its gates show it: what runs at once is allowed, what is
 * held waits, and what is neither was thrown away by a no. One probe at a time.
 */
function createConsentReader(kit: Kit): () => ConsentState {
  let ran = true
  const probe = (): void => {
    ran = true
  }
  return () => {
    if (!kit.publicCommands.consent) return 'not asked'
    if (!kit.heldRuns.includes(probe)) {
      ran = false
      kit.whenAllowed(probe)
    }
    return ran ? 'granted' : kit.heldRuns.includes(probe) ? 'waiting' : 'denied'
  }
}
