import { randomBytes } from 'node:crypto'
import type { Router } from 'express'
import { PairpixelError } from '../shared/errors.ts'
import type { PixelIds } from '../shared/pixel-ids.ts'
import { uuidV7 } from '../shared/uuid.ts'
import { accept } from './accept.ts'
import type { Alerts } from './alerts/alerts.ts'
import { createAdviceLog } from './advice-log.ts'
import { countAdvice } from './advice.ts'
import { createApp, type Readiness } from './app.ts'
import { seenOf } from './seen.ts'
import { askOf, cookiesFor, mayKeep } from './collect/cookies.ts'
import { createRoutes } from './collect/routes.ts'
import { crashAt } from './crash-points/index.ts'
import { createClock } from './deliver/clock.ts'
import { createWorker, type Worker } from './deliver/worker.ts'
import { createErasure } from './erasure.ts'
import { createVisitorReader } from './enrich/visitor.ts'
import type { Figures } from './metrics/figures.ts'
import { readBuiltPixel } from './pixel-file.ts'
import { asksConsent, type Settings, type SiteInstance } from './site.ts'
import { isSharedStore, openStore } from './store/index.ts'
import type { Store } from './store/store.ts'
import { createVaultKeeper } from './vault-keeper.ts'
import { warningsOf, watchWarnings } from './warnings.ts'
import { createWatch } from './watch.ts'

/** An Express router to mount in one's own app, or to serve alone (main.ts). */
export interface Collector extends Router {
  readonly store: Store
  readonly worker: Worker
  readonly instances: readonly (SiteInstance & { readonly site: string })[]
  /** What health, metrics and alerts go by, of this moment: one reading of the store's sums. */
  figures(): Promise<Figures>
  /** May it get traffic now, and what is to be said of it, without names. */
  readiness(): Readiness
  /** What is watched, and who is told. */
  readonly alerts: Alerts
  /**
   * Serves by other settings from now on, without a break: tokens, keys, destinations, mapping. Resolves with the settings
   * that wait for a restart.
   */
  reload(settings: Settings): Promise<readonly string[]>
  /** Starts delivering. Events are taken from the first moment on. */
  start(): Promise<void>
  /** Takes no more events, finishes the requests under way, closes the store. */
  stop(): Promise<void>
}

export interface CollectorOptions {
  /** Where log entries go; nowhere by default. `level` is `error` or `warn`, or absent for what is usual. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void
  /** An opened store instead of the one the settings name. */
  readonly store?: Store
  /** Puts something around the opened store, such as what counts its work. */
  readonly around?: (store: Store) => Store
  /** Events of a site that could not be read as such, of one post. */
  readonly onRefused?: (site: string, count: number) => void
  /** A page of a site was seen to load these pixels. */
  readonly onPixels?: (site: string, pixels: PixelIds) => void
  readonly now?: () => number
  /** `collect` takes events, `deliver` sends them; several processes need a store they can share. */
  readonly role?: Role
  /** A clock that nobody can set, ms. */
  readonly monotonic?: () => number
  /** Take and keep events, deliver none: after repeated crashes. */
  readonly degraded?: boolean
  /** The store has failed beyond what opening it anew mends: the process should end, and be started again. */
  readonly onBroken?: (why: string) => void
}

export const roles = ['all', 'collect', 'deliver'] as const
export type Role = (typeof roles)[number]

const tidyEveryMs = 600_000
/** What pages show of their visitors is written together that often. */
const vaultMs = 500

