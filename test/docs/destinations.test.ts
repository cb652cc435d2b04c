import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { askBefore } from '../../server/before.ts'
import { destinations } from '../../server/destinations/index.ts'
import { mapFor } from '../../server/destinations/mapping.ts'
import { readFile as readSettings } from '../../server/settings/file.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { userFields } from '../../shared/event.ts'
import { anEvent } from '../make.ts'
import { blocks, codeIn, jsonBlocks, readFile, root, section, table } from './pages.ts'

const load = async <Module>(name: string) =>
  (await import(pathToFileURL(path.join(root, '.ci/destinations', name)).href)) as Module

const page = readFile('docs/destinations.md')
const byHand = section(page, '## Mapping by hand')

test('the page is what the code says', async () => {
  const { destinationsPage } = await load<{ destinationsPage: () => Promise<string> }>('page.mjs')
  const isAsWritten = (await destinationsPage()) === page
  expect(isAsWritten, 'docs/destinations.md is out of date: run `npm run docs` and look at what it changes').toBe(true)
})

describe('every field of an event has a row', () => {
  const rows = table(section(page, '## Fields'), 'Field').flatMap(([field = '']) => codeIn(field))
  const membersOf = (name: string) =>
    Array.from(
      (new RegExp(`interface ${name} \\{([^]*?)\\n\\}`).exec(readFile('shared/event.ts'))?.[1] ?? '').matchAll(
        /readonly (\w+)\??:/g,
      ),
      ([, member]) => member!,
    )
  // `platform` has tables of its own.
  const inParser = Array.from(readFile('shared/parse-event.ts').matchAll(/\binput\.(\w+)/g), ([, name]) => name!)
  const top = [...new Set(inParser)].filter((name) => !['at', 'platform'].includes(name))

  test.each([
    ['', top],
    ['items[].', membersOf('Item')],
    ['user.', userFields],
    ['context.', membersOf('Context')],
  ])('%s*', (prefix, members) => {
    const starts = rows.map((row) => (row.startsWith(prefix) ? row.slice(prefix.length).split(/[.[]/)[0] : ''))
    expect(members.length).toBeGreaterThan(4)
    expect(members.filter((member) => !starts.includes(member))).toEqual([])
  })

  test('a field that nobody gets says so', () => {
    const [, , ...cells] = table(section(page, '## Fields'), 'Field').find(([field]) => field === '`title`') ?? []
    expect(cells).toEqual(['not sent', 'not sent', 'not sent', 'not sent'])
  })
})

test('Snapchat’s extra keys are all tried', async () => {
  const { snapchatKeys } = await load<{ snapchatKeys: readonly string[] }>('extras.mjs')
  const source = readFile('server/destinations/snapchat/extras.ts')
  const inCode = Array.from(source.matchAll(/^ {2}(\w+): \{ place: /gm), ([, key]) => key!)
  expect(inCode.length).toBeGreaterThan(5)
  expect([...snapchatKeys].sort()).toEqual([...inCode, 'data_processing_options'].sort())
})

describe('the examples', () => {
  const examples = jsonBlocks(page, 'json settings')
  test.each(examples)('settings %# are taken', (tree) => {
    expect(checkTree(tree as Record<string, unknown>).sites[0]?.instances).toHaveLength(1)
  })
  test('show each setting of the section', () => {
    const shown = examples.flatMap((tree) => Object.keys((tree as Tree).destinations.meta))
    expect(shown).toEqual(expect.arrayContaining(['events', 'rename', 'map', 'default_calling_code']))
  })

  test('the settings in code are taken, and their function does what it says', async () => {
    const [code] = blocks(page).filter(({ label }) => label === 'js settings')
    const folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-docs-'))
    try {
      const file = path.join(folder, 'pairpixel.config.mjs')
      writeFileSync(file, code?.text ?? '')
      const before = checkTree(await readSettings(file)).sites[0]?.before
      const { keys: _keys, ...facts } = anEvent({ title: 'Thank you' })
      const ask = (email: string) =>
        askBefore(before!, { ...facts, user: { email: [email] } }, 'backend', facts.event_time)
      expect(ask('jane@shop.example')).toEqual({ dropped: 'before() of the settings dropped the event.' })
      const kept = ask('jane@mail.example')
      expect(kept).toMatchObject({ event: { event: 'purchase', user: { email: ['jane@mail.example'] } } })
      expect('event' in kept && kept.event.title).toBeUndefined()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

interface Tree {
  readonly destinations: { readonly meta: object }
}

/** The one instance of settings with this mapping. */
const instanceOf = (mapping: object) =>
  checkTree({ destinations: { meta: { pixel_id: '1', access_token: 'fake', ...mapping } } }).sites[0]!.instances[0]!

describe('what may stand in a rule', () => {
  const named = (field: string) => field.replace('NAME', 'plan')
  const asCondition = (field: string) => ({ map: [{ when: [{ field: named(field), is: 'x' }], skip: true }] })
  const asSource = (field: string) => ({ map: [{ set: { value: named(field) } }] })
  const asTarget = (field: string) => ({ map: [{ set: { [named(field)]: { value: 1 } } }] })
  const sentence = (start: string) => codeIn(new RegExp(`^${start}([^]*?)\\. (These|Match)`, 'm').exec(byHand)?.[1] ?? '')

  test.each<[string, (field: string) => object, readonly string[]]>([
    ['conditions', asCondition, sentence('A condition looks at one `field`:')],
    ['sources', asSource, sentence('From:')],
    ['targets', asTarget, table(byHand, 'To').flatMap(([to = '']) => codeIn(to))],
    ['deep properties', asCondition, ['props.a.b.c.d']],
  ])('%s on the page are taken', (_what, mapping, fields) => {
    expect(fields.length).toBeGreaterThan(0)
    for (const field of fields) expect(() => instanceOf(mapping(field)), field).not.toThrow()
  })

  test.each<[string, object]>([
    ['a match key in a condition', asCondition('user.email')],
    ['an address in a condition', asCondition('context.ip')],
    ['a referrer in a condition', asCondition('referrer')],
    ['properties five levels deep', asCondition('props.a.b.c.d.e')],
    ['a match key as a source', asSource('user.email')],
    ['a cookie as a source', asSource('context.cookies._fbp')],
    ['another target', asTarget('event_id')],
    ['a name and a skip at once', { map: [{ name: 'Lead', skip: true }] }],
    ['an empty list of events', { events: [] }],
  ])('%s is a fault', (_what, mapping) => {
    expect(() => instanceOf(mapping)).toThrow(/CONFIG_INVALID|fault/)
  })

  const members = table(byHand, 'Member').flatMap(([member = '']) => codeIn(member))
  test('the members of a condition', () => {
    const conditions = { is: 1, in: [1], not_in: [1], min: 1, max: 1 }
    expect(members).toEqual(Object.keys(conditions))
    expect(() => instanceOf({ map: [{ when: [{ field: 'value', ...conditions }], skip: true }] })).not.toThrow()
  })
})

describe('how long a text may be that a rule sets', () => {
  const limits = table(byHand, 'To').flatMap(([to = '', words = '']) => {
    const most = /(\d+) characters/.exec(words)?.[1]
    return most ? [{ to: codeIn(to)[0]!.replace('NAME', 'plan'), most: Number(most) }] : []
  })
  test('four of them have a limit', () => expect(limits).toHaveLength(4))
  test.each(limits)('$to: $most', ({ to, most }) => {
    const isRefused = (chars: number) => {
      const settings = instanceOf({ map: [{ set: { [to]: 'props.text' } }] })
      const event = anEvent({ event: 'quiz_done', props: { text: 'x'.repeat(chars) } })
      const mapped = mapFor(destinations.meta, event, settings, event.event_time)
      if ('skip' in mapped) throw new Error(mapped.detail)
      return mapped.warnings.some(({ field, message }) => field === to && message.startsWith('What the settings map'))
    }
    expect([most - 1, most, most + 1].map(isRefused)).toEqual([false, false, true])
  })
})
