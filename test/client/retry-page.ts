import { beforeEach, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import retry from '../../client/features/retry.ts'
import { reloadPage, settle, start } from './page.ts'

export type Answer = { readonly status: number; readonly headers?: Record<string, string> } | undefined
export const taken: Answer = { status: 204 }

interface Network {
  /** What it answers from now on; undefined: nothing gets through. */
  answer: Answer
  /** Requests that were tried: the IDs of their events, and their match keys. */
  requests: { readonly ids: string[]; readonly users: unknown[] }[]
}
export const network: Network = { answer: undefined, requests: [] }
export const arrived = () => network.requests.flatMap(({ ids }) => ids)

/** Each test begins without a network, and chance is in the middle. */
export const useNetwork = (): void =>
  beforeEach(() => {
    Object.assign(network, { answer: undefined, requests: [] })
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    vi.stubGlobal('fetch', (_to: URL, init: RequestInit) => {
      const { events = [] } = JSON.parse(init.body as string) as { events?: { event_id: string; user?: unknown }[] }
      network.requests.push({ ids: events.map((one) => one.event_id), users: events.map(({ user }) => user) })
      const { answer } = network
      return answer ? Promise.resolve(new Response(null, answer)) : Promise.reject(new TypeError('no network'))
    })
  })

interface Kept {
  readonly event: string
  readonly event_id: string
}
export const kept = () => JSON.parse((localStorage._ppq as string | undefined) ?? '[]') as Kept[]
export const keptIds = () => kept().map(({ event_id }) => event_id)

export const begin = (config: PixelConfig = {}) => start({ pixels: {}, features: [retry], ...config })
export const waits = async (ms: number): Promise<void> => {
  vi.advanceTimersByTime(ms)
  await settle()
}
/** The page before is gone, with what it waited for. */
export const nextPage = async (): Promise<void> => {
  vi.clearAllTimers()
  await reloadPage()
  network.requests = []
}
export const comesBack = async (): Promise<void> => {
  Object.assign(network, { answer: taken, requests: [] })
  window.dispatchEvent(new Event('online'))
  await waits(0)
}
/** A page whose one event could not be sent. */
export const failed = async (config?: PixelConfig) => {
  const pixel = begin(config)
  await waits(0)
  pixel.track('Lead', {}, { id: 'l1' })
  await settle()
  return pixel
}
