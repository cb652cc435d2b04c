import type { ActionSource, StoredEvent } from '../../shared/event.ts'
import type { Rule } from '../../shared/mapping.ts'
import type { Reason } from '../../shared/reasons.ts'

/** One configured destination, checked and complete. Several may be of one platform. */
export interface InstanceSettings {
  /** Instance name: the key in the settings. */
  readonly name: string
  /** Name of the destination in `server/destinations/index.ts`. */
  readonly platform: string
  readonly pixel_id: string
  readonly access_token: string
  /** Base URL instead of the platform's own, without a slash at the end. */
  readonly endpoint?: string
  readonly api_version?: string
  readonly test_event_code?: string
  readonly test_id?: string
  readonly test_mode?: boolean
  /** Epoch ms after which `test_event_code`, `test_id` and `test_mode` no longer hold. */
  readonly test_until?: number
  readonly action_source?: string
  readonly data_processing_options?: unknown
  readonly email_rule?: 'alnum' | 'dots'
  /** Reddit: false sends the IP address in clear, in its one spelling. */
  readonly hash_ip?: boolean
  readonly partner?: string
  /** Reddit: whom its operators may ask, without `/u/`; stands in the User-Agent. */
  readonly reddit_user?: string
  /** Digits of the country code put before national phone numbers; off by default. */
  readonly default_calling_code?: string
  /** What the operator maps by hand (`events`, `rename`, `map`), in order. */
  readonly rules?: readonly Rule[]
  readonly forward_unmatched?: boolean
  /** Canonical events of which a browser's copy alone is not forwarded. */
  readonly require_server_copy?: readonly string[]
  /** The site asks its visitors, and what only a back end tells of goes where a browser's copy says yes. */
  readonly server_consent?: 'follow_browser'
  readonly batch_size?: number
  /** After an answer that got lost: `resend` (where absent) sends again, `hold` waits for a person. */
  readonly on_ambiguous?: 'resend' | 'hold'
  /** The site's explicit default; null or absent: a purchase without currency is held back where the platform needs one. */
  readonly default_currency?: string | null
  /** No destination is configured: map and show, never send. */
  readonly dry_run?: boolean
}

/** An event on its way to one platform. `custom`: fields of the operator's own, for platforms that take such. */
export interface MappableEvent extends StoredEvent {
  readonly custom?: Readonly<Record<string, string | number | boolean>>
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

/** Header names in lower case; body text as read, cut where it is longer than any answer should be. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What an answer means for one payload. `why`: the platform's words, one line. `fix`: ours, one sentence. */
export type Outcome =
  /** `afterMs`: taken, but the platform is close to its limit and asks for a pause. */
  | { readonly kind: 'accepted'; readonly trace?: string; readonly why?: string; readonly afterMs?: number }
  /**
   * `afterMs`: the platform's hint. `growing`: it gave none, so ours doubles with each refusal in a row. `innocent`:
   * refused only for a neighbour's fault, so no attempt is counted.
   */
  | {
      readonly kind: 'retry'
      readonly why: string
      readonly afterMs?: number
      readonly growing?: true
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
  /** `afterMs`: to ask again sooner is of no use. */
  | {
      readonly kind: 'halted'
      readonly why: string
      readonly fix: string
      readonly afterMs?: number
      readonly code?: string
      readonly trace?: string
    }

export interface Limits {
  /** Events in one request, by default and at most; bytes of its body at most, where the platform is said to have a limit. */
  readonly batch: { readonly usual: number; readonly most: number; readonly bytes?: number }
  /** Oldest event the platform takes, in ms before now. */
  maxAgeMs(event: StoredEvent, settings: InstanceSettings): number
  /** How long the platform pairs our event with its pixel's hit, in ms from the event. */
  readonly pairingMs: number
}

/** A part of a platform's guide in `docs/tokens/`, by what it helps with (server/cli/guide.ts has the headings). */
export type GuideTopic = 'pixel_id' | 'token' | 'paste' | 'unhealthy' | 'rotate' | 'test' | 'version'

/** Something about settings that the platform will not like. No secret is ever in the words. */
export interface Finding {
  /** `wrong`: it cannot work. `odd`: it may work, but looks like a mistake. */
  readonly level: 'wrong' | 'odd'
  /** Key of the setting. */
  readonly field: string
  /** What was found, one sentence. */
  readonly message: string
  /** What to do, one sentence. */
  readonly fix: string
  readonly guide: GuideTopic
}

/** A version of a platform's API. */
export interface ApiVersion {
  readonly name: string
  /** First day on which it no longer answers, `YYYY-MM-DD`; absent: no end is announced. */
  readonly until?: string
  /** Announced to end on a day nobody has named yet. */
  readonly deprecated?: true
}

/** Pure functions only. `deliver/` batches, sends, waits and gives up; a destination says what to send and what the answer means. */
export interface Destination {
  readonly name: string
  readonly limits: Limits
  /** The versions the platform has announced, newest first; `usual`: where the settings name none. */
  readonly versions: {
    readonly usual: string
    readonly known: readonly ApiVersion[]
    /** A version that is not known is asked for all the same, for newer ones come. */
    readonly asksForAny?: true
  }
  /** Where a person looks at the platform itself: its Events Manager. */
  readonly eventsManager: string
  /** Our action source → the platform's word for it; a setting may use either. */
  readonly actionSources: Readonly<Record<ActionSource, string>>
  /** The platform's spelling of a name an operator wrote, a custom name as it is; undefined: it takes no such event. */
  nameOf(name: string): string | undefined
  /** Whether fields of the operator's own may ride along (`map.set` with `custom.KEY`). */
  readonly takesCustomFields: boolean
  /** @param now epoch ms, for ages */
  map(event: MappableEvent, settings: InstanceSettings, now: number): Mapped
  request(payloads: readonly object[], settings: InstanceSettings): HttpRequest
  /** One outcome for each of the `sent` payloads, in order. */
  respond(response: HttpResponse, sent: readonly object[]): readonly Outcome[]
  /** Events in one request under these settings; test modes may ask for one. */
  batchSize(settings: InstanceSettings): number
  /** What looks wrong about settings before anything is sent: shapes, white space, tokens cut short. */
  checkSettings(settings: InstanceSettings): readonly Finding[]
  /**
   * Asks whether the token is good for this pixel without recording a conversion; undefined where the platform has no
   * such question under these settings. @param now epoch ms
   */
  probe(settings: InstanceSettings, now: number): HttpRequest | undefined
  /** What the answer to a probe means; `accepted`: the token is good for this pixel. */
  readProbe(response: HttpResponse): Outcome
}
