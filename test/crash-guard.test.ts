import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { guardStarts } from '../server/crash-guard.ts'
import { aFolder } from './store/folder.ts'

const folder = aFolder()
let files = 0
const nextStore = () => `sqlite:${path.join(folder, `${++files}.db`)}`
const startsAt = (store: string, times: readonly number[]) =>
  times.map((at) => guardStarts(store, at).isDegraded).lastIndexOf(true)

test.each<[string, readonly number[], boolean]>([
  ['five crashes in a row', [0, 1, 2, 3, 4, 5], true],
  ['four', [0, 1, 2, 3, 4], false],
  ['five within just under 300 s', [0, 1, 2, 3, 4, 299_999], true],
  ['… and at 300 s the first no longer counts', [0, 1, 2, 3, 4, 300_000], false],
  ['times of the future (the clock was set) do not count', [9e9, 9e9, 9e9, 9e9, 9e9, 5], false],
])('%s', (_what, times, isDegraded) => expect(startsAt(nextStore(), times) === times.length - 1).toBe(isDegraded))

test('it stays so for as long as starts end in crashes', () => {
  const store = nextStore()
  const times = Array.from({ length: 30 }, (_, n) => n * 10_000)
  expect(startsAt(store, times)).toBe(29)
})

test('a start that ended well begins the count anew', () => {
  const store = nextStore()
  for (const at of [0, 1, 2, 3]) guardStarts(store, at)
  guardStarts(store, 4).endedWell()
  expect(startsAt(store, [5, 6, 7, 8, 9])).toBe(-1)
})

test('a start that was refused with an error counts for nothing, and wipes nothing out', () => {
  const store = nextStore()
  for (const at of [0, 1, 2, 3]) guardStarts(store, at)
  for (const at of [4, 5, 6]) guardStarts(store, at).refused()
  expect(guardStarts(store, 7).isDegraded).toBe(false)
  expect(guardStarts(store, 8).isDegraded).toBe(true)
})

test('a file that says nothing, a folder that is not there, a store that is no file: no fault', () => {
  const store = nextStore()
  writeFileSync(`${store.slice(7)}.starts`, 'no JSON')
  expect(guardStarts(store, 0).isDegraded).toBe(false)
  expect(guardStarts(`sqlite:${folder}/not/there.db`, 0).isDegraded).toBe(false)
  guardStarts('memory:', 0).endedWell()
  expect(existsSync(path.join(folder, 'not'))).toBe(false)
})
