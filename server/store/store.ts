import type { StoredEvent } from '../../shared/event.ts'
import type { Fired } from '../../shared/pixel-state.ts'
import type { Reason } from '../../shared/reasons.ts'
import type { Erased, Person } from './people.ts'
import type { Clicks, Hint, Lent, Sighting } from './sightings.ts'

export type { Clicks, Erased, Hint, Lent, Person, Sighting }
export type CopyKind = 'browser' | 'backend'
/** Where a field that was sent came from; `vault`: a click ID that the visitor came with earlier. */
export type FieldSource = CopyKind | 'vault'

/** One arrival of an event, ready to keep. */
export interface NewCopy {
  readonly site: string
  /** Canonical name. With site and event ID the key of the event. */
  readonly name: string
  readonly eventId: string
  /** Set for a purchase that names its order: the first key that names an order owns it, later copies join that key. */
  readonly orderId?: string
  readonly kind: CopyKind
  readonly origin: string
  /** Epoch ms. */
  readonly receivedAt: number
  /** What the copy says, less its times: equal digests of one kind are duplicates. */
  readonly digest: string
  /** The copy to the byte: equal ones are resends of one post. */
  readonly bytesDigest: string
  /** Absent: consent forbids to keep it; key, state and reason stay. */
  readonly event?: StoredEvent
  /** The same event as JSON, where its maker has written it already: saves a driver the writing. */
  readonly eventText?: string
  readonly fired?: Fired
  /** The visitor's ID of our cookie, where the browser told it: rests as an HMAC until the event is settled. */
  readonly visitor?: string
  /** Kept after the body is scrubbed, to see a conflict: value, currency, order digest, items digest. */
  readonly facts: Facts
  readonly deliveries: readonly NewDelivery[]
}

export interface Facts {
  readonly value?: number
  readonly currency?: string
  readonly order?: string
  readonly items?: string
}

export interface NewDelivery {
  readonly instance: string
  /** Epoch ms: the end of the hold. */
  readonly dueAt: number
  /** The copy itself says that the visitor allows it: opens what an earlier copy's no had closed. Silence does not. */
  readonly granted?: true
  /** Born suppressed: never pending. */
  readonly suppressed?: Reason
  readonly detail?: string
}

/**
 * `stored` a new key · `joined` new facts for deliveries not yet sent · `duplicate` known already (or the key is full)
 * · `late` the key was already sent · `failed` nothing was kept: answer 503.
 */
export type AppendResult = 'stored' | 'joined' | 'duplicate' | 'late' | 'failed'

export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'suppressed' | 'expired'

/** A copy as it rests. */
export interface KeptCopy {
  readonly kind: CopyKind
  readonly origin: string
  readonly receivedAt: number
  /** Absent: never kept, or scrubbed. */
  readonly event?: StoredEvent
  readonly facts: Facts
}

/** A due delivery with all that is known of its event. */
export interface Claimed {
  readonly delivery: number
  readonly instance: string
  readonly site: string
  readonly name: string
  /** The ID that is sent: the key's own. */
  readonly eventId: string
  readonly firstAt: number
  /** Requests written so far. */
  readonly attempts: number
  /** First attempt, epoch ms. */
  readonly firstAttemptAt?: number
  /** A request for it was written, no answer was ever stored, and nobody said since to send it again. */
  readonly inFlight: boolean
  /** Tried again by hand at this time, epoch ms; `forced`: whatever its deadline says. */
  readonly replayed?: { readonly at: number; readonly forced: boolean }
  /** Strongest word on each platform's pixel, copies and proofs together. */
  readonly fired: Fired
  /** Oldest first. */
  readonly copies: readonly KeptCopy[]
  /** Click IDs of the vault, put beside the claim by who asked for them. */
  readonly borrowed?: Lent
}

export interface Claim {
  readonly token: string
  readonly deliveries: readonly Claimed[]
  /** When the next delivery of this instance falls due, epoch ms; undefined: none waits. */
  readonly nextDueAt?: number
}

