import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DeliveryState } from '../store.ts'

export type Tallied = 'events' | 'copies' | 'duplicates' | 'retransmits' | 'late' | 'stale' | 'ambiguous'

/** Running sums, gathered while a transaction runs and written at its end; a part that is rolled back takes its own back. */
export class Tally {
  #staged: { name: string; instance: string; n: number }[] = []
  readonly #add: StatementSync

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(
      'INSERT INTO tallies (name, instance, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
    )
  }

  add(name: Tallied, n = 1): void {
    this.#staged.push({ name, instance: '', n })
  }

  /** A delivery left one state (undefined: it is new) for another (undefined: it is forgotten). */
  move(instance: string, from: DeliveryState | undefined, to: DeliveryState | undefined, n = 1): void {
    if (from) this.#staged.push({ name: from, instance, n: -n })
    if (to) this.#staged.push({ name: to, instance, n })
  }

  mark(): number {
    return this.#staged.length
  }

  rollbackTo(mark: number): void {
    this.#staged.length = mark
  }

  /** Inside the transaction that is counted. */
  write(): void {
    if (this.#staged.length === 0) return
    const sums = new Map<string, { name: string; instance: string; n: number }>()
    for (const { name, instance, n } of this.#staged) {
      const sum = sums.get(`${name} ${instance}`)
      if (sum) sum.n += n
      else sums.set(`${name} ${instance}`, { name, instance, n })
    }
    for (const { name, instance, n } of sums.values()) this.#add.run(name, instance, n)
  }
}
