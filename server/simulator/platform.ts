import type { FaultName, Mode } from './modes.ts'
import type { OverLimit } from './rates.ts'

export type PlatformName = 'meta' | 'reddit' | 'snapchat'

/** The one pixel and the one token a simulated platform knows. */
export interface Account {
  readonly pixelId: string
  readonly token: string
}

/** One request to a platform's server API, as the rules see it. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** From `Authorization: Bearer`. */
  readonly bearer?: string
  readonly userAgent?: string
  readonly text: string
  /** The fields of the body, when it is a form. */
  readonly form?: Readonly<Record<string, string>>
  readonly now: number
  /** Under which the request is judged. */
  readonly mode: Mode
  /** What was accepted before, for the answers that report it. */
  readonly log: readonly ServerEvent[]
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text goes out as it is, an object as JSON. */
  readonly body: string | object
}

/** What both copies of a conversion have in common; the platform's dedup keys are made of it. */
export interface Copy {
  readonly event: string
  readonly id?: string
  readonly order?: string
  readonly channel?: string
  readonly value?: number
  readonly currency?: string
  /** How many facts and match keys it carries, where the platform keeps the richer copy. */
  readonly richness?: number
  /** When it arrived, epoch ms: the windows run from here. */
  readonly at: number
}

/** An event the server API took. `warnings`: what the platform takes but advises against. */
export interface ServerEvent extends Copy {
  /** Asked for as a test and therefore not counted; at Meta a test counts all the same. */
  readonly test: boolean
  readonly counts: boolean
  readonly warnings: readonly string[]
  readonly body: unknown
}

/** A hit of the browser pixel. */
export interface Hit extends Copy {
  readonly pixel: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Verdict {
  readonly answer: Answer
  readonly accepted: readonly ServerEvent[]
  /** Something in the request was not taken, so the request is kept to be looked at. */
  readonly refused: boolean
}

export type Side = 'browser' | 'server'

/** One copy as it came in. */
export interface Arrival {
  readonly side: Side
  readonly copy: Copy
  /** Joins only copies that came within this time before it, whatever the platform's window. */
  readonly mostMs?: number
}

/** A dedup key and how long after the first copy it still joins. */
export interface DedupKey {
  readonly key: string
  readonly windowMs: number
}

/** What a platform takes for the same conversion, and what it makes of the copies. */
export interface Dedup {
  keysOf(copy: Copy): readonly DedupKey[]
  /** Whether a later copy is kept instead of the one kept so far. */
  replaces(kept: Arrival, next: Arrival): boolean
  /** Whether the kept copy takes what it lacks from the others. */
  readonly fills: boolean
  /** Whether two server copies are promised to join; if not, a resend may count twice. */
  readonly joinsResends: boolean
}

/** One platform's rules: what its API answers, and what it takes for the same conversion. */
export interface Platform {
  readonly name: PlatformName
  readonly routes: readonly { readonly method: 'get' | 'post'; readonly path: RegExp }[]
  readonly dedup: Dedup
  /** Headers that say that the limits are nearly used up; none where the platform has none. */
  readonly busyHeaders: Readonly<Record<string, string>>
  answer(call: Call): Verdict
  /** How many events the request carries, as far as it can be read. */
  countEvents(call: Call): number
  overLimit(call: Call, over: OverLimit): Answer
  readonly faults: Readonly<Record<FaultName, (call: Call) => Answer>>
}

/** An answer to a request that carried no events: nothing to take, nothing to refuse. */
export const reply = (answer: Answer): Verdict => ({ answer, accepted: [], refused: false })

/** Nothing of the request is taken. */
export const refusal = (answer: Answer): Verdict => ({ answer, accepted: [], refused: true })

/** Whether the mode refuses an event for one of its IDs. */
export const isPoisoned = ({ poison = [] }: Mode, ...ids: readonly (string | undefined)[]): boolean =>
  ids.some((id) => id !== undefined && poison.includes(id))

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