/** What a claimed delivery came to. `explanation`: what was sent and why, match keys masked; kept seven days. */
export type Settlement = {
  readonly delivery: number
  /** Was a request written? Then it counts as an attempt. */
  readonly attempted?: boolean
  readonly explanation?: Explanation
} & (
  | { readonly state: 'delivered'; readonly trace?: string }
  | { readonly state: 'retry'; readonly at: number; readonly why: string; readonly ambiguous?: boolean }
  /** `release`: its send reservations, given back because the platform surely has not taken the event. */
  | { readonly state: 'dead'; readonly reason: Reason; readonly why: string; readonly release?: readonly string[] }
  /** `copies`: how many were looked at; where there are more by now, one may bring what was missing: it stays pending. */
  | { readonly state: 'suppressed'; readonly reason: Reason; readonly why: string; readonly copies?: number }
  | { readonly state: 'expired'; readonly reason: Reason; readonly why: string }
)

export interface Explanation {
  /** The platform-side event name. */
  readonly name?: string
  readonly request?: { readonly method: string; readonly url: string }
  /** The event as the platform gets it, match keys masked. */
  readonly sent?: unknown
  /** Field → where it came from. */
  readonly origins?: Readonly<Record<string, FieldSource>>
  readonly warnings?: readonly { readonly field: string; readonly message: string }[]
  /** HTTP status and the platform's words. */
  readonly answer?: { readonly status: number; readonly words: string }
}

/** A send reservation: (instance, platform-side name, event ID), or (instance, order) for a purchase. */
export interface Reservation {
  readonly delivery: number
  readonly keys: readonly string[]
}

export interface EventRow {
  readonly site: string
  readonly name: string
  readonly eventId: string
  readonly firstAt: number
  readonly conflict: boolean
  readonly fired: Fired
  readonly copies: readonly {
    readonly kind: CopyKind
    readonly origin: string
    readonly receivedAt: number
    /** Identical copies and resends that came after it. */
    readonly duplicates: number
    readonly result: AppendResult
    /** It came under another event ID and joined by its order. */
    readonly alias?: string
    readonly facts: Facts
  }[]
  readonly deliveries: readonly {
    readonly instance: string
    readonly state: DeliveryState
    readonly reason?: Reason
    readonly why?: string
    readonly attempts: number
    /** Requests repeated although an earlier one may have arrived. */
    readonly ambiguous: number
    readonly dueAt: number
    readonly settledAt?: number
    /** Until when it can be tried again; absent: it cannot. */
    readonly reopenUntil?: number
    readonly trace?: string
    readonly explanation?: Explanation
  }[]
}

export interface RecentFilter {
  readonly limit: number
  readonly site?: string
  readonly eventId?: string
}

/** `everysec`: on disk within a second. `replicated(n)`: in the memory of n replicas too. `unknown`: not reached yet. */
export type Durability = 'fsync' | 'everysec' | `replicated(${number})` | 'memory' | 'unknown'

/** Which ended deliveries are meant; what is absent is not asked for. Times are epoch ms, of their end. */
export interface ReplayFilter {
  /** Absent: dead and expired ones. A suppressed one can be tried again while its body is kept for a later copy. */
  readonly state?: 'dead' | 'expired' | 'suppressed'
  readonly instance?: string
  readonly reason?: Reason
  readonly eventId?: string
  readonly since?: number
  readonly until?: number
}

/** An ended delivery whose body is still there, with what its end was. */
export interface Ended extends Claimed {
  readonly state: DeliveryState
  readonly reason?: Reason
  readonly why?: string
  readonly settledAt: number
}

/** The same without its copies and what was tried. */
export type Ending = Omit<Ended, 'copies' | 'firstAt' | 'attempts' | 'firstAttemptAt' | 'inFlight' | 'fired'>

export interface Health {
  readonly writable: boolean
  /** What a 2xx means. */
  readonly durability: Durability
  readonly why?: string
  /** What an operator should know though events are taken, a sentence each; no address, no name. */
  readonly alerts?: readonly string[]
  /** The disk has too little room to take events: one sentence. */
  readonly disk?: string
}

/** Deliveries by state, of all events known; with `retransmits`, `late` and `stale settlements` counted since creation. */
export interface Counts {
  readonly events: number
  readonly copies: number
  readonly duplicates: number
  readonly deliveries: Readonly<Record<string, Readonly<Record<DeliveryState, number>>>>
  readonly ambiguousResends: number
  /** Of the duplicates: resends of one post, equal to the byte. */
  readonly retransmits?: number
  readonly late?: number
  readonly staleSettlements?: number
}

