import type { Flight } from '../rules.ts'
import type { Stored } from './record.ts'

/** One delivery of a claim, as this process last saw its event. */
export interface Held {
  readonly delivery: number
  readonly shard: number
  readonly id: string
  stored: Stored
  /** Set by a reservation: what was known of earlier requests before this claim. */
  before?: Flight
}

export interface OwnClaim {
  readonly token: string
  readonly instance: string
  /** End of the lease by our clock, for tidying up alone: Redis knows who holds what. */
  until: number
  readonly held: Map<number, Held>
}

/** A claim nobody settles is kept in mind this long after its lease: a late answer still counts then. */
const graceMs = 600_000

/** The claims this process made. A token is of use to who got it, so no other process needs to know them. */
export class OwnClaims {
  readonly #byToken = new Map<string, OwnClaim>()
  readonly #run = Math.random().toString(36).slice(2, 10)
  #made = 0

  newToken(): string {
    return `${this.#run}-${++this.#made}`
  }

  add(claim: OwnClaim, now: number): void {
    for (const { token, until } of this.#byToken.values()) if (until + graceMs < now) this.#byToken.delete(token)
    if (claim.held.size) this.#byToken.set(claim.token, claim)
  }

  get(token: string): OwnClaim | undefined {
    return this.#byToken.get(token)
  }

  drop(token: string, delivery: number): void {
    const claim = this.#byToken.get(token)
    claim?.held.delete(delivery)
    if (claim?.held.size === 0) this.#byToken.delete(token)
  }

  all(): readonly OwnClaim[] {
    return [...this.#byToken.values()]
  }
}
