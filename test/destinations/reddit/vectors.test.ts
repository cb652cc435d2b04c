import { expect, test } from 'vitest'
import { reddit } from '../../../server/destinations/reddit/index.ts'
import { at, differences, forward, instance, nowOf, readVectors } from '../vectors.ts'

test.each(readVectors('reddit').events)('$id becomes what the specification says', (vector) => {
  const { now: _now, ...settings } = vector.config ?? {}
  const api_version = vector.api === 'v2' ? 'v2.0' : 'v3'
  const result = forward(reddit, vector.input, instance('reddit', { api_version, ...settings }), nowOf(vector))
  expect(differences(result.body ?? result, vector.expect)).toEqual([])
  for (const path of vector.absent ?? []) expect(at(result.body, path.split('/').slice(1)), path).toBeUndefined()
})
