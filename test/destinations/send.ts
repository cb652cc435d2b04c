import type { Destination, InstanceSettings } from '../../server/destinations/destination.ts'
import { fakeToken, forward, instance, type Forwarded, type Json } from './vectors.ts'

/** The clock of these tests, and the time of their event. */
export const time = Date.parse('2026-11-21T10:00:00.500Z')

const part = 'fake'.repeat(12)

/** Obviously no pixels and no tokens, but in the form of both. */
export const accounts = {
  meta: { pixel_id: '1234567890', access_token: fakeToken },
  reddit: { pixel_id: 'a2_fsdd12xyz', access_token: `eyJ${part}.${part}.${part}` },
  snapchat: { pixel_id: '11111111-2222-4333-8444-555555555555', access_token: 's'.repeat(120) },
} as const

const aPurchase: Json = {
  event: 'purchase',
  event_id: 'order-1',
  event_time: time,
  url: 'https://shop.example/thanks',
  value: 10,
  currency: 'usd',
  user: { email: 'jane@shop.example' },
}

export interface Sent extends Forwarded {
  /** Its entry in the request. */
  readonly event: Json | undefined
  /** Fields that were warned of, in order; undefined when it was not sent. */
  readonly warned: string[] | undefined
}

/** Ways to send one purchase to a platform, the whole way into a request. */
export function createSend(
  destination: Destination,
  usual: { readonly input?: Json; readonly settings?: Partial<InstanceSettings> } = {},
) {
  const anInput = (change: Json = {}): Json => ({ ...aPurchase, ...usual.input, ...change })
  const settings = (own: Partial<InstanceSettings> = {}): InstanceSettings =>
    instance(destination.name, { ...usual.settings, ...own })
  const send = (change: Json = {}, own: Partial<InstanceSettings> = {}, now = time): Sent => {
    const result = forward(destination, anInput(change), settings(own), now)
    return {
      ...result,
      event: result.body && eventIn(result.body),
      warned: result.warnings?.map(({ field }) => field),
    }
  }
  return { anInput, settings, send }
}

/** What a request says of its one event, in any platform's envelope. */
export function eventIn(body: Json): Json {
  const { data, events } = body as { data?: Json[] & { events?: Json[] }; events?: Json[] }
  return (events ?? data?.events ?? data)![0]!
}
