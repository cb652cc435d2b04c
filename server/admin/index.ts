import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import path from 'node:path'
import { adviceOn } from '../advice.ts'
import type { Collector } from '../collector.ts'
import { createAccess, type Access } from '../dashboard/access/index.ts'
import type { DashboardDeps } from '../dashboard/index.ts'
import type { SiteSetup } from '../dashboard/read/setup.ts'
import { createTrail, type Trail } from '../dashboard/trail/index.ts'
import type { Send } from '../deliver/send.ts'
import { readOverlays } from '../settings/secrets.ts'
import { holdNamed, type Settings, type SiteInstance } from '../site.ts'
import { alertDeps, type AlertSource } from './alerts.ts'
import { createControl } from './control.ts'
import { watchPosts } from './posts.ts'
import { createReplays } from './replays.ts'
import { shownInstance, type Probed } from './shown.ts'
import { siteSetups } from './sites.ts'
import { adminFileOf, adminToken, type AdminToken } from './token.ts'

type Report = (error: unknown) => void

/** The settings in force; another answer after a reload. */
export type Served = () => Settings

/** Counts what the collector does; made before the collector, which it looks at from outside. */
export function openTrail(served: Served, report: Report): Trail {
  let known: Settings | undefined
  let instances = new Map<string, SiteInstance>()
  /** Asked with each delivery, so looked through once for each word of settings. */
  const find = (name: string): SiteInstance | undefined => {
    if (known !== served()) {
      known = served()
      instances = new Map(known.sites.flatMap((site) => site.instances).map((instance) => [instance.name, instance]))
    }
    return instances.get(name)
  }
  return createTrail({
    now: Date.now,
    monotonic: () => performance.now(),
    // The same after a restart, and another one in each container.
    id: `${hostname()}:${served().listen.port}`,
    platformOf: (instance) => find(instance)?.platform ?? instance,
    holdOf: (site, instance, event, first) => holdNamed(served().sites, site, instance, event, first),
    report,
  })
}

export interface AdminOptions {
  readonly collector: Collector
  readonly trail: Trail
  readonly served: Served
  /** Serves by other settings from now on. */
  readonly apply: (settings: Settings) => Promise<unknown>
  /** Where the digest of a token that was made here is kept; beside the store where it is not said. */
  readonly tokenFile?: string | false
  /** Where tokens and switches are kept; absent: for as long as the process runs. */
  readonly secretsFile?: string
  readonly send?: Send
  readonly alerts?: AlertSource
  readonly report: Report
}

export interface Admin {
  readonly access: Access
  readonly madeToken?: string
  /** The token cannot be kept: this file. */
  readonly lostToken?: string
  readonly dashboard: Omit<DashboardDeps, 'audit' | 'log'>
  /** After a reload: another token ends the sessions, and the set-up page shows the settings of now. */
  reloaded(): Promise<void>
  /** Sees requests to the public listener. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void
}

/** Everything the dashboard needs of a running collector. */
export async function createAdmin(options: AdminOptions): Promise<Admin> {
  const { collector, trail, served, report } = options
  const settings = served()
  const file = options.tokenFile ?? adminFileOf(settings.store, process.cwd()) ?? false
  const readToken = (set: string | undefined): AdminToken => adminToken(set, file === false ? undefined : file)
  const token = readToken(settings.adminToken)
  const access = createAccess({ digest: token.digest, now: Date.now, publicUrl: settings.adminUrl })
  const probed = new Map<string, Probed>()
  let setups: readonly SiteSetup[] = await siteSetups(settings)
  const replays = createReplays({
    store: collector.store,
    instances: () => collector.instances,
    now: Date.now,
    nudge: (instance, at) => collector.worker.nudge(instance, at),
  })
  const laneOf = (name: string) => collector.worker.lanes.find((lane) => lane.instance.name === name)
  return {
    access,
    ...(token.made !== undefined && { madeToken: token.made }),
    ...(token.isLost && file !== false && { lostToken: file }),
    onRequest: watchPosts(trail.tally, served, Date.now),
    async reloaded() {
      const next = served()
      access.change(next.adminToken === settings.adminToken ? token.digest : readToken(next.adminToken).digest)
      setups = await siteSetups(next).catch((error: unknown) => {
        report(error)
        return setups
      })
    },
    dashboard: {
      store: collector.store,
      get instances() {
        const now = Date.now()
        return collector.instances.map((one) => shownInstance(one, laneOf(one.name), probed.get(one.name), now))
      },
      noticesOf(name, now) {
        const instance = collector.instances.find((one) => one.name === name)
        return instance ? adviceOn(instance, now).map(({ level, message, fix }) => ({ level, message, fix })) : []
      },
      access,
      now: Date.now,
      trail: () => trail.view(),
      sites: () => setups,
      ...(options.alerts && { alerts: alertDeps(options.alerts, Date.now) }),
      system: () => systemFacts(collector, settings.store),
      control: {
        ...createControl({
          settings: served,
          apply: options.apply,
          overlays: options.secretsFile === undefined ? {} : readOverlays(options.secretsFile),
          now: Date.now,
          probed,
          ...(options.secretsFile !== undefined && { secretsFile: options.secretsFile }),
          ...(options.send && { send: options.send }),
        }),
        resend: (given) => replays.resend(given),
        replay: (given) => replays.replay(given),
        discard: (given) => replays.discard(given),
      },
    },
  }
}

function systemFacts({ store }: Collector, setting: string): ReturnType<NonNullable<DashboardDeps['system']>> {
  const { writable, durability, alerts = [], disk, why } = store.health()
  const said = [...alerts, disk, writable ? undefined : (why ?? 'The store cannot be written.')]
  return {
    version,
    // The scheme alone: the rest may hold a password.
    store: /^[a-z+]{1,20}/.exec(setting)?.[0] ?? 'unknown',
    durability,
    writable,
    alerts: said.filter((one) => one !== undefined),
    uptimeMs: Math.round(process.uptime() * 1000),
    memoryBytes: process.memoryUsage.rss(),
  }
}

/** Of the package: beside the sources, or one folder further from the compiled files. */
const version: string =
  ['../../package.json', '../../../package.json'].flatMap((file) => {
    try {
      const found = JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as Record<string, unknown>
      return found.name === 'pairpixel' && typeof found.version === 'string' ? [found.version] : []
    } catch {
      return []
    }
  })[0] ?? ''
