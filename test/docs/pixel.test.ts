import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { stub } from '../../client/snippet.ts'
import { coreClickIds } from '../../shared/click-ids.ts'
import { userFields } from '../../shared/event.ts'
import { canonicalNames } from '../../shared/names.ts'
import { standardNames } from '../client/types.ts'
import { codeIn, readFile, root, section, table, wordsOf } from './pages.ts'

const page = readFile('docs/pixel.md')
const sources = ['client', 'server/collect'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: `${folder}/${file}`, text: readFile(path.join(folder, file)) })),
)
/** Members of an interface, as its text has them. */
const membersOf = (name: string): string[] => {
  const [, body = ''] = new RegExp(`export interface ${name} [^]*?\\{\\n([^]*?)\\n\\}`).exec(readFile('client/api.ts')) ?? []
  return Array.from(body.matchAll(/^ {2}readonly (\w+)\?:/gm), ([, member]) => member!)
}

describe('the options', () => {
  const rows = table(section(page, '## Options'), 'Option')
  const documented = rows.flatMap(([option = '']) => codeIn(option))

  test('are those that the types know', () => {
    const options = membersOf('PixelOptions')
    expect(options.length).toBeGreaterThan(10)
    expect([...documented].sort()).toEqual(options.sort())
  })

  test('are those that the code reads', () => {
    const read = sources.flatMap(({ text }) =>
      Array.from(text.matchAll(/\b(?:config|siteConfig(?: as \w+\))?)\??\.(\w+)/g), ([, name]) => name!),
    )
    const own = [...membersOf('PixelConfig')]
    expect(own).toEqual(['mapping', 'second', 'features'])
    expect([...new Set(read)].filter((name) => !own.includes(name)).sort()).toEqual([...documented].sort())
  })

  test('have the attribute that a browser reads them from', () => {
    for (const [option = '', attribute = ''] of rows) {
      const [name = ''] = codeIn(option)
      const expected = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      expect(codeIn(attribute)).toEqual(name === 'pixels' ? [] : [expected])
    }
  })
})

test('what is kept in the browser is all named', () => {
  const named = table(section(page, '## What it keeps in the browser'), 'Name').flatMap(([name = '']) => codeIn(name))
  const inCode = sources.flatMap(({ text }) => text.match(/\b_(?:pp[a-z]?|fb[cp])\b/g) ?? [])
  expect(named.sort()).toEqual([...new Set(inCode)].sort())
})

test('the hash for a Content Security Policy is that of the pasted line', () => {
  expect(page).toContain(`'sha256-${createHash('sha256').update(stub).digest('base64')}'`)
})

test('match keys and click IDs are all named', () => {
  const said = codeIn(wordsOf(section(page, '### Who the visitor is')))
  expect(said).toEqual(userFields.filter((field) => field !== 'email_reddit'))
  const first = codeIn(wordsOf(section(page, '## Paste one tag')))
  expect(first).toEqual(expect.arrayContaining([...coreClickIds]))
})

test('the types know every standard event', () => {
  expect(Object.keys(standardNames)).toEqual(canonicalNames)
})
