import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { demoAccounts, serveSimulators } from '../../server/demo/simulators.ts'
import { adminToken } from './admin.ts'

export type Platforms = Awaited<ReturnType<typeof serveSimulators>>

/** The three simulated platforms on a free port. */
export const startPlatforms = (): Promise<Platforms> => serveSimulators({ host: '127.0.0.1', port: 0 })

export const stopServer = (server: Platforms['server']): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

export const serverKey = `test-server-key-${'0'.repeat(16)}`

/** Settings of one site whose three destinations are the simulators. */
export const settingsTree = (
  platformsUrl: string | undefined,
  change: Record<string, unknown> = {},
): Record<string, unknown> => ({
  listen: '127.0.0.1:0',
  admin: { listen: '127.0.0.1:0', token: adminToken },
  store: 'memory:',
  url: 'https://shop.example',
  server_keys: [serverKey],
  trust_proxy: ['127.0.0.1'],
  hold: { default: '0s' },
  ...(platformsUrl && {
    destinations: Object.fromEntries(
      Object.entries(demoAccounts).map(([platform, { pixelId, token }]) => [
        platform,
        { pixel_id: pixelId, access_token: token, endpoint: platformsUrl },
      ]),
    ),
  }),
  ...change,
})

/** A folder of its own, gone after the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-'))
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Waits until the check gives something; says what it waited for when it comes to no end, which no slow machine takes. */
export async function waitFor<T>(what: string, check: () => T | Promise<T>, capMs = 180_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + capMs; ;) {
    const found = await check()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export interface Child {
  readonly process: ChildProcess
  readonly url: string
  /** Of the collector itself, whatever stands in front. */
  readonly pid: number
  /** Ends it as power loss would end a process: at once. */
  kill(): Promise<void>
}

/** A collector in a process of its own; `wrap` puts a program such as strace in front. */
export async function spawnCollector(
  tree: Record<string, unknown>,
  { synchronous = 'FULL', wrap = [] as string[], role = 'all' } = {},
): Promise<Child> {
  const node = [
    process.execPath,
    // As `npm start` does: a small young generation, so that refused bodies are freed early.
    '--max-semi-space-size=4',
    path.join(import.meta.dirname, 'collector-child.ts'),
    JSON.stringify(tree),
    synchronous,
    role,
  ]
  const [program = '', ...args] = [...wrap, ...node]
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_USE_IO_URING: '0' },
  })
  const { url, pid } = await new Promise<{ url: string; pid: number }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^ready (\S+) (\d+)$/.exec(line)
      if (ready) resolve({ url: ready[1] ?? '', pid: Number(ready[2]) })
    })
    child.once('exit', (code) =>
      reject(new Error(`the collector ended with ${code ?? 'a signal'} before it was ready`)),
    )
    child.once('error', reject)
  })
  return {
    process: child,
    url,
    pid,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      // The collector itself, not what was put in front of it: that ends with it.
      process.kill(pid, 'SIGKILL')
      await gone
    },
  }
}

/** A purchase as a back end posts it. */
export const aPurchase = (id: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  event: 'purchase',
  event_id: id,
  order_id: id,
  event_time: new Date().toISOString(),
  url: 'https://shop.example/thanks',
  value: 142.5,
  currency: 'USD',
  items: [{ id: 'SKU-1', name: 'Cap', quantity: 2, price: 71.25 }],
  user: { email: 'jane@shop.example' },
  context: { ip: '203.0.113.7', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  ...change,
})

/** A kept connection may end just as it is used again, for a collector closes idle ones: a second one then. */
const post = (url: string, init: RequestInit): Promise<Response> =>
  fetch(url, init).catch((error: unknown) => {
    if (((error as Error).cause as { code?: string } | undefined)?.code === 'ECONNRESET') return fetch(url, init)
    throw error
  })

/** Posts as a page of the site does. */
export const postPage = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  post(`${url}/e`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      origin: 'https://shop.example',
      'x-forwarded-for': '203.0.113.7',
      ...headers,
    },
  })

/** Posts as the site's back end does. */
export const postBackend = (url: string, body: unknown, key = serverKey): Promise<Response> =>
  post(`${url}/v1/events`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
  })
