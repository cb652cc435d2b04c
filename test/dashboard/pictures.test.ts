import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { withPalette } from '../browser/dashboard/palette.ts'

const folder = path.join(import.meta.dirname, '../../docs/images')
const page = readFileSync(path.join(folder, '../dashboard.md'), 'utf8')

test.each(readdirSync(folder))('%s is small, and shown in docs/dashboard.md', (name) => {
  expect(statSync(path.join(folder, name)).size).toBeLessThan(150_000)
  expect(page).toContain(`(images/${name})`)
})

test('a picture keeps its size and colours with a palette', () => {
  const part = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)])
  }
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0])
  // The second line says how it differs from the one above.
  const lines = Buffer.from([0, 255, 0, 0, 0, 0, 255, 2, 0, 0, 0, 0, 0, 0])
  const png = Buffer.concat([
    Buffer.alloc(8),
    part('IHDR', header),
    part('IDAT', deflateSync(lines)),
    part('IEND', Buffer.alloc(0)),
  ])
  const small = withPalette(png)
  expect([small.readUInt32BE(16), small.readUInt32BE(20), small[24], small[25]]).toEqual([2, 2, 8, 3])
  const palette = small.indexOf('PLTE') + 4
  expect([...small.subarray(palette, palette + 6)]).toEqual([255, 0, 0, 0, 0, 255])
})
