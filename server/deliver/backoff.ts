import { hourMs, minuteMs } from '../../shared/limits.ts'

const baseMs = 1000
const capMs = 15 * minuteMs
const hint = { leastMs: 1000, mostMs: hourMs }

/**
 * How long to wait before the next attempt: full jitter over a doubling range, or the platform's own hint, clamped.
 * @param attempts requests written so far @param random 0 ≤ random < 1
 */
export function backoffMs(attempts: number, random: number, hintMs?: number): number {
  if (hintMs !== undefined) return Math.min(Math.max(hintMs, hint.leastMs), hint.mostMs)
  const range = Math.min(baseMs * 2 ** Math.min(attempts, 20), capMs)
  // Never at once: a tenth of the range is the least.
  return Math.round(range * (0.1 + 0.9 * random))
}
