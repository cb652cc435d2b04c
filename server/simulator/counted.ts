import type { Copy, DedupKey } from './platform.ts'

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
}

export interface Arrival {
  readonly side: 'browser' | 'server'
  readonly copy: Copy
}

/**
 * Joins the copies of each conversion by the platform's keys; the first arrival stays and takes what it lacked from the
 * later ones. A copy without a key counts on its own: the platforms' guesses by user are not counted on here.
 */
export function countConversions(
  arrivals: readonly Arrival[],
  keysOf: (copy: Copy) => readonly DedupKey[],
): readonly Counted[] {
  const conversions: Counted[] = []
  const byKey = new Map<string, { readonly conversion: Counted; readonly since: number }>()
  for (const { side, copy } of arrivals) {
    const keys = keysOf(copy)
    const known = keys
      .map(({ key, windowMs }) => ({ windowMs, entry: byKey.get(key) }))
      .find(({ entry, windowMs }) => entry && copy.at - entry.since <= windowMs)?.entry
    const { conversion } = known ?? { conversion: start(copy) }
    if (!known) conversions.push(conversion)
    add(conversion, side, copy)
    for (const { key, windowMs } of keys) {
      const entry = byKey.get(key)
      if (!entry || copy.at - entry.since > windowMs) byKey.set(key, { conversion, since: known?.since ?? copy.at })
    }
  }
  return conversions
}

const start = ({ event, id }: Copy): Counted => ({
  event,
  id,
  browser: false,
  server: false,
  paired: false,
  server_copies: 0,
  hits: 0,
})

function add(conversion: Counted, side: Arrival['side'], copy: Copy): void {
  if (side === 'browser') conversion.hits++
  else conversion.server_copies++
  conversion[side] = true
  conversion.paired = conversion.browser && conversion.server
  conversion.id ??= copy.id
  conversion.value ??= copy.value
  conversion.currency ??= copy.currency
}
