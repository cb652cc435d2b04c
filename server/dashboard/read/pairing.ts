import type { PairState } from '../../pair/pair-state.ts'
import type { Pairing, PairingRow, Range } from '../shapes.ts'
import { gapEdges, quantile } from '../trail/histogram.ts'
import type { TrailView } from '../trail/index.ts'
import type { ShownInstance } from '../view.ts'
import { endsIn } from './ends.ts'
import { histogram, linesIn, sumOf, windowOf, type Line } from './window.ts'

const mostReasons = 6

/** Every event at every instance: how it paired, and why not. Pure. */
export function pairingOf(view: TrailView, instances: readonly ShownInstance[], range: Range, site?: string): Pairing {
  const lines = linesIn(view, windowOf(range, view.at), site)
  const rows = instances
    .filter((one) => site === undefined || one.site === site)
    .flatMap((instance) =>
      lines
        .filter((line) => line.instance === instance.name && line.event !== '')
        .map((line) => rowOf(line, instance, lines)),
    )
    .sort((a, b) => sizeOf(b) - sizeOf(a))
  const browsers = [...new Set(lines.flatMap(({ counts }) => Object.keys(counts)))]
    .flatMap((name) => (name.startsWith('b:') ? [name.slice(2)] : []))
    .map((browser) => ({ browser, events: sumOf(lines, `b:${browser}`), blocked: sumOf(lines, `x:${browser}`) }))
    .sort((a, b) => b.events - a.events)
  return { range, rows, browsers, warnings: warnings.flatMap((rule) => rule(lines) ?? []) }
}

const sizeOf = ({ counts }: PairingRow): number => Object.values(counts).reduce((sum, n) => sum + n, 0)

function rowOf(line: Line, { name, platform }: ShownInstance, lines: readonly Line[]): PairingRow {
  const ends = endsIn(line.counts, platform)
  const inState = (state: PairState) =>
    ends.filter(({ pair }) => pair.state === state).reduce((n, { count }) => n + count, 0)
  const ended = ends.reduce((sum, { count }) => sum + count, 0)
  const why = new Map<string, number>()
  for (const { pair, count } of ends) if (pair.state !== 'paired') why.set(pair.why, (why.get(pair.why) ?? 0) + count)
  const gaps = histogram([line], 'g:', gapEdges)
  const [p50, p95] = [quantile(gapEdges, gaps, 0.5), quantile(gapEdges, gaps, 0.95)]
  return {
    event: line.event,
    instance: name,
    platform,
    counts: {
      paired: inState('paired'),
      'capi-only': inState('capi-only'),
      'pixel-only': inState('pixel-only'),
      waiting: Math.max(0, (line.counts.created ?? 0) - ended),
      neither: inState('neither'),
    },
    why: [...why]
      .map(([words, count]) => ({ words, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, mostReasons),
    conflicts: line.counts.conflict ?? 0,
    late: sumOf(
      lines.filter((one) => one.event === line.event && one.site === line.site && one.instance === ''),
      'late',
    ),
    ...(p50 !== undefined && p95 !== undefined && { gapMs: { p50, p95 } }),
  }
}

type Warning = Pairing['warnings'][number]
/** Fewer may be a person who pressed a button twice. */
const enough = 5

const countReason = (lines: readonly Line[], reason: string): number =>
  sumOf(lines, (name) => name.startsWith('p|') && name.endsWith(`|${reason}`))

/** Signs that something else sends too, or that one ID stands for several events. */
const warnings: readonly ((lines: readonly Line[]) => Warning | undefined)[] = [
  (lines) => {
    const n = countReason(lines, 'already_sent')
    return n >= enough
      ? {
          what: `${n} events came under an ID or order number that had already been sent.`,
          fix: 'Give each event an ID of its own: the order number for a purchase, nothing at all for the rest. Take out a second sender, such as another plug-in.',
        }
      : undefined
  },
  (lines) => {
    const n = sumOf(lines, 'conflict')
    const ended = sumOf(lines, (name) => name.startsWith('p|'))
    return n >= enough && n > 0.02 * ended
      ? {
          what: `The copies of ${n} deliveries disagree on value, currency, order or items under one ID.`,
          fix: 'Send the same amounts from page and back end, and never use one ID for two events.',
        }
      : undefined
  },
  (lines) => {
    const n = countReason(lines, 'pixel_unmatched')
    return n >= enough
      ? {
          what: `${n} events had already been sent by the page without an ID: something else on it calls the platform’s pixel.`,
          fix: 'Put our tag before the platform’s own snippet, or take the other call out.',
        }
      : undefined
  },
  (lines) => {
    const [again, all] = [sumOf(lines, 'duplicate'), sumOf(lines, 'received')]
    return again >= 4 * enough && again > 0.3 * all
      ? {
          what: `${Math.round((100 * again) / all)} % of what comes was here already: two senders tell the same events.`,
          fix: 'Look whether the tag stands on the page twice, or a tag manager and the page both send.',
        }
      : undefined
  },
]
