import { describe, expect, test } from 'vitest'
import { isOn, ruleNames, usualAlerts, type AlertSettings } from '../../server/alerts/settings.ts'
import { checkTitles } from '../../server/doctor/check.ts'
import { families } from '../../server/metrics/families.ts'
import { createProcessFamilies } from '../../server/metrics/process.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { codeIn, jsonBlocks, readFile, section, table } from './pages.ts'

describe('docs/metrics.md', () => {
  const page = readFile('docs/metrics.md')
  const rows = ['### Since the process started', '### Since the store was created', '### At this moment'].flatMap(
    (heading) => table(section(page, heading), 'Metric'),
  )
  const documented = new Map(
    rows.flatMap(([metric = '', labels = '']) => codeIn(metric).map((name) => [name, codeIn(labels)] as const)),
  )
  const own = createProcessFamilies()
  own.stop()
  const more = [
    { name: 'alerts_firing', labels: ['rule'] },
    { name: 'alert_posts_total', labels: ['result'] },
  ]
  const inCode = [...families, ...own.families, ...more]

  test('has every metric, and no other', () => {
    expect([...documented.keys()].sort()).toEqual(inCode.map(({ name }) => name).sort())
  })

  test.each(inCode.map(({ name, labels }) => ({ name, labels })))('$name has these labels', ({ name, labels }) => {
    expect(documented.get(name)).toEqual(labels)
  })
})

describe('docs/alerts.md', () => {
  const page = readFile('docs/alerts.md')
  const rows = table(section(page, '## What is told'), 'Rule')

  test('has every rule, in order', () => {
    expect(rows.map(([rule = '']) => codeIn(rule)[0])).toEqual(ruleNames)
  })

  test('the settings it shows are the usual ones, and false switches each off', () => {
    const settings = rows.map(([, , , setting = '']) => codeIn(setting) as readonly [string, string])
    const of = (values: readonly (readonly [string, unknown])[]): AlertSettings =>
      checkTree({ url: 'https://www.shop.example', alerts: Object.fromEntries(values) }).alerts!
    expect(of(settings.map(([key, value]) => [key, JSON.parse(value)]))).toEqual(usualAlerts)
    const off = of(settings.map(([key]) => [key, false]))
    expect(ruleNames.filter((rule) => isOn(rule, off))).toEqual([])
  })

  test('its example is taken', () => {
    const [tree] = jsonBlocks(page, 'json settings')
    expect(checkTree(tree as Record<string, unknown>).alerts?.webhooks).toHaveLength(1)
  })
})

test('docs/doctor.md has every check, in order', () => {
  const rows = table(section(readFile('docs/doctor.md'), '## What is looked at'), 'Check')
  expect(rows.map(([check = '']) => codeIn(check)[0])).toEqual(Object.keys(checkTitles))
})
