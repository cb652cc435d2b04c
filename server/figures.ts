import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { dayMs } from '../shared/limits.ts'
import { adviceOn } from './advice.ts'
import { fileOf } from './crash-guard.ts'
import type { Worker } from './deliver/worker.ts'
import { destinationOf } from './destinations/index.ts'
import { isTest, settingsAt } from './destinations/test-mode.ts'
import { hasToken } from './destinations/token.ts'
import type { Counters } from './metrics/counters.ts'
import { conservationOf, noDeliveries, sumStates, type Figures, type InstanceFigures } from './metrics/figures.ts'
import type { SiteInstance } from './site.ts'
import type { Counts, Store } from './store/store.ts'

export interface FiguresDeps {
  readonly store: Pick<Store, 'counts' | 'health'>
  /** The setting: its folder tells of the disk. */
  readonly storeUrl: string
  readonly worker: Pick<Worker, 'lanes'>
  readonly sites: readonly string[]
  readonly instances: readonly (SiteInstance & { readonly site: string })[]
  readonly counters: Counters
  /** How long the oldest delivery of an instance waits (watch-store.ts). */
  readonly oldestMs: (instance: string, pending: number, isLaneWell: boolean, now: number) => number | undefined
  readonly warnings: readonly string[]
  readonly isReady: boolean
  readonly now: number
}

/** All that health, metrics and alerts go by, of this moment. One reading of the store's sums, nothing else is asked. */
export async function readFigures(deps: FiguresDeps): Promise<Figures> {
  const { store, storeUrl, sites, instances, counters, now } = deps
  // A store that is away leaves gaps; that it is away is told too.
  const counts = await store.counts().catch(() => undefined)
  const free = await diskFree(storeUrl)
  const known = instances.map(({ name }) => name)
  const gone = Object.entries(counts?.deliveries ?? {}).flatMap(([name, states]) =>
    known.includes(name) ? [] : [states],
  )
  return {
    at: now,
    sites,
    instances: instances.filter(({ enabled }) => enabled).map((instance) => instanceFigures(instance, counts, deps)),
    ...(counts && { counts }),
    removed: sumStates([...gone, ...switchedOff(instances, counts)]),
    conservation: conservationOf(counts),
    health: store.health(),
    ...(free !== undefined && { diskFreeBytes: free }),
    isReady: deps.isReady,
    warnings: deps.warnings,
    counters,
  }
}

const switchedOff = (instances: FiguresDeps['instances'], counts: Counts | undefined) =>
  instances.flatMap(({ name, enabled }) => (enabled ? [] : (counts?.deliveries[name] ?? [])))

function instanceFigures(
  instance: FiguresDeps['instances'][number],
  counts: Counts | undefined,
  { worker, counters, oldestMs, now }: FiguresDeps,
): InstanceFigures {
  const { name, site, platform } = instance
  const states = counts?.deliveries[name] ?? noDeliveries
  const lane = worker.lanes.find((one) => one.instance.name === name)?.state
  const isLaneWell = lane?.state === 'ok'
  const oldest = oldestMs(name, states.pending, isLaneWell, now)
  const deliveredAt = counters.deliveredAt.get(name)
  return {
    name,
    site,
    platform,
    states,
    ...(lane && { lane }),
    ...(!hasToken(instance) && { lacksToken: true }),
    ...(oldest !== undefined && { oldestMs: oldest }),
    ...(deliveredAt !== undefined && { deliveredAt }),
    isTest: isTest(settingsAt(instance, now)),
    version: versionOf(instance, now),
    notices: adviceOn(instance, now),
  }
}

function versionOf(instance: SiteInstance, now: number): InstanceFigures['version'] {
  const { usual, known } = destinationOf(instance).versions
  const plain = (version: string) => version.trim().replace(/\.0$/, '')
  const name = instance.api_version ?? usual
  const until = known.find((version) => plain(version.name) === plain(name))?.until
  return { name, ...(until !== undefined && { daysLeft: Math.ceil((Date.parse(until) - now) / dayMs) }) }
}

async function diskFree(storeUrl: string): Promise<number | undefined> {
  const file = fileOf(storeUrl)
  if (file === undefined) return undefined
  try {
    const { bavail, bsize } = await statfs(path.dirname(path.resolve(file)))
    return bavail * bsize
  } catch {
    return undefined // a file system that does not tell is no reason to stop
  }
}
