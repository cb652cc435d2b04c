import { readConversions } from './counted.ts'
import { emptyTrail, type DashboardDeps } from './deps.ts'
import { deadGroups } from './read/dead.ts'
import { errorsIn } from './read/errors.ts'
import { fitting, isNarrow, rowsShown } from './read/filter.ts'
import { hopsOf } from './read/hops.ts'
import { overviewOf } from './read/overview.ts'
import { pairingOf } from './read/pairing.ts'
import { qualityOf } from './read/quality.ts'
import { setupOf } from './read/setup.ts'
import { linesIn, windowOf } from './read/window.ts'
import type { DeadGroup, EventDetail, EventFilter, Overview, Range, Reads } from './shapes.ts'
import type { TrailView } from './trail/index.ts'
import { totals, viewRow, type PlatformConversions, type RowView, type ShownNotice, type Totals } from './view.ts'

const noSystem = {
  version: '',
  store: '',
  durability: 'unknown',
  writable: true,
  alerts: [],
  uptimeMs: 0,
  memoryBytes: 0,
} as const

/** Instances whose delivery of this event ended and can be tried again by hand; it is looked at once more when it is done. */
const canResend = ({ deliveries }: RowView, now: number): readonly string[] =>
  deliveries.flatMap(({ instance, reopenUntil = 0 }) => (now < reopenUntil ? [instance] : []))

/** Answers every question of the API from counters, from the newest rows, or from one event's row. */
export function createReader(deps: DashboardDeps) {
  const { store, platformView, now, demo } = deps
  const notices = (): ReadonlyMap<string, readonly ShownNotice[]> =>
    new Map(deps.instances.map(({ name }) => [name, deps.noticesOf?.(name, now()) ?? []]))
  const trail = (): Promise<TrailView> => deps.trail?.() ?? Promise.resolve(emptyTrail(now()))

  /** A simulator that fails to answer leaves a gap on the page, no more. */
  async function conversions(): Promise<PlatformConversions> {
    if (!platformView) return {}
    const ask = async (platform: string) => {
      const view = await Promise.resolve(platform)
        .then(platformView)
        .catch(() => undefined)
      return [platform, readConversions(view)] as const
    }
    return Object.fromEntries(await Promise.all([...new Set(deps.instances.map(({ platform }) => platform))].map(ask)))
  }

  async function rows(filter: EventFilter): Promise<readonly RowView[]> {
    const { site, eventId, limit = rowsShown.usual } = filter
    const asked = {
      limit: isNarrow(filter) ? rowsShown.most : limit,
      ...(site !== undefined && { site }),
      ...(eventId !== undefined && { eventId }),
    }
    const [found, counts] = await Promise.all([store.recent(asked), conversions()])
    const known = notices()
    return fitting(
      found.map((row) => viewRow(row, deps.instances, counts, known)),
      filter,
    )
  }

  return {
    rows,
    conversions,
    counts: async (): Promise<Totals> => totals(await store.counts(), now()),

    async overview(range: Range, site?: string): Promise<Overview> {
      const [view, counts] = await Promise.all([trail(), store.counts()])
      const shown = typeof demo === 'function' ? demo() : demo
      return overviewOf(
        {
          ...{ view, counts, instances: deps.instances, notices: notices(), system: deps.system?.() ?? noSystem },
          ...(shown && { demo: shown }),
        },
        range,
        site,
      )
    },
    setup: async (): Promise<Reads['setup']> => setupOf(await trail(), deps.sites?.() ?? [], deps.instances),
    pairing: async (range: Range, site?: string) => pairingOf(await trail(), deps.instances, range, site),
    quality: async (range: Range, site?: string) => qualityOf(await trail(), deps.instances, range, site),
    async errors(range: Range, site?: string): Promise<Reads['errors']> {
      const view = await trail()
      return errorsIn(view, linesIn(view, windowOf(range, view.at), site), deps.instances).filter(
        ({ instance }) =>
          site === undefined || deps.instances.some((one) => one.name === instance && one.site === site),
      )
    },
    dead: (site?: string): Promise<readonly DeadGroup[]> => deadGroups(store, deps.instances, site),

    /** One event whole; undefined: it is not known, or no longer. */
    async event(site: string, name: string, eventId: string): Promise<EventDetail | undefined> {
      const row = (await rows({ site, eventId, event: name })).find((one) => one.eventId === eventId)
      if (!row) return undefined
      return { row, hops: hopsOf(row), canResend: canResend(row, now()) }
    },
  }
}
export type Reader = ReturnType<typeof createReader>
