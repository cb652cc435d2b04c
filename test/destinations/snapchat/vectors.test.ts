import { expect, test } from 'vitest'
import { snapchat } from '../../../server/destinations/snapchat/index.ts'
import { differences, forward, instance, nowOf, readVectors } from '../vectors.ts'

test.each(readVectors('snapchat').events)('$id becomes what the specification says', (vector) => {
  const { body } = forward(snapchat, vector.input, instance('snapchat', vector.config), nowOf(vector))
  const [event] = (body?.data ?? []) as unknown[]
  expect(differences(event, vector.expect)).toEqual([])
})
