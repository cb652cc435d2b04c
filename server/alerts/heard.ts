import { minuteMs } from '../../shared/limits.ts'
import type { Counters } from '../metrics/counters.ts'
import type { History, Slot } from './history.ts'
import type { Source } from './rules.ts'

const latelyMs = 10 * minuteMs
const kinds = ['browser', 'backend'] as const

/** Reads what came since the last look off the running sums, and writes it into the history. */
export function createHearing(counters: Counters, startedAt: number) {
  const before = new Map<string, number>()
  const quietSince = new Map<string, number>()
  const lately = new Map<string, { at: number; n: number }[]>()

  /** By how much a sum has grown since it was last asked for. */
  const grown = (key: string, total: number): number => {
    const more = total - (before.get(key) ?? 0)
    before.set(key, total)
    return more
  }

  function hear(site: string, kind: Source['kind'], history: History, now: number): Source {
    const key = `${site} ${kind === 'browser' ? 'pages' : 'back end'}`
    const failed = counters.copies.total({ site, kind, result: 'failed' })
    const n = grown(key, counters.copies.total({ site, kind }) - failed)
    history.heard(key, n, now)
    if (n > 0) quietSince.set(key, now)
    const recent = [...(lately.get(key) ?? []), { at: now, n }].filter(({ at }) => now - at < latelyMs)
    lately.set(key, recent)
    return {
      key,
      site,
      kind,
      quietSince: quietSince.get(key) ?? startedAt,
      lately: recent.reduce((sum, one) => sum + one.n, 0),
    }
  }

  function settled(instance: string): Slot {
    const ended = (state: string) => grown(`${instance} ${state}`, counters.settlements.total({ instance, state }))
    const pairs = (state: string) => grown(`${instance} ${state}`, counters.pairs.total({ instance, state }))
    return {
      delivered: ended('delivered'),
      failed: ended('dead') + ended('expired'),
      paired: pairs('paired'),
      unpaired: pairs('capi-only'),
    }
  }

  return (sites: readonly string[], instances: readonly string[], history: History, now: number): readonly Source[] => {
    for (const instance of instances) history.settled(instance, settled(instance), now)
    return sites.flatMap((site) => kinds.map((kind) => hear(site, kind, history, now)))
  }
}
