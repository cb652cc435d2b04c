import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import { createSimulators } from '../simulator/index.ts'
import type { Listen } from '../site.ts'

/** Made-up accounts that the simulators know: obviously fake, so that nobody takes them for real ones. */
export const demoAccounts = {
  meta: { pixelId: '100000000000001', token: `EAA${'demo'.repeat(47)}` },
  reddit: { pixelId: 'a2_demo', token: `demo.${'reddit'.repeat(20)}` },
  snapchat: { pixelId: '00000000-0000-4000-8000-00000000d340', token: `demo${'snap'.repeat(30)}` },
} as const

export type Simulators = ReturnType<typeof createSimulators>

/** Serves the three simulated platforms under one address. @param gate sees each request first */
export async function serveSimulators(
  { host, port }: Listen,
  gate?: RequestHandler,
): Promise<{ simulators: Simulators; url: string; server: Server }> {
  const simulators = createSimulators({ ...demoAccounts, now: Date.now })
  const app = express().disable('x-powered-by')
  if (gate) app.use(gate)
  const server = createServer(app.use(simulators.router))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return { simulators, url: `http://${host}:${(server.address() as AddressInfo).port}`, server }
}

/** The platforms alone; resolves with how to stop them. */
export async function startSimulators(listen: Listen): Promise<() => Promise<void>> {
  const { url, server } = await serveSimulators(listen)
  process.stdout.write(
    `Simulators ${url}\n` +
      Object.entries(demoAccounts)
        .map(([platform, { pixelId, token }]) => `  ${platform}: pixel_id ${pixelId}, access_token ${token}\n`)
        .join(''),
  )
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
}
