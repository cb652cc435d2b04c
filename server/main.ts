import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { pino } from 'pino'
import { createAdmin, openTrail } from './admin/index.ts'
import { createFallback } from './app.ts'
import { createCollector, type Collector, type Role } from './collector.ts'
import { guardStarts } from './crash-guard.ts'
import { createDashboard, type DashboardDeps } from './dashboard/index.ts'
import { createMetricsRoute, metricsGuard } from './metrics-route.ts'
import { createReadyzRoute } from './readyz-route.ts'
import type { Listen, Settings } from './site.ts'
import type { Store } from './store/store.ts'

export interface Running {
  readonly collector: Collector
  readonly url: string
  readonly adminUrl: string
  /** The admin token, where this start made it: told once, and kept as a digest only. */
  readonly madeToken?: string
  /** Serves by other settings from now on; resolves with those that wait for a restart. */
  reload(settings: Settings): Promise<readonly string[]>
  /** Stops as on a stop signal: nothing that was acknowledged is lost. */
  stop(): Promise<void>
}

export interface RunOptions {
  readonly dashboard?: Partial<Parameters<typeof createDashboard>[0]>
  readonly logLevel?: string
  /** The store is beyond mending by this process, which should end. */
  readonly onBroken?: (why: string) => void
  /** An opened store instead of the one the settings name. */
  readonly store?: Store
  readonly role?: Role
  /** Where the digest of an admin token that was made here is kept; beside the store where it is not said. */
  readonly tokenFile?: string | false
  /** Where tokens and switches that the dashboard is told are kept; absent: for as long as the process runs. */
  readonly secretsFile?: string
}

/** Opens the store, listens on both addresses, delivers. Throws when an address is taken or the store cannot be opened. */
export async function run(
  settings: Settings,
  { dashboard = {}, logLevel = 'info', store, role, onBroken, tokenFile, secretsFile }: RunOptions = {},
): Promise<Running> {
  const logger = pino({ level: logLevel })
  const guard = guardStarts(settings.store, Date.now())
  let current = settings
  const served = () => current
  const report = (error: unknown) => logger.error({ err: error }, 'the dashboard stumbled; the collector goes on')
  const trail = openTrail(served, report)
  const collector = await createCollector(settings, {
    around: (opened) => trail.around(opened),
    onRefused: (site, count) => trail.tally.refusedEvents(site, count, Date.now()),
    onPixels: (site, pixels) => trail.tally.pixelsSeen(site, pixels, Date.now()),
    log: ({ level, ...entry }) => logger[level === 'error' || level === 'warn' ? level : 'info'](entry),
    store,
    role,
    degraded: guard.isDegraded,
    onBroken(why) {
      logger.fatal({ why }, 'the disk failed three times within a minute; ending, so that a supervisor starts anew')
      onBroken?.(why)
    },
  }).catch((error: unknown) => {
    guard.refused()
    throw error
  })
  const { notFound, failed } = createFallback((error) => logger.error({ err: error }, 'a request failed'))
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'simple')
  app.use(collector, notFound, failed)
  const apply = async (next: Settings) => {
    const later = await collector.reload(next)
    current = { ...next, listen: settings.listen, admin: settings.admin, paths: settings.paths }
    await opened.reloaded()
    return later
  }
  const opened = await createAdmin({
    ...{ collector, trail, served, apply, tokenFile, secretsFile, report },
    alerts: collector.alerts,
  }).catch(async (error: unknown) => {
    await collector.stop()
    guard.refused()
    throw error
  })
  if (opened.lostToken !== undefined)
    logger.warn(`${opened.lostToken} cannot be written, so each start makes another admin token`)
  const admin = express().disable('x-powered-by').set('query parser', 'simple')
  const mayRead = metricsGuard(opened.access)
  const metrics = createMetricsRoute(collector, mayRead)
  admin.use(
    metrics.router,
    createReadyzRoute(collector, mayRead),
    createDashboard(
      withOptions(opened.dashboard, {
        audit: (entry) => logger.info(entry),
        log: (error) => logger.error({ err: error }, 'a request to the dashboard failed'),
        ...dashboard,
      }),
    ),
  )
  const servers: Server[] = []
  try {
    for (const [handler, at] of [
      [app, settings.listen],
      [admin, settings.admin],
    ] as const)
      servers.push(await listen(createServer(limits, handler), at))
    servers[0]?.prependListener('request', opened.onRequest)
    await collector.start()
  } catch (error) {
    metrics.stop()
    await collector.stop()
    await Promise.all(servers.map(close))
    guard.refused()
    throw error
  }
  return {
    collector,
    url: urlOf(servers[0]),
    adminUrl: urlOf(servers[1]),
    ...(opened.madeToken !== undefined && { madeToken: opened.madeToken }),
    reload: apply,
    async stop() {
      const closed = servers.map(close)
      metrics.stop()
      await collector.stop()
      for (const server of servers) server.closeAllConnections()
      await Promise.all(closed)
      guard.endedWell()
    },
  }
}

/** Parts given beside go over those of the collector; what is read anew at each request stays so. */
function withOptions(deps: DashboardDeps, options: Partial<DashboardDeps>): DashboardDeps {
  const { control, ...rest } = options
  const merged = Object.create(deps, Object.getOwnPropertyDescriptors(rest)) as DashboardDeps
  return Object.assign(merged, control && { control: { ...deps.control, ...control } })
}

/** Slow senders are cut off, idle connections do not pile up. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
}

const listen = (server: Server, { host, port }: Listen): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })

/** Stops listening and lets requests under way end. */
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })

function urlOf(server: Server | undefined): string {
  const { address, family, port } = server?.address() as AddressInfo
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}
