import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stopServer } from '../integration/harness.ts'

export interface Vendor {
  readonly url: string
  /** When each request came, `performance.now()`. */
  readonly times: number[]
  answer(how: Answering): void
  close(): Promise<void>
}

/** @param nth counts requests from 1 @param body as text */
export type Answering = (request: IncomingMessage, response: ServerResponse, nth: number, body: string) => void

/** A platform of the test's own, for answers that the simulators never give. */
export async function startVendor(first: Answering): Promise<Vendor> {
  let answer = first
  const times: number[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      times.push(performance.now())
      answer(request, response, times.length, Buffer.concat(parts).toString('utf8'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    times,
    answer: (how) => void (answer = how),
    close: () => stopServer(server),
  }
}

/** Settings in which one destination goes elsewhere. */
export function elsewhere(tree: Record<string, unknown>, name: string, change: object): Record<string, unknown> {
  const destinations = tree.destinations as Record<string, object>
  return { destinations: { ...destinations, [name]: { ...destinations[name], ...change } } }
}
