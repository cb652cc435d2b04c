import { expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import { readPixelIds } from '../../shared/pixel-ids.ts'

const uuid = '0F5C1b9e-77aa-4a1d-8f2e-3d9b7c5a1e20'
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${10_000 + n}`, 'requested']))

test.each<readonly [string, unknown, ReturnType<typeof readPixelIds>]>([
  ['nothing', undefined, undefined],
  ['a list', ['1234567890'], undefined],
  ['text', '1234567890', undefined],
  ['an empty object', {}, undefined],
  ['what became of the libraries alone', { meta: 'requested', snapchat: 'blocked' }, undefined],
  [
    'one of each platform',
    { meta: 'requested', 1234567890: 'requested', a2_abc: 'blocked', [uuid]: 'requested' },
    { meta: ['1234567890'], reddit: ['a2_abc'], snapchat: [uuid] },
  ],
  ['two of one platform', { 1234567890: 'sent', 9876543210: 7 }, { meta: ['1234567890', '9876543210'] }],
  ['a placeholder that somebody forgot', { YOUR_PIXEL_ID: 'requested' }, undefined],
  ['markup', { '<b>1234567890</b>': 'requested' }, undefined],
  ['an ID with more behind it', { '1234567890 x': 'requested', 'a2_abc\n': 'requested' }, undefined],
  ['the longest of Reddit’s', { [`t2_${'a'.repeat(60)}`]: 'requested' }, { reddit: [`t2_${'a'.repeat(60)}`] }],
  ['one longer', { [`t2_${'a'.repeat(61)}`]: 'requested' }, undefined],
])('%s', (_sentence, given, ids) => expect(readPixelIds(given)).toEqual(ids))

test.each([limits.pixelIds - 1, limits.pixelIds, limits.pixelIds + 1])('%i IDs of one platform', (count) =>
  expect(readPixelIds(many(count))?.meta).toHaveLength(Math.min(count, limits.pixelIds)),
)

test('a long list of names is not looked through', () => {
  const names = Array.from({ length: limits.pixelIdsLookedAt }, (_, n) => [`n${n}`, 'requested'])
  expect(readPixelIds(Object.fromEntries([...names, ['a2_abc', 'requested']]))).toBeUndefined()
  expect(readPixelIds(Object.fromEntries([...names.slice(1), ['a2_abc', 'requested']]))).toEqual({ reddit: ['a2_abc'] })
})
