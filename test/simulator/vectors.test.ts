import { expect, test } from 'vitest'
import { meta } from '../../server/destinations/meta/index.ts'
import { reddit } from '../../server/destinations/reddit/index.ts'
import { snapchat } from '../../server/destinations/snapchat/index.ts'
import { readTime } from '../../shared/parse-field.ts'
import { forward, instance, nowOf, readVectors, type EventVector } from '../destinations/vectors.ts'
import { started, useSimulators } from './arrivals.ts'
import { names, type Name } from './calls.ts'
import { accounts, post } from './start.ts'

useSimulators()
const destinations = { meta, reddit, snapchat }
const rows = names.flatMap((name) =>
  readVectors(name).events.map((vector): [id: string, name: Name, vector: EventVector] => [vector.id, name, vector]),
)

// Neither side knows the other's code, so what both take for right is what the documentation says.
test.each(rows)('what we make of %s is taken by the platform (%s)', async (_id, name, vector) => {
  const { pixelId, token } = accounts[name]
  const version = name === 'reddit' ? { api_version: vector.api === 'v2' ? 'v2.0' : 'v3' } : {}
  const settings = instance(name, { ...vector.config, ...version, pixel_id: pixelId, access_token: token })
  const now = nowOf(vector) ?? (readTime(vector.input.event_time) ?? 0) + 60_000
  const { skipped, url, headers, body } = forward(destinations[name], vector.input, settings, now)
  if (skipped) return expect(vector.expect).toMatchObject({ skipped: true })
  started.clock.now = now
  const { pathname, search } = new URL(url ?? '')
  const answer = await post(started.origin, { path: pathname + search, headers, body })
  expect([answer.status, answer.status === 200 ? '' : answer.body]).toEqual([200, ''])
  expect(started.simulators[name].state().accepted).toHaveLength(1)
})
