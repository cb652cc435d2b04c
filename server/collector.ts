import { randomBytes } from 'node:crypto'
import type { Router } from 'express'
import { PairpixelError } from '../shared/errors.ts'
import { uuidV7 } from '../shared/uuid.ts'
import { accept } from './accept.ts'
import { createAdviceLog } from './advice-log.ts'
import { countAdvice } from './advice.ts'
import { createApp, type Readiness } from './app.ts'
import { askOf, cookiesFor, mayKeep } from './collect/cookies.ts'
import { createRoutes } from './collect/routes.ts'
import { createWorker, type Worker } from './deliver/worker.ts'
import { createVisitorReader } from './enrich/visitor.ts'
import { readBuiltPixel } from './pixel-file.ts'
import type { Settings, SiteInstance } from './site.ts'
import { isSharedStore, openStore } from './store/index.ts'
import type { Store } from './store/store.ts'
import { createVaultKeeper } from './vault-keeper.ts'

/** An Express router to mount in one's own app, or to serve alone (main.ts). */
export interface Collector extends Router {
  readonly store: Store
  readonly worker: Worker
  readonly instances: readonly (SiteInstance & { readonly site: string })[]
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
  readonly now?: () => number
  /** `collect` takes events, `deliver` sends them; several processes need a store they can share. */
  readonly role?: Role
}

export const roles = ['all', 'collect', 'deliver'] as const
export type Role = (typeof roles)[number]

const tidyEveryMs = 600_000

/** The whole collector over its settings. Throws PairpixelError when the store cannot be opened. */
export async function createCollector(settings: Settings, options: CollectorOptions = {}): Promise<Collector> {
  const { log = () => undefined, now = Date.now, role = 'all' } = options
  checkRole(role, options.store?.isShared ?? isSharedStore(settings.store))
  const pixel = readBuiltPixel() // may throw, so before there is a store to close
  const store = options.store ?? (await openStore(settings.store, { least: settings.storeDurability, log }))
  const instances = settings.sites.flatMap((site) =>
    site.instances.map((instance) => ({ ...instance, site: site.key })),
  )
  const enabled = instances.filter((instance) => instance.enabled)
  const worker = createWorker(role === 'collect' ? [] : enabled, { store, now, random: Math.random, log })
  const advice = createAdviceLog(instances, { now, log })
  const keeper = createVaultKeeper({ store, now, log })
  let stopping = false
  let tidying: NodeJS.Timeout | undefined
  const deps = {
    store,
    now,
    newId: () => uuidV7(now(), randomBytes(9)),
    readVisitor: createVisitorReader(settings.trustProxy),
    nudge: (instance: string, at: number) => worker.nudge(instance, at),
    log,
    remember: keeper.remember,
  }
  const routes = createRoutes({
    sites: settings.sites,
    accept: (site, kind, batch, request) => accept(site, kind, batch, request, deps),
    cookies(site, batch, request) {
      const ask = askOf(request, batch, { now: now(), newVisitor: deps.newId })
      return ask && mayKeep(batch, site.consent !== undefined && site.consent !== 'none') ? cookiesFor(ask) : []
    },
    revoked: keeper.forget,
    stopping: () => stopping,
  })
  const router = createApp({
    settings,
    routes,
    readiness: () => ({ ...readiness(store, worker, stopping), notices: countAdvice(instances, now()) }),
    pixel,
    collects: role !== 'deliver',
  })
  const fault = (error: unknown) =>
    log({ level: 'error', message: error instanceof Error ? error.message : String(error) })

  /** What is switched off takes nothing new, and keeps nothing waiting for ever either. False: the store is away. */
  async function removeOthers(): Promise<boolean> {
    const known = enabled.map(({ name }) => name)
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

  return Object.assign(router, {
    store,
    worker,
    instances,
    async start() {
      isClean = await removeOthers()
      worker.start()
      advice.start()
      tidying = setInterval(() => void tidy().catch(fault), tidyEveryMs)
      tidying.unref()
    },
    async stop() {
      stopping = true
      clearInterval(tidying)
      advice.stop()
      await worker.stop()
      await store.close()
    },
  })
}

function checkRole(role: Role, isShared: boolean): void {
  if (role === 'all' || isShared) return
  throw new PairpixelError(
    'CONFIG_INVALID',
    `--role ${role} needs a store that several processes share: set "store" to redis://HOST. The file of SQLite is one process's own.`,
  )
}

function readiness(store: Store, worker: Worker, stopping: boolean): Omit<Readiness, 'notices'> {
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
