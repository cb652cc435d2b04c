import type { Outcome } from '../destinations/destination.ts'

/** Counts the answers to a delivery that nobody could read; another answer ends its count. A restart begins anew. */
export function createUnread(): (delivery: number, outcome: Outcome) => number {
  const unread = new Map<number, number>()
  return (delivery, outcome) => {
    const count = (unread.get(delivery) ?? 0) + (outcome.kind === 'retry' && outcome.unreadable ? 1 : 0)
    if (outcome.kind === 'retry' && count) unread.set(delivery, count)
    else unread.delete(delivery)
    return count
  }
}
