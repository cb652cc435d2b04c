import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { pairWords } from '../../server/dashboard/page/words.ts'
import { pixelStates } from '../../shared/pixel-state.ts'
import { codeIn, readFile, root, section, table } from './pages.ts'

const page = readFile('docs/architecture.md')

test('the rooms and their walls are those that the linter reads', async () => {
  const { rooms } = (await import(pathToFileURL(path.join(root, '.ci/rooms.mjs')).href)) as {
    rooms: Record<string, readonly string[]>
  }
  const rows = table(section(page, '## 14. Rooms'), 'Room')
  const documented = rows.map(([room = '', imports = '']) => [codeIn(room)[0], [...codeIn(imports)]])
  expect(Object.fromEntries(documented)).toEqual(rooms)
})

test('the pair states', () => {
  const rows = table(section(page, '## 5. Pair state'), 'State (event × instance)')
  expect(rows.flatMap(([state = '']) => codeIn(state))).toEqual(Object.keys(pairWords))
})

test('the pixel states are all named', () => {
  const named = codeIn(section(page, '## 5. Pair state'))
  for (const state of pixelStates) expect(named).toContain(state)
})

test('the methods of the store', () => {
  const contract = /export interface Store \{([^]*?)\n\}/.exec(readFile('server/store/store.ts'))?.[1] ?? ''
  const methods = Array.from(contract.matchAll(/^ {2}(\w+)\(/gm), ([, name]) => name!)
  const rows = table(section(page, '## 6. Store'), 'Method')
  const documented = rows.flatMap(([method = '']) => codeIn(method).map((code) => code.replace(/\(.*/, '')))
  expect(documented.sort()).toEqual(methods.sort())
})

test('the commands', () => {
  const usage = /usage = `([^`]+)`/.exec(readFile('server/cli/main.ts'))?.[1] ?? ''
  const commands = Array.from(usage.matchAll(/^ {2}([a-z]+) /gm), ([, name]) => name!)
  const named = codeIn(section(page, '## 10. Commands').split('\n\n')[0]!)
  expect(commands.length).toBeGreaterThan(1)
  for (const command of commands) expect(named).toContain(command)
})
