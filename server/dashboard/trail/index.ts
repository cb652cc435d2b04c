import type { Store } from '../../store/store.ts'
import { createKeeper } from './keeper.ts'
import type { Births } from './queue.ts'
import type { Bucket, Step } from './series.ts'
import { createTally, type Facts, type TallyDeps } from './tally.ts'
import { watchStore } from './watch.ts'

export interface TrailDeps extends TallyDeps {
  readonly now: () => number
  readonly monotonic: () => number
  /** Tells this process from others on a store they share; the same after a restart. */
  readonly id: string
  readonly report: (error: unknown) => void
  /** Pause between two savings. */
  readonly saveMs?: number
}

/** Everything that was counted, of all processes on the store, at one moment. */
export interface TrailView {
  readonly at: number
  readonly facts: Facts
  /** Steps of each process; the reader adds them up. */
  readonly parts: readonly Readonly<Record<Step, ReadonlyMap<number, Bucket>>>[]
  readonly isShared: (instance: string, event: string, key: string) => boolean
  readonly gauges: (instance: string) => { readonly held: number; readonly retrying: number }
}

const saveEveryMs = 30_000
/** Other processes write each half minute; to look more often would read the same. */
const othersForMs = 10_000

export type Trail = ReturnType<typeof createTrail>

/** What the collector does, counted over time: told by a watched store, kept in the store's own notes. */
export function createTrail(deps: TrailDeps) {
  const { now, report, saveMs = saveEveryMs } = deps
  const tally = createTally(deps)
  let keeper: ReturnType<typeof createKeeper> | undefined
  let isShared = false
  let timer: NodeJS.Timeout | undefined
  let loading: Promise<void> = Promise.resolve()
  let saving: Promise<void> = Promise.resolve()
  let others: { readonly at: number; readonly found: Awaited<ReturnType<NonNullable<typeof keeper>['others']>> } = {
    at: -Infinity,
    found: [],
  }

  const save = (): Promise<void> => {
    saving = Promise.all([saving, loading])
      .then(() => keeper?.save(now()))
      .catch(report)
    return saving
  }

  async function readOthers() {
    if (!isShared || !keeper) return []
    if (now() - others.at >= othersForMs) others = { at: now(), found: await keeper.others(now()) }
    return others.found
  }

  return {
    tally,

    /** The store, watched. What an earlier run left is read; the trail is saved each half minute and at the close. */
    around(store: Store): Store {
      keeper = createKeeper(store, deps.id, tally)
      isShared = store.isShared === true
      loading = keeper.load(now()).catch(report)
      timer = setInterval(() => void save(), saveMs).unref()
      const watched = watchStore(store, tally, deps)
      return {
        ...watched,
        async close() {
          clearInterval(timer)
          await save()
          await store.close()
        },
      }
    },

    /** What was counted up to now, others included. */
    async view(): Promise<TrailView> {
      await loading
      const found = await readOthers()
      const at = now()
      return {
        at,
        facts: [tally.facts(at), ...found.map(({ head }) => head.facts)].reduce(joinFacts),
        parts: [tally.series, ...found],
        isShared: (instance, event, key) => tally.isShared(instance, event, key),
        gauges: (instance) => tally.gauges(instance, at),
      }
    },
  }
}

function joinFacts(a: Facts, b: Facts): Facts {
  const newest = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>) =>
    Object.fromEntries([...Object.keys(x), ...Object.keys(y)].map((key) => [key, Math.max(x[key] ?? 0, y[key] ?? 0)]))
  const post = [a.refusedPost, b.refusedPost].filter((one) => one !== undefined).sort((x, y) => y.at - x.at)[0]
  return {
    since: Math.min(a.since, b.since),
    errors: joinErrors([...a.errors, ...b.errors]),
    lastSuccess: newest(a.lastSuccess, b.lastSuccess),
    scripts: newest(a.scripts, b.scripts),
    pixels: newest(a.pixels, b.pixels),
    births: joinBirths(a.births, b.births),
    ...(post && { refusedPost: post }),
  }
}

function joinErrors(list: Facts['errors']): Facts['errors'] {
  const byKey = new Map<string, Facts['errors'][number]>()
  for (const one of list) {
    const key = `${one.instance}\0${one.code}`
    const known = byKey.get(key)
    const newer = known && known.lastAt > one.lastAt ? known : one
    byKey.set(key, { ...newer, firstAt: Math.min(one.firstAt, known?.firstAt ?? one.firstAt) })
  }
  return [...byKey.values()]
}

/** One process counts what comes, another what ends: only together do they tell what waits. */
function joinBirths(a: Facts['births'], b: Facts['births']): Facts['births'] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries(
    [...names].map((name): [string, Births] => {
      const [one = {}, other = {}] = [a[name], b[name]]
      const minutes = new Set([...Object.keys(one), ...Object.keys(other)])
      return [name, Object.fromEntries([...minutes].map((at) => [at, (one[at] ?? 0) + (other[at] ?? 0)]))]
    }),
  )
}
