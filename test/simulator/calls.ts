import { expect } from 'vitest'
import type { Mode } from '../../server/simulator/index.ts'
import { started } from './arrivals.ts'
import { accounts, hash, now, nowS, post } from './start.ts'

export type Name = 'meta' | 'reddit' | 'snapchat'
export const names: readonly Name[] = ['meta', 'reddit', 'snapchat']

/** One server API: where it is, and what a good event and a bad one look like there. */
export interface Api {
  readonly name: Name
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  envelope(events: readonly unknown[]): object
  good(id: string): Record<string, unknown>
  /** Without any kind of time. */
  bad(id: string): Record<string, unknown>
}

const metaEvent = (id: string) => ({
  event_name: 'Lead',
  event_id: id,
  event_time: nowS,
  action_source: 'chat',
  user_data: { em: hash('a') },
})
const redditEvent = (id: string) => ({
  event_at: now,
  action_source: 'WEBSITE',
  type: { tracking_type: 'LEAD' },
  metadata: { conversion_id: id },
  user: { email: hash('a') },
})
const olderRedditEvent = (id: string) => ({
  event_at: new Date(now).toISOString(),
  event_type: { tracking_type: 'Lead' },
  event_metadata: { conversion_id: id },
  user: { email: hash('a') },
})
const snapEvent = (id: string) => ({
  event_name: 'SAVE',
  event_id: id,
  event_time: now,
  action_source: 'OFFLINE',
  user_data: { em: hash('a') },
})
const redditHeaders = { authorization: `Bearer ${accounts.reddit.token}`, 'user-agent': 'node:pairpixel:0.1.0' }

export const apis = {
  meta: {
    name: 'meta',
    path: `/v26.0/${accounts.meta.pixelId}/events`,
    headers: { authorization: `Bearer ${accounts.meta.token}` },
    envelope: (data) => ({ data }),
    good: metaEvent,
    bad: (id) => ({ ...metaEvent(id), event_time: undefined }),
  },
  reddit: {
    name: 'reddit',
    path: `/api/v3/pixels/${accounts.reddit.pixelId}/conversion_events`,
    headers: redditHeaders,
    envelope: (events) => ({ data: { events } }),
    good: redditEvent,
    bad: (id) => ({ ...redditEvent(id), event_at: undefined }),
  },
  reddit_v2: {
    name: 'reddit',
    path: `/api/v2.0/conversions/events/${accounts.reddit.pixelId}`,
    headers: redditHeaders,
    envelope: (events) => ({ events }),
    good: olderRedditEvent,
    bad: (id) => ({ ...olderRedditEvent(id), event_at: undefined }),
  },
  snapchat: {
    name: 'snapchat',
    path: `/v3/${accounts.snapchat.pixelId}/events?access_token=${accounts.snapchat.token}`,
    headers: {},
    envelope: (data) => ({ data }),
    good: snapEvent,
    bad: (id) => ({ ...snapEvent(id), event_time: undefined }),
  },
} as const satisfies Record<string, Api>
export type ApiName = keyof typeof apis
export const apiNames = Object.keys(apis) as readonly ApiName[]

/** Sends events to one API, as they are. */
export const send = (name: ApiName, events: readonly unknown[] = [apis[name].good('e1')]) =>
  post(started.origin, { ...apis[name], body: apis[name].envelope(events) })

/** A word to the controls. */
export const control = (name: string, what: string, body: unknown = {}) =>
  post(started.origin, { path: `/simulator/${name}/${what}`, body })

/** Sets a mode over HTTP, as a person would. */
export async function setMode(name: ApiName, mode: Mode): Promise<void> {
  expect(await control(apis[name].name, 'mode', mode)).toMatchObject({ status: 200, body: mode })
}

/** What the controls tell of a platform. */
export const readState = async (name: Name): Promise<unknown> =>
  (await fetch(`${started.origin}/simulator/${name}/state`)).json()

/** IDs of the events a platform took. */
export const taken = (name: ApiName): readonly unknown[] =>
  started.simulators[apis[name].name].state().accepted.map(({ body }) => {
    const { event_id: id, metadata, event_metadata } = body as Record<string, { conversion_id?: string } | undefined>
    return id ?? (metadata ?? event_metadata)?.conversion_id
  })
