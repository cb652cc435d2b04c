import type { Fired } from '../../../shared/pixel-state.ts'
import { mergeFired } from '../fired.ts'
import type { FoundEvent, Ledger } from './ledger.ts'

/** Keeps what a copy or proof says of the event's pixels. */
export function createFire({ db }: Ledger) {
  const update = db.prepare('UPDATE events SET fired = ? WHERE id = ?')
  return (event: FoundEvent, fired: Fired | undefined): void => {
    const merged = mergeFired(event.fired, fired)
    if (merged === event.fired) return
    update.run(merged, event.id)
    event.fired = merged // more may be said of it in the same breath
  }
}
