import type { Arrival, Dedup, Side } from './platform.ts'

/** One conversion as the platform would count it. */
export interface Counted {
  event: string
  id?: string
  browser: boolean
  server: boolean
  paired: boolean
  server_copies: number
  hits: number
  value?: number
  currency?: string
  /** Whose copy stays; value and currency are told by it. */
  kept: Side
  /** Several server copies where the platform does not promise to join them: it may have counted each. */
  double?: true
}

/**
 * Joins the copies of each conversion by the platform's keys. A copy without a key counts on its own: the platforms'
 * guesses by user are not counted on here.
 */
export function countConversions(arrivals: readonly Arrival[], dedup: Dedup): readonly Counted[] {
  const conversions: Arrival[][] = []
  const byKey = new Map<string, { readonly conversion: Arrival[]; readonly since: number }>()
  for (const arrival of arrivals) {
    const { copy, mostMs = Infinity } = arrival
    const keys = dedup.keysOf(copy).map(({ key, windowMs }) => ({ key, windowMs: Math.min(windowMs, mostMs) }))
    const known = keys
      .map(({ key, windowMs }) => ({ windowMs, entry: byKey.get(key) }))
      .find(({ entry, windowMs }) => entry && copy.at - entry.since <= windowMs)?.entry
    const conversion = known?.conversion ?? []
    if (!known) conversions.push(conversion)
    conversion.push(arrival)
    for (const { key, windowMs } of keys) {
      const entry = byKey.get(key)
      if (!entry || copy.at - entry.since > windowMs) byKey.set(key, { conversion, since: known?.since ?? copy.at })
    }
  }
  return conversions.map((copies) => summarize(copies, dedup))
}

function summarize(copies: readonly Arrival[], dedup: Dedup): Counted {
  const kept = copies.reduce((best, next) => (dedup.replaces(best, next) ? next : best))
  const told = dedup.fills ? [kept, ...copies.filter((one) => one !== kept)] : [kept]
  const hits = copies.filter(({ side }) => side === 'browser').length
  const serverCopies = copies.length - hits
  return {
    event: kept.copy.event,
    id: copies.find(({ copy }) => copy.id !== undefined)?.copy.id,
    browser: hits > 0,
    server: serverCopies > 0,
    paired: hits > 0 && serverCopies > 0,
    server_copies: serverCopies,
    hits,
    value: told.find(({ copy }) => copy.value !== undefined)?.copy.value,
    currency: told.find(({ copy }) => copy.currency !== undefined)?.copy.currency,
    kept: kept.side,
    ...(!dedup.joinsResends && serverCopies > 1 && { double: true as const }),
  }
}
