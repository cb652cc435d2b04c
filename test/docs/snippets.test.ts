import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { snippet } from '../../client/snippet.ts'
import { blocks, pageNames, readFile, root } from './pages.ts'

// A block whose label names a file of test/snippets is that file; test/client/snippets.test.ts runs the file.
const quoted = pageNames.flatMap((page) =>
  blocks(readFile(page)).flatMap(({ label, text }) => {
    const [, file] = /^\w+ (test\/snippets\/\S+)$/.exec(label) ?? []
    return file ? [{ page, file, text }] : []
  }),
)
const files = readdirSync(path.join(root, 'test/snippets')).map((file) => `test/snippets/${file}`)

test.each(quoted)('$page quotes $file letter for letter', ({ file, text }) => {
  expect(existsSync(path.join(root, file))).toBe(true)
  expect(text).toBe(readFile(file))
})

describe.each(['docs/pixel.md', 'docs/tag-manager.md', 'docs/consent.md'])('%s', (page) => {
  test('has no code that is not quoted, but for what no page runs', () => {
    const labels = blocks(readFile(page)).map(({ label }) => label)
    expect(labels.filter((label) => !/^(\w+ test\/snippets\/\S+|text)$/.test(label))).toEqual([])
    expect(labels.length).toBeGreaterThan(2)
  })
})

test.each(files)('%s is quoted by a page, and run by a test', (file) => {
  expect(quoted.map((one) => one.file)).toContain(file)
  const runs = readFile('test/client/snippets.test.ts')
  expect(runs).toMatch(new RegExp(`(paste|read)\\('${path.basename(file)}'`))
})

test('the lines to paste are the pixel’s own', () => {
  expect(readFile('test/snippets/paste.html').trim()).toBe(snippet('/_p/p.js'))
})
