import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isPlatformName } from '../../shared/names.ts'
import { run, type Running } from '../main.ts'
import { checkTree } from '../settings/settings.ts'
import { createBreaks } from './break.ts'
import { demoAccounts, serveSimulators, type Simulators } from './simulators.ts'
import { createShop } from './shop.ts'

export interface DemoOptions {
  readonly host?: string
  /** 0 takes any free port. */
  readonly ports?: {
    readonly shop: number
    readonly collector: number
    readonly admin: number
    readonly simulators: number
  }
  readonly store?: string
  readonly logLevel?: string
}

export interface Demo {
  readonly shopUrl: string
  readonly collectorUrl: string
  readonly liveUrl: string
  readonly simulatorUrl: string
  readonly serverKey: string
  readonly simulators: Simulators
  readonly running: Running
  readonly stop: () => Promise<void>
}

const usual = { shop: 8786, collector: 8787, admin: 8788, simulators: 8789 }
const serverKey = `demo-server-key-${'0'.repeat(16)}`
/** A documentation address: on this machine everybody is 127.0.0.1, which means nothing to a platform. */
const visitorIp = '203.0.113.7'

/** Shop, collector, simulators and dashboard in one process. */
export async function openDemo({
  host = '127.0.0.1',
  ports = usual,
  store = 'sqlite:./data/demo.db',
  logLevel = 'warn',
}: DemoOptions = {}): Promise<Demo> {
  const breaks = createBreaks(
    () => platforms.simulators,
    (platform) => {
      for (const lane of demoLanes()) if (lane.instance.platform === platform) lane.update(lane.instance)
    },
  )
  let demoLanes = (): Running['collector']['worker']['lanes'] => []
  const platforms = await serveSimulators({ host, port: ports.simulators }, breaks.gate)
  const stops: (() => Promise<unknown>)[] = [() => closed(platforms.server)]
  const stop = async () => {
    for (const one of stops.splice(0).toReversed()) await one()
  }
  try {
    // The shop's address is needed before the shop: its server listens first and gets its pages later.
    const shopServer = createServer()
    await listening(shopServer, ports.shop, host)
    stops.push(() => closed(shopServer))
    const shopUrl = addressOf(shopServer, host)
    const settings = checkTree({
      listen: `${host}:${ports.collector}`,
      admin: { listen: `${host}:${ports.admin}` },
      store,
      url: shopUrl,
      server_keys: [serverKey],
      // The shop stands where a site's own reverse proxy would.
      trust_proxy: ['127.0.0.1', '::1'],
      destinations: Object.fromEntries(
        Object.entries(demoAccounts).map(([platform, { pixelId, token }]) => [
          platform,
          { pixel_id: pixelId, access_token: token, endpoint: platforms.url },
        ]),
      ),
    })
    const running = await run(settings, {
      logLevel,
      tokenFile: false,
      dashboard: {
        demo: () => ({ shopUrl, broken: breaks.broken() }),
        control: { break: breaks.break },
        platformView: (platform) => (isPlatformName(platform) ? platforms.simulators[platform].state() : undefined),
      },
    })
    stops.push(() => running.stop())
    demoLanes = () => running.collector.worker.lanes
    const scripts = { meta: 'meta/fbevents.js', reddit: 'reddit/pixel.js', snapchat: 'snap/scevent.min.js' }
    const pixel = (platform: keyof typeof scripts) => ({
      id: demoAccounts[platform].pixelId,
      script: `${platforms.url}/${scripts[platform]}`,
    })
    // Everything here is played, so the link logs in by itself: the token ends with the process.
    const liveUrl = `${running.adminUrl}/admin#token=${running.madeToken ?? ''}`
    shopServer.on(
      'request',
      createShop({
        collectorUrl: running.url,
        scriptPath: '/_p/p.js',
        pixels: { meta: pixel('meta'), reddit: pixel('reddit'), snapchat: pixel('snapchat') },
        visitorIp,
        serverKey,
        liveUrl,
      }),
    )
    return {
      shopUrl,
      collectorUrl: running.url,
      liveUrl,
      simulatorUrl: platforms.url,
      serverKey,
      simulators: platforms.simulators,
      running,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The demo as a command: prints where to look; resolves with how to stop it. */
export async function startDemo(options?: DemoOptions): Promise<() => Promise<void>> {
  const demo = await openDemo(options)
  const click = 'fbclid=IwAR0demoClick123&rdt_cid=3184742045291813272&ScCid=2f7b9d1c-5a44-4c1e-9a7e-0d1f6f6a8b11'
  process.stdout.write(
    `Pairpixel demo: nothing is configured, so everything here is played on this machine.\n\n` +
      `  Shop        ${demo.shopUrl}/?${click}\n` +
      `  Dashboard   ${demo.liveUrl}\n` +
      `  Collector   ${demo.collectorUrl}\n` +
      `  Simulators  ${demo.simulatorUrl} (Meta, Reddit, Snapchat)\n\n` +
      `Open the shop as if you had clicked an ad, buy something, and watch the dashboard. Ctrl-C ends it.\n`,
  )
  return demo.stop
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const addressOf = (server: Server, host: string): string => `http://${host}:${(server.address() as AddressInfo).port}`
