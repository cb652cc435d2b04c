import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openSqliteStore } from '../../server/store/index.ts'
import type { SqliteOptions } from '../../server/store/sqlite.ts'
import { createDisk, type Disk } from '../../server/store/sqlite/disk.ts'
import { aFolder } from './folder.ts'
import { aCopy } from './make.ts'

const folder = aFolder()
let files = 0
const file = () => path.join(folder, `${++files}.db`)
let disk: Disk | undefined
afterEach(() => disk?.close())

test('with room above the reserve events are taken, below it they are refused', () => {
  disk = createDisk(file(), { diskReserveBytes: 0 })
  expect(disk.hasRoom()).toBe(true)
  const none = createDisk(file(), { diskReserveBytes: 2 ** 52 })
  expect(none.hasRoom()).toBe(false)
  void none.close()
})

test('a store whose disk has too little room takes nothing new, says so, and still delivers what it has', async () => {
  const at = file()
  const open = (change: Partial<SqliteOptions>) => openSqliteStore({ path: at, ...change })
  const first = await open({ diskReserveBytes: 0 })
  expect(await first.append([aCopy({ eventId: 'e' })])).toEqual(['stored'])
  expect(first.health()).toEqual({ writable: true, durability: 'fsync' })
  await first.close()
  const second = await open({ diskReserveBytes: 2 ** 52 })
  expect(await second.append([aCopy()])).toEqual(['failed'])
  const { writable, disk: words, why } = second.health()
  expect([writable, why === words]).toEqual([false, true])
  expect(words).toMatch(/too little room/)
  expect((await second.claim('meta', 5, 30_000, Date.now())).deliveries).toHaveLength(1)
  await second.close()
})

test('the ballast is real, the owner’s alone, and goes when the disk is full', async () => {
  const at = file()
  const weight = `${at}.ballast`
  disk = createDisk(at, { diskReserveBytes: 0, ballastAfterMs: 0 })
  await expect.poll(() => statSync(weight, { throwIfNoEntry: false })?.size, { timeout: 20_000 }).toBe(64 * 1024 * 1024)
  const { mode, blocks } = statSync(weight)
  expect([mode & 0o777, blocks * 512 >= 64 * 1024 * 1024]).toEqual([0o600, true])
  await expect.poll(() => (disk?.full(), existsSync(weight)), { timeout: 60_000 }).toBe(false)
  // This disk has room after all, so it is made again.
  await expect.poll(() => statSync(weight, { throwIfNoEntry: false })?.size, { timeout: 60_000 }).toBe(64 * 1024 * 1024)
})

test('no ballast is made into the reserve', async () => {
  const at = file()
  const short = createDisk(at, { diskReserveBytes: 2 ** 52, ballastAfterMs: 0 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await short.close() // waits for what is being made
  expect(existsSync(`${at}.ballast`)).toBe(false)
})
