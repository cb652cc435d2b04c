import { expect, test } from 'vitest'
import { meta } from '../../../server/destinations/meta/index.ts'
import { at, differences, forward, instance, nowOf, readVectors } from '../vectors.ts'

test.each(readVectors('meta').events)('$id becomes what the specification says', (vector) => {
  const { body } = forward(meta, vector.input, instance('meta', vector.config), nowOf(vector))
  const [event] = (body?.data ?? []) as unknown[]
  expect(differences(event, vector.expect)).toEqual([])
  for (const path of vector.absent ?? []) expect(at(event, path.split('.')), path).toBeUndefined()
})
