import type { ActionSource, StoredEvent } from '../../shared/event.ts'
import type { PlatformName } from '../../shared/names.ts'
import type { Reason } from '../../shared/reasons.ts'

/** One configured destination, checked and complete. Several may be of one platform. */
export interface InstanceSettings {
  /** Instance name: the key in the settings. */
  readonly name: string
  readonly platform: PlatformName
  readonly pixel_id: string
  readonly access_token: string
  /** Base URL instead of the platform's own, without a slash at the end. */
  readonly endpoint?: string
  readonly api_version?: string
  readonly test_event_code?: string
  readonly test_id?: string
  readonly test_mode?: boolean
  readonly action_source?: string
  readonly data_processing_options?: unknown
  readonly email_rule?: 'alnum' | 'dots'
  /** Reddit: false sends the IP address in clear, in its one spelling. */
  readonly hash_ip?: boolean
  readonly partner?: string
  readonly forward_unmatched?: boolean
  readonly batch_size?: number
  /** The site's explicit default; null or absent: a purchase without currency is held back where the platform needs one. */
  readonly default_currency?: string | null
  /** No destination is configured: map and show, never send. */
  readonly dry_run?: boolean
}

export interface Warning {
  readonly field: string
  readonly message: string
}

/** `name` is the platform-side event name, half of the platform's own dedup key. */
export type Mapped =
  | { readonly payload: object; readonly name: string; readonly warnings: readonly Warning[] }
  | { readonly skip: Reason; readonly detail: string }

export interface HttpRequest {
  readonly method: 'POST' | 'GET'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body: string
}

/** Header names in lower case; body text as read, at most 64 KiB of it. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What an answer means for one payload. `why`: the platform's words, one line. `fix`: ours, one sentence. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly trace?: string; readonly why?: string }
  /** `afterMs`: the platform's hint. `innocent`: refused only for a neighbour's fault, so no attempt is counted. */
  | {
      readonly kind: 'retry'
      readonly why: string
      readonly afterMs?: number
      readonly innocent?: true
      readonly unreadable?: true
      readonly trace?: string
    }
  /** `unsure`: someone in this batch is wrong and the answer does not say who; it is split until they stand alone. */
  | {
      readonly kind: 'rejected'
      readonly why: string
      readonly fix: string
      readonly code?: string
      readonly unsure?: true
      readonly trace?: string
    }
  | {
      readonly kind: 'halted'
      readonly why: string
      readonly fix: string
      readonly code?: string
      readonly trace?: string
    }

export interface Limits {
  /** Events in one request, by default and at most. */
  readonly batch: { readonly usual: number; readonly most: number }
  /** Oldest event the platform takes, in ms before now. */
  maxAgeMs(event: StoredEvent, settings: InstanceSettings): number
  /** How long the platform pairs our event with its pixel's hit, in ms from the event. */
  readonly pairingMs: number
}

/** Pure functions only. `deliver/` batches, sends, waits and gives up; a destination says what to send and what the answer means. */
export interface Destination {
  readonly name: PlatformName
  readonly limits: Limits
  /** Our action source → the platform's word for it; a setting may use either. */
  readonly actionSources: Readonly<Record<ActionSource, string>>
  /** @param now epoch ms, for ages */
  map(event: StoredEvent, settings: InstanceSettings, now: number): Mapped
  request(payloads: readonly object[], settings: InstanceSettings): HttpRequest
  /** One outcome for each of the `sent` payloads, in order. */
  respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[]
  /** Events in one request under these settings; test modes may ask for one. */
  batchSize(settings: InstanceSettings): number
}
