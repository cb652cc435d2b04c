import { randomBytes } from 'node:crypto'
import { itemsOf, totalOf, currency } from './catalog.ts'
import type { Line } from './catalog.ts'

export const buyerFields = ['email', 'first_name', 'last_name', 'city', 'zip', 'country'] as const
export type Buyer = Readonly<Record<(typeof buyerFields)[number], string>>

export interface Order {
  readonly number: string
  readonly at: number
  readonly lines: readonly Line[]
  readonly buyer: Buyer
}

const mostOrders = 500

/** The shop's orders, in memory. Numbers are random: a counter would begin anew and meet orders a collector still knows. */
export class Orders {
  readonly #orders = new Map<string, Order>()

  place(lines: readonly Line[], buyer: Buyer, at: number): Order {
    const order = { number: `T-${randomBytes(4).toString('hex').toUpperCase()}`, at, lines, buyer }
    this.#orders.set(order.number, order)
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size <= mostOrders) break
      this.#orders.delete(oldest)
    }
    return order
  }

  find(number: string): Order | undefined {
    return this.#orders.get(number)
  }
}

/** The purchase as the shop's server tells it: the same ID as the browser's copy, which is the order's number. */
export const backendCopy = ({ number, at, lines, buyer }: Order) => ({
  v: 1,
  events: [
    {
      event: 'purchase',
      event_id: number,
      event_time: new Date(at).toISOString(),
      action_source: 'website',
      order_id: number,
      value: totalOf(lines),
      currency,
      items: itemsOf(lines),
      user: Object.fromEntries(Object.entries(buyer).filter(([, value]) => value !== '')),
    },
  ],
})
