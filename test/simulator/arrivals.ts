import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { accounts, hash, post, now, startSimulators, type Started } from './start.ts'

export let started: Started

/** One set of simulators for the tests of a file, emptied and set back to the first moment before each. */
export function useSimulators(): void {
  beforeAll(async () => {
    started = await startSimulators()
  })
  beforeEach(() => {
    started.clock.now = now
    for (const name of ['meta', 'reddit', 'snapchat'] as const) started.simulators[name].reset()
  })
  afterAll(() => started.stop())
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One arrival: who, what, which ID, and the hours after the first. */
export interface Step {
  readonly hit?: true
  readonly event: string
  readonly id?: string
  readonly order?: string
  readonly channel?: string
  readonly pixel?: string
  readonly value?: number
  readonly at?: number
}
export type Name = 'meta' | 'reddit' | 'snapchat'

const query = (fields: Record<string, string | number | undefined>): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  ).toString()

/** What the pixels send. */
export const hit: Record<Name, (step: Step) => Promise<Response>> = {
  meta: ({ event, id, value, pixel = accounts.meta.pixelId }) =>
    fetch(`${started.origin}/tr/?${query({ id: pixel, ev: event, eid: id, 'cd[value]': value })}`),
  reddit: ({ event, id, value, pixel = accounts.reddit.pixelId }) =>
    fetch(
      `${started.origin}/rp.gif?${query({ id: pixel, event, 'm.conversionId': id && sha256(id), 'm.value': value })}`,
    ),
  snapchat: ({ event, id, order, value, pixel = accounts.snapchat.pixelId }) =>
    fetch(`${started.origin}/p`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
      body: JSON.stringify({
        req: [{ t: { ev: event, pid: pixel, cdid: id, e_tid: order, e_pr: value } }, { telemetry: true }],
      }),
    }),
}

/** What a back end sends. */
export const send: Record<Name, (step: Step) => Promise<{ status: number }>> = {
  meta: ({ event, id, value }) =>
    post(started.origin, {
      path: `/v26.0/${accounts.meta.pixelId}/events`,
      headers: { authorization: `Bearer ${accounts.meta.token}` },
      body: {
        data: [
          {
            event_name: event,
            event_id: id,
            event_time: Math.floor(started.clock.now / 1000),
            action_source: 'chat',
            user_data: { em: hash('a') },
            custom_data: { value, currency: 'USD' },
          },
        ],
      },
    }),
  reddit: ({ event, id, value, channel = 'WEBSITE' }) => {
    const [type, custom] = event.split(':')
    return post(started.origin, {
      path: `/api/v3/pixels/${accounts.reddit.pixelId}/conversion_events`,
      headers: { authorization: `Bearer ${accounts.reddit.token}`, 'user-agent': 'node:pairpixel:0.1.0' },
      body: {
        data: {
          events: [
            {
              event_at: started.clock.now,
              action_source: channel,
              type: { tracking_type: type, custom_event_name: custom },
              metadata: { currency: 'USD', conversion_id: id, value },
            },
          ],
        },
      },
    })
  },
  snapchat: ({ event, id, order, value = 1 }) =>
    post(started.origin, {
      path: `/v3/${accounts.snapchat.pixelId}/events?access_token=${accounts.snapchat.token}`,
      body: {
        data: [
          {
            event_name: event,
            event_id: id,
            event_time: started.clock.now,
            action_source: 'OFFLINE',
            user_data: { em: hash('a') },
            custom_data: { value, currency: 'USD', order_id: order },
          },
        ],
      },
    }),
}
