import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createSimulators, type SimulatorOptions, type Simulators } from '../../server/simulator/index.ts'

export const now = Date.UTC(2026, 10, 21, 10)
export const nowS = now / 1000
export const accounts = {
  meta: { pixelId: '123456789012345', token: 'EAA' + 'x'.repeat(187) },
  reddit: { pixelId: 'a2_' + 'p'.repeat(12), token: 'r'.repeat(80) },
  snapchat: { pixelId: '11111111-2222-4333-8444-555555555555', token: 's'.repeat(120) },
}
export const hash = (digit: string): string => digit.repeat(64)

export interface Started {
  readonly simulators: Simulators
  readonly origin: string
  /** What the simulators take for the time; tests move it. */
  readonly clock: { now: number }
  stop(): Promise<void>
}

/** The simulators behind a real server on a free port of the loopback. */
export async function startSimulators(changes: Partial<SimulatorOptions> = {}): Promise<Started> {
  const clock = { now }
  const simulators = createSimulators({ ...accounts, now: () => clock.now, ...changes })
  const server = createServer(express().use(simulators.router)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    simulators,
    clock,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface Call {
  readonly path: string
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Posts JSON, or a text as it is; the answer's body is parsed where it can be. */
export async function post(
  origin: string,
  { path, body, headers }: Call,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  try {
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as unknown }
  } catch {
    return { status: response.status, headers: response.headers, body: text }
  }
}

/** A copy with some keys changed; undefined takes a key out. */
export const change = (base: object, changes: object): Record<string, unknown> => ({ ...base, ...changes })
