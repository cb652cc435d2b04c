import { hourMs, minuteMs } from '../../shared/limits.ts'

export interface Clock {
  /** Epoch ms, by the wall clock. */
  readonly now: () => number
  /**
   * Epoch ms for what is due and for leases: the later of the wall clock and of what it would show, had nobody set it.
   * A clock that was set back a day must not hold every delivery for a day.
   */
  readonly due: () => number
  /** By how many ms the wall clock was set ahead (or, below 0, back); 0: the two clocks agree. */
  readonly partedMs: () => number
  /** How often they have come together again so far. */
  readonly mended: () => number
}

/** From here on a difference is no drift: somebody set the clock, or the machine slept. */
const partsAtMs = 5 * minuteMs
/** After this long the new time is believed: whoever runs it had the time to look. */
const believedAfterMs = hourMs

/** Watches the wall clock beside one that nobody can set. While they part, nothing may expire (docs/delivery.md). */
export function createClock(wall: () => number, monotonic: () => number): Clock {
  /** Wall clock less monotonic clock, as they last agreed. */
  let base = wall() - monotonic()
  let partedAt: number | undefined
  let mended = 0
  const look = (): { readonly wallNow: number; readonly line: number } => {
    const [wallNow, steady] = [wall(), monotonic()]
    const apart = Math.abs(wallNow - steady - base) >= partsAtMs
    if (apart) partedAt ??= steady
    if (!apart || steady - (partedAt ?? steady) >= believedAfterMs) {
      base = wallNow - steady
      if (partedAt !== undefined) mended++
      partedAt = undefined
    }
    return { wallNow, line: base + steady }
  }
  return {
    now: wall,
    mended() {
      look()
      return mended
    },
    due() {
      const { wallNow, line } = look()
      return Math.max(wallNow, Math.round(line))
    },
    partedMs() {
      const { wallNow, line } = look()
      return partedAt === undefined ? 0 : Math.round(wallNow - line)
    },
  }
}
