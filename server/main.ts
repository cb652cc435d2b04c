import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { pino } from 'pino'
import { adviceOn } from './advice.ts'
import { createFallback } from './app.ts'
import { createCollector, type Collector, type Role } from './collector.ts'
import { guardStarts } from './crash-guard.ts'
import { loopbackOnly } from './dashboard/guard.ts'
import { createDashboard } from './dashboard/index.ts'
import { createMetricsRoute } from './metrics-route.ts'
import type { Listen, Settings } from './site.ts'
import type { Store } from './store/store.ts'

export interface Running {
  readonly collector: Collector
  readonly url: string
  readonly adminUrl: string
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
}

/** Opens the store, listens on both addresses, delivers. Throws when an address is taken or the store cannot be opened. */
export async function run(
  settings: Settings,
  { dashboard = {}, logLevel = 'info', store, role, onBroken }: RunOptions = {},
): Promise<Running> {
  const logger = pino({ level: logLevel })
  const guard = guardStarts(settings.store, Date.now())
  const collector = await createCollector(settings, {
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
  const admin = express().disable('x-powered-by').set('query parser', 'simple')
  const metrics = createMetricsRoute(collector, [loopbackOnly])
  admin.use(
    metrics.router,
    createDashboard({
      store: collector.store,
      instances: collector.instances.map(({ name, platform, site, dry_run: dry }) => ({
        name,
        platform,
        site,
        dryRun: dry === true,
      })),
      noticesOf(name, now) {
        const instance = collector.instances.find((one) => one.name === name)
        return instance ? adviceOn(instance, now).map(({ level, message, fix }) => ({ level, message, fix })) : []
      },
      now: Date.now,
      ...dashboard,
    }),
  )
  const servers: Server[] = []
  try {
    for (const [handler, at] of [
      [app, settings.listen],
      [admin, settings.admin],
    ] as const)
      servers.push(await listen(createServer(limits, handler), at))
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
