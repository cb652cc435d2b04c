import { dayMs } from '../../shared/limits.ts'

/** A time in which a lane waited for the operator; open while it still does. Epoch ms. */
export interface Halt {
  readonly from: number
  readonly to?: number
}

const rememberMs = 40 * dayMs
const mostKept = 200

/** The halts after one more look at the lane; the same list where nothing changed. */
export function noteHalt(halts: readonly Halt[], isHalted: boolean, now: number): readonly Halt[] {
  const last = halts.at(-1)
  const isOpen = last !== undefined && last.to === undefined
  if (isOpen === isHalted) return halts
  const next = isOpen ? [...halts.slice(0, -1), { from: last.from, to: now }] : [...halts, { from: now }]
  return next.filter(({ to }) => to === undefined || now - to < rememberMs).slice(-mostKept)
}

/** How much of the time from `since` to `now` the lane was halted, ms. */
export const haltedMs = (halts: readonly Halt[], since: number, now: number): number =>
  halts.reduce((sum, { from, to = now }) => sum + Math.max(0, Math.min(to, now) - Math.max(from, since)), 0)

/** From what `JSON.stringify` made of a list of halts; anything else is no halt at all. */
export function parseHalts(text: string | undefined): readonly Halt[] {
  try {
    const given = JSON.parse(text ?? '[]') as unknown
    if (!Array.isArray(given)) return []
    return given.filter((one: unknown): one is Halt => {
      const { from, to } = (one ?? {}) as Partial<Halt>
      return Number.isFinite(from) && (to === undefined || Number.isFinite(to))
    })
  } catch {
    return []
  }
}
