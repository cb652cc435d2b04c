import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What the way to a platform does. */
export type Trouble =
  /** Everything passes, each part this much later. */
  | { readonly kind: 'pass'; readonly latencyMs?: number }
  /** Connections are taken, and nothing ever comes back. */
  | { readonly kind: 'black_hole' }
  /** The request passes whole, the connection is reset before a byte of the answer. */
  | { readonly kind: 'reset_answer' }
  /** The connection is reset at the first byte of the request, which passes nowhere. */
  | { readonly kind: 'reset_request' }
  /** The answer comes a byte at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number }

export interface TroubleProxy {
  readonly url: string
  set(trouble: Trouble): void
  /** From now on it stands in front of another address, as a name that moved does. */
  aim(target: string): void
  /** Connections since it began. */
  connections(): number
  close(): Promise<void>
}

/** A TCP proxy in front of one address, which makes trouble on request. */
export async function startProxy(target: string): Promise<TroubleProxy> {
  let { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let trouble: Trouble = { kind: 'pass' }
  let connections = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
  }

  const server = createServer((client) => {
    connections++
    keep(client)
    const upstream = connect(Number(port), hostname)
    keep(upstream)
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => {
      if (trouble.kind !== 'drip') client.destroy() // it has more than enough to say yet
    })
    client.on('data', (part: Buffer) => {
      if (trouble.kind === 'black_hole') return
      if (trouble.kind === 'reset_request') return void client.resetAndDestroy()
      later(() => upstream.write(part))
    })
    upstream.on('data', (part: Buffer) => {
      switch (trouble.kind) {
        case 'black_hole':
          return
        case 'reset_answer':
          return void client.resetAndDestroy()
        case 'drip':
          return drip(client, part, trouble.everyMs)
        default:
          later(() => client.write(part))
      }
    })
  })
  const later = (act: () => unknown) => {
    const ms = trouble.kind === 'pass' ? (trouble.latencyMs ?? 0) : 0
    if (ms) setTimeout(act, ms)
    else act()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  /** A kept connection would go on as it was. */
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      trouble = next
      cut()
    },
    aim(next) {
      ;({ hostname, port } = new URL(next))
      cut()
    },
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function drip(client: Socket, part: Buffer, everyMs: number): void {
  let at = 0
  const timer = setInterval(() => {
    if (client.destroyed || at >= part.length) return clearInterval(timer)
    client.write(part.subarray(at, ++at))
  }, everyMs)
}
