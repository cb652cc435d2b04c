import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'

/** Ports that were free a moment ago: Redis takes none by itself. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits for a state, with a cap that only a broken machine meets. */
export async function until<T>(what: string, check: () => T | Promise<T>, capMs = 180_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + capMs; ;) {
    const found = await check()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await wait(25)
  }
}

export interface RedisServer {
  readonly port: number
  readonly url: string
  readonly pid: number
  readonly folder: string
  /** One command, on a connection of its own. */
  ask(...command: readonly string[]): Promise<unknown>
  /** As power loss would end it. */
  kill(): Promise<void>
  /** Starts it again on the same port with the same files. */
  restart(): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** A real redis-server on a loopback port, its files in a folder of its own. Memory only, unless the settings say otherwise. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-redis-'))
  const [port = 0] = await freePorts(1)
  const options = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', ...settings }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  let child: ChildProcess
  let isUp = false

  const ask = async (...command: readonly string[]): Promise<unknown> => {
    const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, maxRetriesPerRequest: 0 })
    client.on('error', () => undefined)
    try {
      const [name = '', ...rest] = command
      return await client.call(name, ...rest)
    } finally {
      client.disconnect()
    }
  }

  const start = async () => {
    child = spawn('redis-server', args, { stdio: 'ignore' })
    isUp = true
    const started = child
    await until('redis-server to answer', async () => {
      if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`)
      // Who asks for a password is up.
      return ask('PING').catch((error: unknown) => String(error).includes('NOAUTH'))
    })
  }
  const kill = async () => {
    if (!isUp) return
    isUp = false
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  try {
    await start()
  } catch (error) {
    await kill()
    throw error
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0
    },
    folder,
    ask,
    kill,
    restart: start,
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  readonly url: string
  stop(): Promise<void>
}

/** Three masters without replicas, each with a third of the slots. */
export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<RedisCluster> {
  const buses = await freePorts(3)
  const nodes = await Promise.all(
    buses.map((bus) =>
      startRedis({
        'cluster-enabled': 'yes',
        'cluster-port': String(bus),
        'cluster-node-timeout': '2000',
        'cluster-require-full-coverage': 'no',
        ...settings,
      }),
    ),
  )
  const third = Math.ceil(16_384 / 3)
  await Promise.all(
    nodes.map((node, n) =>
      node.ask('CLUSTER', 'ADDSLOTSRANGE', String(n * third), String(Math.min(16_383, (n + 1) * third - 1))),
    ),
  )
  for (const [n, node] of nodes.entries())
    if (n > 0) await nodes[0]!.ask('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(buses[n]))
  for (const node of nodes)
    await until('the cluster to agree', async () => {
      const info = String(await node.ask('CLUSTER', 'INFO'))
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
    })
  return {
    nodes,
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}