/** The whole collector over its settings. Throws PairpixelError when the store cannot be opened. */
export async function createCollector(settings: Settings, options: CollectorOptions = {}): Promise<Collector> {
  const { log = () => undefined, role = 'all' } = options
  checkRole(role, options.store?.isShared ?? isSharedStore(settings.store))
  const now = options.now ?? Date.now
  const clock = createClock(now, options.monotonic ?? (options.now ? now : () => performance.now()))
  const pixel = readBuiltPixel() // may throw, so before there is a store to close
  const { storeDurability: least, diskReserveBytes } = settings
  const opened =
    options.store ?? (await openStore(settings.store, { least, log, diskReserveBytes, onBroken: options.onBroken }))
  let served = serve(settings)
  const watch = createWatch({
    store: options.around?.(opened) ?? opened,
    served: () => served,
    live: () => ({
      worker,
      warnings: warnings(),
      isReady: readiness(store, worker, stopping).reasons.length === 0,
    }),
    now,
    log,
  })
  const { store } = watch
  const isDegraded = options.degraded === true
  const delivered = () => (role === 'collect' ? [] : served.enabled)
  const worker = createWorker(delivered(), { store, clock, random: Math.random, log })
  let advice = createAdviceLog(served.instances, { now, log })
  const later = (work: () => void) => void setTimeout(work, vaultMs).unref()
  const keeper = createVaultKeeper({ store, now, log, later })
  let stopping = false
  let mended = 0
  let tidying: NodeJS.Timeout | undefined
  let warning: NodeJS.Timeout | undefined
  const deps = {
    store,
    now,
    newId: () => uuidV7(now(), randomBytes(18)),
    readVisitor: createVisitorReader(settings.trustProxy),
    nudge: (instance: string, at: number) => worker.nudge(instance, at),
    log,
    remember: keeper.remember,
    forget: keeper.forget,
  }
  const routesFor = ({ sites }: Settings) =>
    createRoutes({
      sites,
      async accept(site, kind, batch, request) {
        // What pages showed before it is there to be borrowed.
        if (kind === 'backend') keeper.flush()
        const results = await accept(site, kind, batch, request, deps)
        watch.noteResults(site.key, kind, results)
        const refused = options.onRefused ? results.filter(({ result }) => result === 'refused').length : 0
        if (refused) options.onRefused?.(site.key, refused)
        if (batch.pixels && kind === 'browser') options.onPixels?.(site.key, batch.pixels)
        return results
      },
      cookies(site, batch, request) {
        const ask = askOf(request, batch, { now: now(), newVisitor: deps.newId })
        return ask && mayKeep(batch, asksConsent(site)) ? cookiesFor(ask) : []
      },
      stopping: () => stopping,
    })
  let routes = routesFor(settings)
  const warnings = () => warningsOf({ clock, isDegraded, disk: store.health().disk })
  const readinessNow = (): Readiness => ({
    ...readiness(store, worker, stopping),
    notices: countAdvice(served.instances, now()),
    ...(warnings().length > 0 && { warnings: warnings() }),
  })
  const router = createApp({
    settings: () => served.settings,
    routes: {
      fromBrowser: (request, response) => watch.noteAnswer('events', response, routes.fromBrowser(request, response)),
      fromBackend: (request, response) => watch.noteAnswer('v1', response, routes.fromBackend(request, response)),
      preflight: (request, response) => routes.preflight(request, response),
    },
    erase: createErasure({
      store: {
        erase(person, at) {
          keeper.flush() // first, so that nothing of the person comes after it
          return store.erase(person, at)
        },
      },
      siteOf: (authorization) => routes.keyed(authorization),
      now,
      forgetAll: keeper.forgetAll,
      log,
    }),
    readiness: readinessNow,
    pixel,
    collects: role !== 'deliver',
    seen: (request) => seenOf(request, deps.readVisitor(request).ip),
  })
  const logError = (error: unknown) =>
    log({ level: 'error', message: error instanceof Error ? error.message : String(error) })

  /** What is switched off takes nothing new, and keeps nothing waiting for ever either. False: the store is away. */
  async function removeOthers(): Promise<boolean> {
    const known = served.enabled.map(({ name }) => name)
    try {
      if (role !== 'collect') await store.removeInstances(known, now())
      return true
    } catch (error) {
      // A store on another machine may come later; the pulse of the store tells of it.
      if (!store.isShared) throw error
      return false
    }
  }

  /** Once it is there, and from then on only what is past its time. */
  let isClean = false
  async function tidy(): Promise<void> {
    isClean ||= await removeOthers()
    if (role !== 'collect') await store.tidy(now())
  }

  const parts = {
    store,
    worker,
    instances: served.instances,
    figures: watch.figures,
    readiness: readinessNow,
    alerts: watch.alerts,
    async reload(next: Settings) {
      const kept = { ...next, paths: settings.paths, listen: settings.listen, admin: settings.admin }
      const later = waitsForRestart.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(settings[key]))
      served = serve({ ...kept, store: settings.store, trustProxy: settings.trustProxy })
      routes = routesFor(served.settings)
      crashAt('C10')
      if (!isDegraded) await worker.reload(delivered())
      advice.stop()
      advice = createAdviceLog(served.instances, { now, log })
      advice.start()
      watch.reloaded()
      isClean = await removeOthers()
      log({ message: 'The settings were read anew.', ...(later.length && { waits_for_restart: later }) })
      return later
    },
    async start() {
      isClean = await removeOthers()
      if (!isDegraded) worker.start()
      advice.start()
      watch.alerts.start()
      tidying = setInterval(() => void tidy().catch(logError), tidyEveryMs)
      tidying.unref()
      warning = watchWarnings(() => {
        // What can be forgotten makes room, and what a wrong clock put off falls due: neither waits for the usual time.
        const isRightAgain = clock.mended() > mended
        mended = clock.mended()
        if (isRightAgain || store.health().disk !== undefined) void tidy().catch(logError)
        return warnings()
      }, log)
    },
    async stop() {
      stopping = true
      clearInterval(tidying)
      clearInterval(warning)
      advice.stop()
      crashAt('C10')
      await worker.stop()
      await watch.stop()
      keeper.flush()
      await store.close()
    },
  }
  // After a reload it is another list, so who asks gets today's.
  return Object.defineProperty(Object.assign(router, parts), 'instances', { get: () => served.instances })
}

/** What a router or a listener was built of: a reload leaves it as it is, and says so. */
const waitsForRestart = [
  'listen',
  'admin',
  'store',
  'storeDurability',
  'diskReserveBytes',
  'trustProxy',
  'paths',
] as const

/** Settings as they are served: every instance with its site, and those that are switched on. */
function serve(settings: Settings) {
  const instances = settings.sites.flatMap((site) =>
    site.instances.map((instance) => ({ ...instance, site: site.key })),
  )
  return { settings, instances, enabled: instances.filter((instance) => instance.enabled) }
}

function checkRole(role: Role, isShared: boolean): void {
  if (role === 'all' || isShared) return
  throw new PairpixelError(
    'CONFIG_INVALID',
    `--role ${role} needs a store that several processes share: set "store" to redis://HOST. The file of SQLite is one process's own.`,
  )
}

function readiness(store: Store, worker: Worker, stopping: boolean): Omit<Readiness, 'notices' | 'warnings'> {
  const { writable, durability, alerts } = store.health()
  const lanes: Record<string, number> = { ok: 0, retrying: 0, halted: 0 }
  for (const lane of worker.lanes) lanes[lane.state.state] = (lanes[lane.state.state] ?? 0) + 1
  return {
    reasons: [...(stopping ? ['stopping'] : []), ...(writable ? [] : ['the store cannot be written'])],
    durability,
    ...(alerts?.length && { alerts }),
    lanes,
  }
}