/** Speaks of copies, deliveries and keys, never of rows or HTTP. Atomic per key. Times are epoch ms of the caller's. */
export interface Store {
  /** Several processes may work on it at once; it may be out of reach for a while and comes back by itself. */
  readonly isShared?: true
  /** Durable when it resolves. One result a copy, in order. */
  append(copies: readonly NewCopy[]): Promise<readonly AppendResult[]>
  /**
   * A later word on an event's pixels. False: no such event yet; the word is kept for two days and joins the event when it
   * comes (the newest 10,000 such words). Durable like `append`.
   */
  prove(site: string, name: string, eventId: string, fired: Fired, now: number): Promise<boolean>
  /** Due deliveries of one instance, nobody else's until the lease ends. */
  claim(instance: string, limit: number, leaseMs: number, now: number): Promise<Claim>
  renew(token: string, leaseMs: number, now: number): Promise<boolean>
  /** Asked right before a request is written. */
  stillMine(token: string, now: number): Promise<boolean>
  /**
   * Takes the send reservations of claimed deliveries and marks them in flight, durable when it resolves.
   * Returns those whose keys another delivery holds, or that are no longer claimed; nothing is marked for them.
   */
  reserve(token: string, reservations: readonly Reservation[], now: number): Promise<readonly number[]>
  /** A stale token changes nothing; false then. */
  settle(token: string, results: readonly Settlement[], now: number): Promise<boolean>
  /** Ends every pending delivery of an instance that is no longer configured. How many. */
  removeInstances(known: readonly string[], now: number): Promise<number>
  /**
   * The click-ID vault: what a visitor's events showed, found again by visitor or handle. Best effort, beside `append`.
   * A click ID is kept 90 days from when it was first seen; another value of the same name replaces it.
   */
  remember(sightings: readonly Sighting[], now: number): Promise<void>
  /** One answer a hint, in order; undefined where nothing is known. */
  recall(hints: readonly Hint[]): Promise<readonly (Lent | undefined)[]>
  /** The visitor took consent back: everything the vault has of them, and every way to them. How many visitors. */
  forget(site: string, visitor: string): Promise<number>
  /**
   * The visitor takes consent back: what is pending of the events told with this visitor ID is suppressed(consent_denied);
   * a request under way is left to its answer, and no further one follows. How many deliveries.
   */
  revoke(site: string, visitor: string, now: number): Promise<number>
  /** Ended deliveries that can be tried again, by number; `after` the last one of the page before. */
  ended(filter: ReplayFilter, limit: number, after?: number): Promise<readonly Ended[]>
  /** All dead and expired deliveries that can be tried again, each once, in portions that fit into memory. */
  endings(): AsyncIterable<readonly Ending[]>
  /** Nobody can try them again: reason `discarded`, `why` before the old one, bodies scrubbed, state as it was. How many. */
  discard(deliveries: readonly number[], why: string, now: number): Promise<number>
  /** Sets ended deliveries going again, each once: those that are pending by now are left alone. How many. */
  replay(deliveries: readonly number[], options: { readonly forced: boolean }, now: number): Promise<number>
  /**
   * Takes away all that is there of a person: bodies, explanations, click IDs; what is pending is suppressed(erased), a
   * request under way is left to its answer, and what comes later under one of the names is kept out. May be asked
   * again: what is done already is not counted twice.
   */
  erase(person: Person, now: number): Promise<Erased>
  /** Takes names off the list of those who are kept out; what was erased stays so. How many names were on it. */
  readmit(person: Person): Promise<number>
  /** Keeps a short text of the engine's own under a name, or forgets it. */
  note(name: string, text: string | undefined): Promise<void>
  noted(name: string): Promise<string | undefined>
  /** Newest first. */
  recent(filter: RecentFilter): Promise<readonly EventRow[]>
  counts(): Promise<Counts>
  health(): Health
  /** Forgets keys, bodies and explanations past their time; what waits more than two hours falls due (a clock was wrong). */
  tidy(now: number): Promise<void>
  close(): Promise<void>
}
