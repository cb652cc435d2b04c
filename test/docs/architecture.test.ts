import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Linter, type Rule } from 'eslint'
import { describe, expect, test } from 'vitest'
import { pixelFeatureNames } from '../../server/pixel-features.ts'
import { pairWords } from '../../server/dashboard/page/words.ts'
import { pixelStates } from '../../shared/pixel-state.ts'
import { codeIn, readFile, root, section, table } from './pages.ts'

const page = readFile('docs/architecture.md')

const { rooms, walls } = (await import(pathToFileURL(path.join(root, '.ci/rooms.mjs')).href)) as {
  rooms: Record<string, readonly string[]>
  walls: Rule.RuleModule
}

test('the rooms and their walls are those that the linter reads', () => {
  const rows = table(section(page, '## 14. Rooms'), 'Room')
  const documented = rows.map(([room = '', imports = '']) => [codeIn(room)[0], [...codeIn(imports)]])
  expect(Object.fromEntries(documented)).toEqual(rooms)
})

describe('a file', () => {
  const linter = new Linter({ cwd: root })
  const plugins = { pairpixel: { rules: { rooms: walls } } }
  const configuration = [{ files: ['**/*.ts'], plugins, rules: { 'pairpixel/rooms': 'error' as const } }]
  const newOne = 'server/destinations/new-one/map.ts'
  test.each([
    ['of a new platform may import its own folder', newOne, './rules.ts', true],
    ['… and the contract', newOne, '../destination.ts', true],
    ['… and the rules of both sides', newOne, '../../../shared/event.ts', true],
    ['… but no neighbour', newOne, '../meta/map.ts', false],
    ['… nor a neighbour whose name begins alike', newOne, '../new-one-more/map.ts', false],
    ['… nor the store', newOne, '../../store/index.ts', false],
    ['… nor a package', newOne, 'node:crypto', false],
    ['in a folder of a platform is in that platform’s room', 'server/destinations/new-one/in/a.ts', '../map.ts', true],
    ['beside the platforms may import each', 'server/destinations/index.ts', './new-one/index.ts', true],
    ['of delivery may import the list', 'server/deliver/worker.ts', '../destinations/index.ts', true],
    ['… but no platform', 'server/deliver/worker.ts', '../destinations/meta/index.ts', false],
    ['of a simulator shares nothing', 'server/simulator/meta.ts', '../../shared/event.ts', false],
    ['of the page in the browser is not in the room around it', 'server/dashboard/page/a.ts', '../view.ts', false],
    ['of the wiring may import every room', 'server/main.ts', './dashboard/page/words.ts', true],
    ['outside all rooms may import what it likes', 'rollup.config.ts', './server/main.ts', true],
  ])('%s', (_, file, imported, isAllowed) => {
    const found = linter.verify(`import '${imported}'`, configuration, path.join(root, file))
    expect(found.map(({ messageId }) => messageId)).toEqual(isAllowed ? [] : ['wall'])
  })
})

test('the features of the pixel, in the order they start', () => {
  const rows = table(section(page, "## 4. One event's path"), 'Feature')
  expect(rows.flatMap(([feature = '']) => codeIn(feature))).toEqual(pixelFeatureNames)
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
