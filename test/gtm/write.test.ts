import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { writeGtm } from '../../server/cli/gtm.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { readTemplate, runScenario } from './sandbox.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gtm-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (tree: Record<string, unknown>) => writeGtm(path.join(folder, 'new'), checkTree(tree))
const template = async (name: string) =>
  readTemplate(await readFile(path.join(folder, 'new', name, 'template.tpl'), 'utf8'))
const metadata = async (name: string): Promise<unknown> =>
  parse(await readFile(path.join(folder, 'new', name, 'metadata.yaml'), 'utf8'))
const scriptUrl = ({ parameters }: Awaited<ReturnType<typeof template>>) =>
  parameters.flatMap(({ subParams }) => subParams ?? []).find(({ name }) => name === 'scriptUrl')?.defaultValue

test('each template is laid out as the gallery wants it', async () => {
  const written = await write({ url: 'https://www.shop.example' })
  expect(written).toHaveLength(8)
  for (const name of ['pairpixel-tag', 'pairpixel-event-id']) {
    expect((await readdir(path.join(folder, 'new', name))).sort()).toEqual(
      ['LICENSE', 'README.md', 'metadata.yaml', 'template.tpl'].sort(),
    )
    expect(await readFile(path.join(folder, 'new', name, 'LICENSE'), 'utf8')).toContain('Apache License')
    expect(await metadata(name)).toEqual({
      homepage: 'https://www.shop.example',
      documentation: 'README.md',
      versions: [],
    })
  }
})

test.each<[string, Record<string, unknown>]>([
  ['no address', {}],
  ['several', { sites: { a: { url: 'https://a.example' }, b: { url: 'https://b.example' } } }],
  ['one on this machine', { url: 'http://localhost:8080' }],
])('whose homepage it is, the operator fills in: %s', async (_name, tree) => {
  await write(tree)
  for (const name of ['pairpixel-tag', 'pairpixel-event-id'])
    expect(await metadata(name)).toEqual({ homepage: '', documentation: 'README.md', versions: [] })
})

test.each<[string, Record<string, unknown>, string[], string | undefined]>([
  [
    'the only site',
    { url: 'https://www.shop.example/start', paths: { script: '/_p/p.js' } },
    ['https://www.shop.example/_p/p.js*'],
    'https://www.shop.example/_p/p.js',
  ],
  [
    'several sites',
    { sites: { a: { url: 'https://a.example' }, b: { url: 'https://b.example' }, c: { url: 'https://a.example/c' } } },
    ['https://a.example/p.js*', 'https://b.example/p.js*'],
    undefined,
  ],
  ['no address', {}, ['https://*/*'], undefined],
  ['one site without an address', { sites: { a: { url: 'https://a.example' }, b: {} } }, ['https://*/*'], undefined],
  ['a site on this machine', { url: 'http://localhost:8080' }, ['https://*/*'], undefined],
])('what it may load: %s', async (_name, tree, urls, script) => {
  await write(tree)
  const tag = await template('pairpixel-tag')
  expect(tag.permissions.inject_script).toEqual({ urls })
  expect(scriptUrl(tag)).toBe(script)
})

test('written twice, and all else is as it was', async () => {
  await write({})
  const before = await template('pairpixel-tag')
  await write({ url: 'https://www.example.com' })
  const after = await template('pairpixel-tag')
  expect(Object.keys(after.sections)).toEqual(Object.keys(before.sections))
  expect(after.code).toBe(before.code)
  expect({ ...after.permissions, inject_script: 0 }).toEqual({ ...before.permissions, inject_script: 0 })
  for (const { code } of after.scenarios) runScenario(after, code)
})
