import type { Counts } from '../../store/store.ts'
import type { Funnel, Overview, Range } from '../shapes.ts'
import { ackEdges, quantile } from '../trail/histogram.ts'
import type { TrailView } from '../trail/index.ts'
import { totals, type ShownInstance, type ShownNotice } from '../view.ts'
import { pairState } from '../../pair/pair-state.ts'
import { readEnd } from '../trail/count-names.ts'
import { cardsOf, waitingOf } from './cards.ts'
import { isEnd } from './ends.ts'
import { histogram, linesIn, steps, sumOf, windowOf, type Line } from './window.ts'

export interface OverviewFacts {
  readonly view: TrailView
  readonly counts: Counts
  readonly instances: readonly ShownInstance[]
  readonly notices: ReadonlyMap<string, readonly ShownNotice[]>
  readonly system: Omit<Overview['system'], 'ackP50Ms' | 'ackP99Ms'>
  readonly demo?: NonNullable<Overview['demo']>
}

/** The whole first view. Pure. @param site only of this one, but for what belongs to all */
export function overviewOf(facts: OverviewFacts, range: Range, site?: string): Overview {
  const { view, counts, instances, notices, system, demo } = facts
  const own = instances.filter((one) => site === undefined || one.site === site)
  const window = windowOf(range, view.at)
  const lines = linesIn(view, window, site)
  const consent = (state: string) => sumOf(lines, `c:${state}`)
  const acks = histogram(lines, 'a:', ackEdges)
  const [p50, p99] = [quantile(ackEdges, acks, 0.5), quantile(ackEdges, acks, 0.99)]
  return {
    at: view.at,
    range,
    sites: [...new Set(instances.map((one) => one.site))],
    instances: cardsOf(view, counts, own, notices),
    funnel: funnelOf(view, counts, own, lines),
    series: seriesOf(view, instances, range, site),
    totals: totals(counts, view.at),
    consent: {
      granted: consent('granted'),
      denied: consent('denied'),
      unknown: consent('unknown'),
      revoked: sumOf(lines, 'revoked'),
    },
    system: { ...system, ...(p50 !== undefined && { ackP50Ms: p50 }), ...(p99 !== undefined && { ackP99Ms: p99 }) },
    since: Math.max(view.facts.since, window.from),
    ...(demo && { demo }),
  }
}

/** What came and ended within the window, and what waits now. */
function funnelOf(
  view: TrailView,
  counts: Counts,
  instances: readonly ShownInstance[],
  lines: readonly Line[],
): Funnel {
  const waiting = instances.map(({ name }) => waitingOf(view, counts, name))
  const sum = (name: 'held' | 'queued' | 'retrying') => waiting.reduce((total, one) => total + one[name], 0)
  return {
    received: sumOf(lines, 'received'),
    refused: sumOf(lines, 'refused'),
    duplicate: sumOf(lines, 'duplicate'),
    late: sumOf(lines, 'late'),
    stored: sumOf(lines, 'stored') + sumOf(lines, 'joined'),
    held: sum('held'),
    queued: sum('queued'),
    retrying: sum('retrying'),
    delivered: sumOf(lines, isEnd('delivered')),
    suppressed: sumOf(lines, isEnd('suppressed')),
    dead: sumOf(lines, isEnd('dead')),
    expired: sumOf(lines, isEnd('expired')),
  }
}

function seriesOf(
  view: TrailView,
  instances: readonly ShownInstance[],
  range: Range,
  site?: string,
): Overview['series'] {
  const window = windowOf(range, view.at)
  const platforms = new Map(instances.map(({ name, platform }) => [name, platform]))
  const read = (fits: (name: string, instance: string) => boolean) =>
    steps(view, window, (key, name) => (site === undefined || key.site === site) && fits(name, key.instance))
  const failed = [isEnd('dead'), isEnd('expired')]
  return {
    from: window.from,
    stepMs: window.stepMs,
    received: read((name) => name === 'received'),
    delivered: read((name) => isEnd('delivered')(name)),
    failed: read((name) => failed.some((fits) => fits(name))),
    paired: read((name, instance) => {
      const end = readEnd(name)
      return (
        end?.state === 'delivered' && pairState(platforms.get(instance) ?? instance, end.pixel, end).state === 'paired'
      )
    }),
  }
}
