import type { PairState } from '../pair/pair-state.ts'
import type { Reason } from '../../shared/reasons.ts'
import type { DeliveryState } from '../store/store.ts'
import type { RowView, ShownNotice, Totals } from './view.ts'

/** What the dashboard's JSON API answers; the page reads these shapes. Times are epoch ms, durations ms, shares 0 to 1. */

export const ranges = { '10m': 600_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const
export type Range = keyof typeof ranges

export type CardState = 'healthy' | 'degraded' | 'paused' | 'not_set'

/** One destination, as a card. */
export interface InstanceCard {
  readonly name: string
  readonly platform: string
  readonly site: string
  readonly pixelId?: string
  readonly enabled: boolean
  readonly dryRun: boolean
  readonly state: CardState
  /** One sentence each: what is the matter, and what to do. Absent when healthy. */
  readonly reason?: string
  readonly fix?: string
  /** The platform's own page for this pixel. */
  readonly managerUrl?: string
  readonly lastSuccessAt?: number
  /** Delivered of those that ended, absent when none ended. */
  readonly successRate: { readonly '1h'?: number; readonly '24h'?: number }
  readonly queued: number
  readonly oldestQueuedAt?: number
  /** Paired of those delivered in 24 h. */
  readonly pairedRate?: number
  readonly lastSuccessByEvent: readonly { readonly event: string; readonly at: number }[]
  /** Pixel IDs the page was seen to call, other than ours. */
  readonly otherPixelIds: readonly string[]
  readonly token: {
    readonly set: boolean
    readonly checkedAt?: number
    readonly good?: boolean
    readonly words?: string
  }
  readonly apiVersion: { readonly name: string; readonly endsAt?: number }
  readonly testMode?: { readonly code?: string; readonly until?: number }
  readonly notices: readonly ShownNotice[]
}

/** received → refused | stored; deliveries: held, queued, retrying, and the four ends. Adds up, or says that it does not. */
export interface Funnel {
  readonly received: number
  readonly refused: number
  readonly duplicate: number
  readonly late: number
  readonly stored: number
  readonly held: number
  readonly queued: number
  readonly retrying: number
  readonly delivered: number
  readonly suppressed: number
  readonly dead: number
  readonly expired: number
}

/** Equal steps from `from`; one number a step. */
export interface Series {
  readonly from: number
  readonly stepMs: number
  readonly received: readonly number[]
  readonly delivered: readonly number[]
  readonly failed: readonly number[]
  readonly paired: readonly number[]
}

export interface Overview {
  readonly at: number
  readonly range: Range
  readonly sites: readonly string[]
  readonly instances: readonly InstanceCard[]
  readonly funnel: Funnel
  readonly series: Series
  /** Of all time, exact, from the store. */
  readonly totals: Totals
  readonly consent: {
    readonly granted: number
    readonly denied: number
    readonly unknown: number
    readonly revoked: number
  }
  readonly system: {
    readonly version: string
    readonly store: string
    readonly durability: string
    readonly writable: boolean
    readonly alerts: readonly string[]
    readonly uptimeMs: number
    readonly memoryBytes: number
    readonly ackP50Ms?: number
    readonly ackP99Ms?: number
  }
  /** What the shown figures rest on when the process has run for less than the range. */
  readonly since: number
  readonly demo?: {
    readonly shopUrl: string
    /** What is broken on purpose just now. */
    readonly broken?: readonly { readonly what: Writes['break']['what']; readonly platform: string }[]
  }
}

/** One step of the set-up of a site; a red one has one cause and one fix. */
export interface SetupStep {
  readonly id: 'script' | 'event' | 'hit' | 'sent' | 'paired'
  readonly title: string
  readonly done: boolean
  readonly at?: number
  readonly cause?: string
  readonly fix?: string
}
export interface Setup {
  readonly site: string
  readonly steps: readonly SetupStep[]
  readonly snippet: string
  readonly gtm: readonly { readonly name: string; readonly text: string }[]
  readonly proxies: readonly { readonly name: string; readonly text: string }[]
  readonly tokens: readonly {
    readonly instance: string
    readonly platform: string
    readonly set: boolean
    /** Source text of a regular expression a good token matches. */
    readonly format?: string
    readonly guide: string
  }[]
}

export interface PairingRow {
  readonly event: string
  readonly instance: string
  readonly platform: string
  readonly counts: Readonly<Record<PairState, number>>
  /** Sentence → how often, commonest first. */
  readonly why: readonly { readonly words: string; readonly count: number }[]
  readonly conflicts: number
  readonly late: number
  /** Between the browser's copy and the back end's. */
  readonly gapMs?: { readonly p50: number; readonly p95: number }
}
export interface Pairing {
  readonly range: Range
  readonly rows: readonly PairingRow[]
  /** Browser family → events, and those whose pixel was blocked. */
  readonly browsers: readonly { readonly browser: string; readonly events: number; readonly blocked: number }[]
  /** Something else sends too, or IDs are used twice: a sentence and what to do. */
  readonly warnings: readonly { readonly what: string; readonly fix: string }[]
}

export interface EventFilter {
  readonly site?: string
  readonly instance?: string
  readonly event?: string
  readonly eventId?: string
  readonly state?: DeliveryState
  readonly pair?: PairState
  readonly reason?: Reason
  readonly limit?: number
}

/** One hop of an event's way, oldest first. `at` is absent where only the order is known. */
export interface Hop {
  readonly at?: number
  /** Since the hop before. */
  readonly gapMs?: number
  readonly instance?: string
  readonly what: string
  readonly detail?: string
}
export interface EventDetail {
  readonly row: RowView
  readonly hops: readonly Hop[]
  /** Deliveries that can be sent again by hand: instance names. */
  readonly canResend: readonly string[]
}

export interface Quality {
  readonly range: Range
  readonly rows: readonly {
    readonly event: string
    readonly instance: string
    readonly platform: string
    readonly events: number
    readonly keys: readonly {
      readonly key: string
      readonly share: number
      /** Many events share one value: a constant, or a shared device. */
      readonly notUnique: boolean
    }[]
    /** 0 to 10, our own estimate. */
    readonly estimate: number
    readonly next?: string
  }[]
}

export interface ErrorRow {
  readonly instance: string
  readonly platform: string
  readonly code: string
  readonly words: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  readonly fix: string
}

export interface DeadGroup {
  readonly id: string
  readonly instance: string
  readonly platform: string
  readonly state: DeliveryState
  readonly reason: string
  readonly why: string
  readonly fix: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  readonly sample: readonly { readonly event: string; readonly eventId: string; readonly site: string }[]
}

/** GET paths below /admin/api and what they answer. All take `range` and `site` where that means something. */
export interface Reads {
  readonly me: { readonly loggedIn: boolean; readonly demo: boolean }
  readonly overview: Overview
  readonly setup: readonly Setup[]
  readonly pairing: Pairing
  /** Query: EventFilter. */
  readonly events: readonly RowView[]
  /** Query: site, event, event_id. */
  readonly event: EventDetail
  readonly quality: Quality
  readonly errors: readonly ErrorRow[]
  readonly dead: readonly DeadGroup[]
  readonly alerts: readonly AlertView[]
}
export interface AlertView {
  readonly rule: string
  readonly subject: string
  readonly firing: boolean
  readonly since?: number
  readonly words: string
  readonly mutedUntil?: number
}

/** POST paths below /admin/api: JSON bodies, with the header `X-Pairpixel: 1`; each answers `{ done: string }` or an error. */
export interface Writes {
  readonly login: { readonly token: string }
  readonly logout: Record<string, never>
  readonly switch: { readonly instance: string; readonly site: string; readonly enabled: boolean }
  readonly probe: { readonly instance: string; readonly site: string }
  readonly token: { readonly instance: string; readonly site: string; readonly token: string }
  readonly resend: {
    readonly site: string
    readonly event: string
    readonly event_id: string
    readonly instance: string
  }
  readonly replay: { readonly group: string; readonly forced: boolean }
  readonly discard: { readonly group: string; readonly reason: string }
  readonly mute: { readonly rule: string; readonly subject: string; readonly until: number }
  readonly testAlert: Record<string, never>
  /** Demo only. */
  readonly break: {
    readonly what: 'pixel' | 'token' | 'limit' | 'slow' | 'poison'
    readonly platform: string
    readonly on: boolean
  }
}

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string }
}
