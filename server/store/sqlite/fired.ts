import { type Fired, type PixelState, strongerState } from '../../../shared/pixel-state.ts'
import type { FoundEvent, Ledger } from './ledger.ts'

/** Strongest word per platform; the same text when nothing got stronger. */
export function mergeFired(rested: string, fired: Fired | undefined): string {
  if (!fired || Object.keys(fired).length === 0) return rested
  const merged = new Map<string, PixelState>(Object.entries(JSON.parse(rested) as Fired)) // written by this function alone
  let changed = false
  for (const [platform, state] of Object.entries(fired)) {
    const before = merged.get(platform)
    const after = strongerState(before, state)
    if (after === undefined || after === before) continue
    merged.set(platform, after)
    changed = true
  }
  return changed ? JSON.stringify(Object.fromEntries(merged)) : rested
}

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
