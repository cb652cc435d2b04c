import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { snippet } from '../../client/snippet.ts'
import { mostAtOnce } from '../../server/deliver/batch-size.ts'
import { destinations } from '../../server/destinations/index.ts'
import { defaultPartner, versions } from '../../server/destinations/meta/rules.ts'
import { pairWords } from '../../server/dashboard/page/words.ts'
import { readEnvironment } from '../../server/settings/environment.ts'
import { manySites, oneSite } from '../../server/settings/schema.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { holdFor } from '../../server/site.ts'
import { canonicalNames, platformNames, standardName } from '../../shared/names.ts'
import { parseEvent } from '../../shared/parse-event.ts'
import { blocks, codeIn, jsonBlocks, readFile, section, table } from './pages.ts'

const page = readFile('README.md')

interface JsonSchema {
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
}

/** Setting → what the schema says of it; what a person names himself is `*`. */
function settingsOf(schema: JsonSchema, path: readonly string[] = []): readonly (readonly [string, JsonSchema])[] {
  const { properties, additionalProperties: named } = schema
  if (properties) return Object.entries(properties).flatMap(([name, inner]) => settingsOf(inner, [...path, name]))
  if (typeof named === 'object') return settingsOf(named, [...path, '*'])
  return [[path.join('.'), schema]]
}

const asSchema = (schema: z.ZodType): readonly (readonly [string, JsonSchema])[] =>
  settingsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema)

describe('the settings table', () => {
  const inCode = new Map(asSchema(oneSite))
  const rows = table(section(page, '## Settings'), 'Setting').map(([setting = '', variable = '', byDefault = '']) => ({
    setting: codeIn(setting)[0]!.replace(/\b[A-Z]+\b/g, '*'),
    variables: codeIn(variable),
    byDefault,
  }))

  test('has every key of the schema, and no other', () => {
    expect(rows.map(({ setting }) => setting).sort()).toEqual([...inCode.keys(), 'sites.*'].sort())
  })

  test('a site among several takes the keys of one site alone, as the row of `sites` says', () => {
    const ofSites = asSchema(manySites).map(([setting]) => setting)
    const ofOne = [...inCode.keys()]
    const shared = ofSites.filter((setting) => !setting.startsWith('sites.'))
    const own = ofSites.flatMap((setting) => (setting.startsWith('sites.*.') ? [setting.slice(8)] : []))
    expect([...shared, ...own].sort()).toEqual([...ofOne].sort())
    const order = rows.map(({ setting }) => setting)
    expect(order.slice(order.indexOf('sites.*') + 1).sort()).toEqual(own.sort())
  })

  test.each(rows.filter(({ setting }) => inCode.get(setting)?.default !== undefined))(
    'the default of $setting is the schema’s',
    ({ setting, byDefault }) => {
      const value = inCode.get(setting)?.default
      expect(byDefault).toBe(`\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)
    },
  )

  const defaultOf = (setting: string) => rows.find((row) => row.setting === setting)?.byDefault
  test('defaults that stand elsewhere in the code', () => {
    const settings = checkTree({ destinations: { meta: { pixel_id: '1', access_token: 't' } } })
    const [site] = settings.sites
    expect(defaultOf('hold.*')).toBe(`${holdFor(site!, site!.instances[0]!, 'purchase') / 1000} s`)
    expect(defaultOf('destinations.*.api_version')).toContain(`${versions.usual} Meta`)
    expect(defaultOf('destinations.*.partner')).toBe(`\`${defaultPartner}\` at Meta`)
    const { meta, reddit, snapchat } = destinations
    expect(defaultOf('destinations.*.batch_size')).toBe(
      `${meta.limits.batch.usual} Meta, ${reddit.limits.batch.usual} Reddit, ${snapchat.limits.batch.usual} Snapchat; up to ${mostAtOnce} while more waits`,
    )
  })

  const documented = rows.flatMap(({ setting, variables }) => variables.map((variable) => ({ setting, variable })))
  test.each(documented)('$variable sets $setting', ({ setting, variable }) => {
    const { tree, faults } = readEnvironment({ [variable]: '1' })
    expect(faults).toEqual([])
    const paths = leavesOf(tree)
    expect(paths).toHaveLength(1)
    const pattern = setting.split('.').map((part) => (part === '*' ? '[a-z]+' : part))
    expect(paths[0]).toMatch(new RegExp(`^${pattern.join('\\.')}$`))
  })

  test('no variable is missing', () => {
    const spelled = readFile('server/settings/environment.ts').match(/\bPAIRPIXEL_[A-Z_]+[A-Z]\b/g) ?? []
    const keys = asSchema(oneSite).flatMap(([setting]) => /^destinations\.\*\.(\w+)/.exec(setting)?.[1] ?? [])
    const possible = platformNames.flatMap((platform) => keys.map((key) => `${platform}_${key}`.toUpperCase()))
    const taken = [...new Set([...spelled, ...possible])].filter(
      (name) => leavesOf(readEnvironment({ [name]: '1' }).tree).length,
    )
    expect(documented.map(({ variable }) => variable).sort()).toEqual(taken.sort())
  })
})

function leavesOf(tree: object, path: readonly string[] = []): string[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, [...path, name])
      : [[...path, name].join('.')],
  )
}

describe('examples', () => {
  test.each(jsonBlocks(page, 'json settings'))('settings %# are taken', (tree) => {
    expect(checkTree(tree as Record<string, unknown>).sites.length).toBeGreaterThan(0)
  })

  test('the variables of the example make a site', () => {
    const block = blocks(page).find(({ text }) => text.includes('export PAIRPIXEL_URL'))
    const set = Array.from(block?.text.matchAll(/\b([A-Z_]+)=(\S+)/g) ?? [], ([, name, value]) => [name!, value!])
    const { tree, faults } = readEnvironment(
      Object.fromEntries(set.map(([name = '', value = '']) => [name.replace(/_FILE$/, ''), value])),
    )
    expect(faults).toEqual([])
    expect(checkTree(tree)).toMatchObject({
      listen: { host: '127.0.0.1', port: 8787 },
      trustProxy: ['127.0.0.1', '::1'],
      sites: [{ url: 'https://www.shop.example', instances: [{ name: 'meta' }] }],
    })
  })

  test('events in shell lines are read without a warning', () => {
    const events = blocks(page)
      .filter(({ label }) => label === 'sh')
      .flatMap(({ text }) => text.match(/'\{"event".*\}'/g) ?? [])
    expect(events.length).toBeGreaterThan(1)
    for (const text of events)
      expect(parseEvent(JSON.parse(text.slice(1, -1)), { now: 0, newId: () => 'new' })).toMatchObject({
        ok: true,
        warnings: [],
        event: { event: 'purchase', event_id: '1001' },
      })
  })

  test('the lines to paste are the pixel’s own', () => {
    expect(blocks(page).find(({ label }) => label === 'html')?.text.trim()).toBe(snippet('/_p/p.js'))
  })
})

test('the names of events at the platforms', () => {
  const rows = table(section(page, '## Destinations and what each receives'), 'Event')
  expect(rows).toEqual(
    canonicalNames.map((name) => [
      `\`${name}\``,
      ...platformNames.map((platform) => {
        const there = standardName(name, platform)
        return there ? `\`${there}\`` : '—'
      }),
    ]),
  )
})

test('the pair states', () => {
  const rows = table(section(page, '## The dashboard'), 'Pair state')
  expect(rows.flatMap(([state = '']) => codeIn(state))).toEqual(Object.keys(pairWords))
})
