import type { Flight } from '../rules.ts'

interface Lease {
  readonly token: string
  until: number
  readonly deliveries: Set<number>
  /** Delivery → what was known of earlier requests before this claim reserved it. */
  readonly reserved: Map<number, Flight>
}

/**
 * Who works on which delivery. In memory: one process owns the file, so its claims die with it and nothing has to be
 * released at the next start. Changes can be taken back with the transaction they belong to.
 */
export class Leases {
  #byToken = new Map<string, Lease>()
  #byDelivery = new Map<number, Lease>()
  #undo: (() => void)[] = []
  #made = 0
  readonly #run = Math.random().toString(36).slice(2)

  /** Epoch ms at which a delivery is free again; undefined: it is free. */
  heldUntil(delivery: number, now: number): number | undefined {
    const until = this.#byDelivery.get(delivery)?.until
    return until !== undefined && until > now ? until : undefined
  }

  /** Somebody claimed it and has not settled it, be the lease over or not. */
  isHeld(delivery: number): boolean {
    return this.#byDelivery.has(delivery)
  }

  take(deliveries: readonly number[], until: number): string {
    const lease: Lease = { token: `${this.#run}-${++this.#made}`, until, deliveries: new Set(), reserved: new Map() }
    for (const delivery of deliveries) {
      this.drop(delivery)
      this.#hold(lease, delivery)
      this.#undo.push(() => this.#release(lease, delivery))
    }
    return lease.token
  }

  /** The lease of a token, if it has not ended. */
  live(token: string, now: number): Lease | undefined {
    const lease = this.#byToken.get(token)
    return lease && lease.until > now ? lease : undefined
  }

  /** The lease of a token while nobody else took this delivery, ended or not. */
  holder(token: string, delivery: number): Lease | undefined {
    const lease = this.#byDelivery.get(delivery)
    return lease?.token === token ? lease : undefined
  }

  renew(token: string, until: number, now: number): boolean {
    const lease = this.live(token, now)
    if (!lease) return false
    const before = lease.until
    lease.until = until
    this.#undo.push(() => (lease.until = before))
    return true
  }

  noteReserved(lease: Lease, delivery: number, before: Flight): void {
    lease.reserved.set(delivery, before)
    this.#undo.push(() => lease.reserved.delete(delivery))
  }

  drop(delivery: number): void {
    const lease = this.#byDelivery.get(delivery)
    if (!lease) return
    this.#release(lease, delivery)
    this.#undo.push(() => this.#hold(lease, delivery))
  }

  mark(): number {
    return this.#undo.length
  }

  rollbackTo(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) undo()
  }

  commit(): void {
    this.#undo = []
  }

  #hold(lease: Lease, delivery: number): void {
    this.#byToken.set(lease.token, lease)
    this.#byDelivery.set(delivery, lease)
    lease.deliveries.add(delivery)
  }

  #release(lease: Lease, delivery: number): void {
    if (this.#byDelivery.get(delivery) === lease) this.#byDelivery.delete(delivery)
    lease.deliveries.delete(delivery)
    if (lease.deliveries.size === 0) this.#byToken.delete(lease.token)
  }
}
