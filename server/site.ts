import type { Consent } from '../shared/consent.ts'
import { hourMs, minuteMs } from '../shared/limits.ts'
import type { MoreCookie } from '../shared/platform-cookies.ts'
import type { AlertSettings } from './alerts/settings.ts'
import type { BeforeHook } from './before.ts'
import type { InstanceSettings } from './destinations/destination.ts'
import { isGranted, needsServerCopy } from './pair/may-forward.ts'
import type { LeastDurability } from './store/index.ts'
import type { CopyKind, KeptCopy } from './store/store.ts'

/** One site as the collector serves it: checked, complete, times in ms. */
export interface Site {
  readonly key: string
  readonly url?: string
  /** Exact origins whose pages may post; empty: only the collector's own host. */
  readonly origins: readonly string[]
  readonly serverKeys: readonly string[]
  readonly defaultCountry?: string
  /** Country codes that some destination puts before national phone numbers. */
  readonly callingCodes?: readonly string[]
  readonly before?: BeforeHook
  /** Canonical event name, or `default` → how long the first copy waits for others. */
  readonly holdMs: Readonly<Record<string, number>>
  /** How the site asks its visitors; `none` or absent: it does not. */
  readonly consent?: 'none' | 'wait' | 'tcf' | 'gcm' | 'auto'
  /** What counts when no consent tool is there in time. */
  readonly consentFallback?: 'denied' | 'granted'
  /** Click IDs of visitors are kept for back-end events without any; `by_email`: found by a hashed e-mail too. */
  readonly vault?: boolean | 'by_email'
  /** Parts of the pixel, those on by themselves first. */
  readonly pixel?: Readonly<
    Partial<
      Record<
        | 'pages'
        | 'retry'
        | 'details'
        | 'attributes'
        | 'data_layer'
        | 'forms'
        | 'hash_user'
        | 'meta_cookies'
        | 'mirror'
        | 'in_app'
        | 'remember'
        | 'match'
        | 'gpp',
        boolean
      > & {
        pairing: boolean | 'deep'
        proof: 'default' | 'deep'
        /** Loads the platforms' own pixels; an address: from the simulators there. */
        load: boolean | string
        /** Cookies of other platforms that are kept with events. */
        cookies: readonly MoreCookie[]
        /** Addresses are cleaned in the page; a list: of these parameters too, in lower case, there and here. */
        redact: boolean | readonly string[]
      }
    >
  >
  readonly instances: readonly SiteInstance[]
}

export interface SiteInstance extends InstanceSettings {
  readonly enabled: boolean
  readonly holdMs?: Readonly<Record<string, number>>
  /** The site takes no back-end events: what waits for a copy of theirs waits in vain. */
  readonly no_server_keys?: boolean
}

export interface Listen {
  readonly host: string
  readonly port: number
}

/** Everything the collector runs by. */
export interface Settings {
  readonly listen: Listen
  readonly admin: Listen
  /** What one logs in with at the dashboard; absent: one is made at the first start. */
  readonly adminToken?: string
  /** The https address under which a proxy serves the dashboard. */
  readonly adminUrl?: string
  /** `sqlite:PATH`, `redis://…` or `memory:`. */
  readonly store: string
  /** The least durability that is taken. */
  readonly storeDurability?: LeastDurability
  /** Free bytes below which the store takes nothing new; absent: 5 % of the disk, or 512 MB where that is more. */
  readonly diskReserveBytes?: number
  /** Proxies whose X-Forwarded-For is believed: a hop count, or addresses and networks. */
  readonly trustProxy: number | readonly string[]
  readonly paths: { readonly script: string; readonly events: string }
  readonly sites: readonly Site[]
  /** Who is told of trouble, and of which; absent: nobody, the dashboard shows it. */
  readonly alerts?: AlertSettings
}

/** Must a visitor say yes first? Then silence is no yes. */
export const asksConsent = ({ consent = 'none' }: Site): boolean => consent !== 'none'

/** Parameters and members that this site's events lose beside the usual ones, in lower case. */
export const redactedNames = ({ pixel }: Site): readonly string[] | undefined =>
  typeof pixel?.redact === 'object' ? pixel.redact : undefined

/** The first copy of an event, as far as its hold goes by it. */
export interface FirstCopy {
  readonly kind: CopyKind
  readonly consent?: Consent
}

export const firstCopy = ({ kind, event }: Pick<KeptCopy, 'kind' | 'event'>): FirstCopy => ({
  kind,
  consent: event?.consent,
})

/** So long the first copy waits for one without which it may not go, where no hold names the event. */
export const longHoldMs = { serverCopy: hourMs, consent: 10 * minuteMs } as const

/** How long an event waits at an instance for its other copies, ms. Without a first copy: the usual time. */
export function holdFor(site: Site, instance: SiteInstance, event: string, first?: FirstCopy): number {
  const usual = ownHold(instance.holdMs, event) ?? ownHold(site.holdMs, event) ?? 3000
  const long = first && longHold(instance, event, first)
  return long === undefined ? usual : (named(instance.holdMs, event) ?? named(site.holdMs, event) ?? long)
}

/** The same by names; 0 where the settings know no such site or destination. */
export function holdNamed(sites: readonly Site[], key: string, name: string, event: string, first?: FirstCopy): number {
  const site = sites.find((one) => one.key === key)
  const instance = site?.instances.find((one) => one.name === name)
  return site && instance ? holdFor(site, instance, event, first) : 0
}

function longHold(instance: SiteInstance, event: string, { kind, consent }: FirstCopy): number | undefined {
  if (kind === 'browser') return needsServerCopy(event, instance) ? longHoldMs.serverCopy : undefined
  return instance.server_consent && !isGranted(consent, instance) ? longHoldMs.consent : undefined
}

/** Names come from anybody: `constructor` is an event's name too, and no hold. */
const named = (holds: Site['holdMs'] | undefined, event: string): number | undefined =>
  holds && event !== 'default' && Object.hasOwn(holds, event) ? holds[event] : undefined

const ownHold = (holds: Site['holdMs'] | undefined, event: string): number | undefined =>
  named(holds, event) ?? holds?.default
