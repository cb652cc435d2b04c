import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { adminFileOf, adminToken } from '../../server/admin/token.ts'
import { digestOf } from '../../server/dashboard/access/index.ts'
import { temporaryFolder } from '../integration/harness.ts'

const folder = () => {
  const made = temporaryFolder()
  onTestFinished(() => made.remove())
  return made.path
}

test('the first start makes a token of 256 bits and keeps its digest, for the owner alone', () => {
  const file = path.join(folder(), 'data', 'pairpixel.admin.json')
  const { made = '', digest } = adminToken(undefined, file)
  expect(made).toMatch(/^pp_admin_[\w-]{43}$/)
  expect(digest).toEqual(digestOf(made))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).not.toContain(made)
  expect(adminToken(undefined, file)).toEqual({ digest })
})

test('the token of the settings goes before the file, and writes none', () => {
  const file = path.join(folder(), 'pairpixel.admin.json')
  const set = `pp_admin_${'fake'.repeat(10)}`
  expect(adminToken(set, file)).toEqual({ digest: digestOf(set) })
  expect(() => statSync(file)).toThrow()
})

test('a file that holds no digest is made anew, and closed to others', () => {
  const file = path.join(folder(), 'pairpixel.admin.json')
  writeFileSync(file, '{"token_sha256":"short"}', { mode: 0o644 })
  const { made } = adminToken(undefined, file)
  expect(made).toBeDefined()
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('where nothing can be written the token holds for this start', () => {
  const file = path.join(folder(), 'taken')
  writeFileSync(file, '')
  expect(adminToken(undefined, path.join(file, 'below', 'a.json'))).toMatchObject({ isLost: true })
  expect(adminToken(undefined, undefined)).not.toHaveProperty('isLost')
})

test.each([
  ['beside a file of SQLite', 'sqlite:./data/pairpixel.db', './data/pairpixel.admin.json'],
  ['in the folder of the start', 'redis://127.0.0.1:1/0', '/srv/pairpixel.admin.json'],
  ['nowhere', 'memory:', undefined],
])('the digest lies %s', (_sentence, store, file) => expect(adminFileOf(store, '/srv')).toBe(file))
