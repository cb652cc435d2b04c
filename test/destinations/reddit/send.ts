import { expect } from 'vitest'
import type { InstanceSettings } from '../../../server/destinations/destination.ts'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { createSend } from '../send.ts'
import { at, type Json } from '../vectors.ts'

export const v2 = { api_version: 'v2.0' }
export const digest = expect.stringMatching(/^[\da-f]{64}$/) as unknown

export const { send } = createSend(reddit, {
  input: { referrer: 'https://news.example/', user: { email: 'john_doe@shop.example' } },
  settings: { pixel_id: 'a2_x' },
})

/** What stands at a path of one event’s payload. */
export type Row = [what: string, change: Json, path: string[], want: unknown, settings?: Partial<InstanceSettings>]
export const check = (...[, change, path, want, settings]: Row): void =>
  expect(at(send(change, settings).event, path)).toEqual(want)
