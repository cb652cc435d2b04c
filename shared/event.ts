import type { ClickIdName } from './click-ids.ts'
import type { Consent } from './consent.ts'
import type { Fired } from './pixel-state.ts'

/** The wire version this code writes. Every version ever shipped is read for ever. */
export const wireVersion = 1

export const actionSources = [
  'website',
  'app',
  'email',
  'phone_call',
  'chat',
  'physical_store',
  'system_generated',
  'other',
] as const
export type ActionSource = (typeof actionSources)[number]

export const userFields = [
  'email',
  'phone',
  'first_name',
  'last_name',
  'city',
  'state',
  'zip',
  'country',
  'date_of_birth',
  'gender',
  'external_id',
  'email_reddit',
] as const
export type UserField = (typeof userFields)[number]

export interface Item {
  readonly id?: string
  readonly name?: string
  readonly category?: string
  readonly brand?: string
  readonly quantity?: number
  readonly price?: number
}

export interface ClickId {
  readonly value: string
  /** When it was captured, epoch ms. */
  readonly at?: number
}

export interface Context {
  readonly ip?: string
  readonly user_agent?: string
  readonly screen_width?: number
  readonly screen_height?: number
  readonly pixel_ratio?: number
  readonly language?: string
  readonly click_ids?: Partial<Record<ClickIdName, ClickId>>
  readonly cookies?: Readonly<Record<string, string>>
  readonly advertising_id?: string
  readonly os?: string
  readonly automation?: boolean
}

/** What a page or back end says happened, but for who it was. */
export interface EventFacts {
  /** Canonical name, or a custom one letter for letter. */
  readonly event: string
  /** The shared ID. */
  readonly event_id: string
  /** Epoch ms. */
  readonly event_time: number
  readonly action_source?: ActionSource
  readonly url?: string
  readonly referrer?: string
  readonly title?: string
  readonly value?: number
  /** As it came, trimmed; a platform's own check decides whether it is one. */
  readonly currency?: string
  readonly order_id?: string
  readonly search_string?: string
  readonly items?: readonly Item[]
  readonly context?: Context
  readonly consent?: Consent
  /** Only these platforms or instances. */
  readonly to?: readonly string[]
  /** Browser copy: what became of each platform's pixel. */
  readonly fired?: Fired
  /** Browser copy: the platform-side name used, where it is not the mapped one. */
  readonly names?: Readonly<Record<string, string>>
  readonly origin?: string
  readonly truncated?: boolean
  readonly platform?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly props?: Readonly<Record<string, unknown>>
}

/** An event as it arrives: match keys may be plain. Lives in memory only; `protect` turns it into a `StoredEvent`. */
export interface PixelEvent extends EventFacts {
  readonly user?: Partial<Record<UserField, readonly string[]>>
}

/** One platform's match keys: field → values, normalised and hashed in that platform's own form, first one best. */
export type PlatformKeys = Readonly<Record<string, readonly string[]>>

/** Match keys of one copy or of the best copy. */
export interface MatchKeys {
  /** em ph fn ln ge db ct st zp country external_id */
  readonly meta: PlatformKeys
  /** email (rule alnum) email_dots (rule dots) phone_number external_id ip_address idfa aaid conversion_id */
  readonly reddit: PlatformKeys
  /** em ph fn ln ge ct st zp country external_id madid (plain by Snapchat's rule) */
  readonly snapchat: PlatformKeys
}

/** An event as the collector keeps and sends it: no plain match key, cleaned addresses. */
export interface StoredEvent extends EventFacts {
  readonly keys: MatchKeys
}

/** A later word on what became of an event's pixels. */
export interface Proof {
  readonly event: string
  readonly event_id: string
  readonly fired: Fired
  readonly at?: number
}
