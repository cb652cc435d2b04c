import { describe, expect, test } from 'vitest'
import { destinations } from '../../server/destinations/index.ts'
import { at, differences, forward, instance, nowOf, readVectors, type Json } from './vectors.ts'

/** Platform → what its vectors speak of, a part of the request or why there is none, and how they write a path. */
const platforms = [
  ['Meta', 'meta', oneOfData, (path: string) => path.split('.')],
  ['Snapchat 16', 'snapchat', oneOfData, (path: string) => path.split('.')],
  ['Reddit 17', 'reddit', ({ body, ...result }: ReturnType<typeof forward>) => body ?? result, partsOf],
] as const

function oneOfData({ body }: ReturnType<typeof forward>): unknown {
  return at(body, ['data', '0'])
}

function partsOf(path: string): string[] {
  return path.split('/').slice(1)
}

describe.each(platforms)('%s: test vectors', (_title, name, subject, pathOf) => {
  test.each(readVectors(name).events)('$id becomes what the specification says', (vector) => {
    const { now: _now, ...config } = vector.config ?? {}
    const version: Json = vector.api ? { api_version: vector.api === 'v2' ? 'v2.0' : 'v3' } : {}
    const settings = instance(name, { ...version, ...config })
    const sent = subject(forward(destinations[name], vector.input, settings, nowOf(vector)))
    expect(differences(sent, vector.expect)).toEqual([])
    for (const path of vector.absent ?? []) expect(at(sent, pathOf(path)), path).toBeUndefined()
  })
})
