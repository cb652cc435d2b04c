import { expect, test } from 'vitest'
import { createPixels, pixelSeenMs, pixelsOf } from '../../../server/dashboard/trail/pixels.ts'
import { noon } from '../make-rows.ts'

const idOf = (n: number) => `${10_000 + n}`

test('the latest stand first, each platform and site for itself', () => {
  const pixels = createPixels()
  pixels.note('shop', { meta: ['11111'], reddit: ['a2_one'] }, noon)
  pixels.note('shop', { meta: ['22222'] }, noon + 1)
  pixels.note('other', { meta: ['33333'] }, noon + 2)
  const of = (site: string, platform: string) => pixelsOf(pixels.list(), site, platform, noon + 3)
  expect([of('shop', 'meta'), of('shop', 'reddit'), of('shop', 'snapchat'), of('other', 'meta')]).toEqual([
    ['22222', '11111'],
    ['a2_one'],
    [],
    ['33333'],
  ])
})

test('what was not seen for a day is seen no more, and is forgotten', () => {
  const pixels = createPixels()
  pixels.note('shop', { meta: ['11111'] }, noon)
  expect(pixelsOf(pixels.list(), 'shop', 'meta', noon + pixelSeenMs - 1)).toEqual(['11111'])
  expect(pixelsOf(pixels.list(), 'shop', 'meta', noon + pixelSeenMs)).toEqual([])
  pixels.prune(noon + pixelSeenMs)
  expect(pixels.list()).toEqual({})
})

test('eight of a platform are remembered: one that pages load all the time is not pushed out by others', () => {
  const pixels = createPixels()
  for (let n = 1; n <= 30; n++) {
    pixels.note('shop', { meta: [idOf(0)] }, noon + 2 * n)
    pixels.note('shop', { meta: [idOf(n)] }, noon + 2 * n + 1)
  }
  const found = pixelsOf(pixels.list(), 'shop', 'meta', noon + 100)
  expect(found).toHaveLength(8)
  expect(found.slice(0, 2)).toEqual([idOf(30), idOf(0)])
})

test('after a restart the oldest go first, as before', () => {
  const pixels = createPixels()
  pixels.restore({ 'shop\0meta\0b0002': noon + 1, 'shop\0meta\0a0001': noon })
  for (let n = 0; n < 7; n++) pixels.note('shop', { meta: [idOf(n)] }, noon + 2 + n)
  expect(pixelsOf(pixels.list(), 'shop', 'meta', noon + 20)).toContain('b0002')
  expect(pixelsOf(pixels.list(), 'shop', 'meta', noon + 20)).not.toContain('a0001')
})
