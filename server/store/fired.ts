import { type Fired, type PixelState, strongerState } from '../../shared/pixel-state.ts'

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
