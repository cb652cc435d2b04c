import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { pageNames, readFile, root, wordsOf } from './pages.ts'

const scripts = Object.keys((JSON.parse(readFile('package.json')) as { scripts: Record<string, string> }).scripts)

/** A heading's anchor, as code hosts make it. */
const anchors = (page: string): readonly string[] =>
  Array.from(wordsOf(page).matchAll(/^#+ (.+)$/gm), ([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

test('all pages of words are looked at', () => {
  expect(pageNames).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'docs/errors.md']))
})

describe.each(pageNames)('%s', (name) => {
  const page = readFile(name)

  test('every link leads somewhere', () => {
    const links = Array.from(wordsOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!)
    for (const link of links.filter((target) => !target.startsWith('https://'))) {
      const [file = '', anchor] = link.split('#')
      const target = file ? path.join(path.dirname(name), file) : name
      expect(existsSync(path.join(root, target)), link).toBe(true)
      if (anchor !== undefined) expect(anchors(readFile(target)), link).toContain(anchor)
    }
  })

  test('every file and folder it names exists', () => {
    const named = Array.from(
      wordsOf(page).matchAll(/`((?:server|client|shared|test|docs|\.ci)\/[\w./-]*|[\w-]+\.(?:mjs|json|ts))`/g),
      ([, file]) => file!,
    ).filter((file) => !/^[a-z]+\.ts$/.test(file))
    for (const file of named) expect(existsSync(path.join(root, file)), file).toBe(true)
  })

  test('every npm script it names exists', () => {
    const named = Array.from(page.matchAll(/npm run (?:--silent )?([a-z]+)/g), ([, script]) => script!)
    expect(named.filter((script) => !scripts.includes(script))).toEqual([])
  })
})

test('CONTRIBUTING.md lists every script that a person calls', () => {
  const page = readFile('CONTRIBUTING.md')
  const called = scripts.filter((script) => !/^(pre|post)[a-z]+$/.test(script))
  for (const script of called) expect(page).toMatch(new RegExp(`npm (run )?${script}\\b`))
})
