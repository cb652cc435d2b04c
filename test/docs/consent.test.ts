import { expect, test } from 'vitest'
import * as z from 'zod'
import { oneSite } from '../../server/settings/schema.ts'
import { reasons } from '../../shared/reasons.ts'
import { codeIn, readFile, section, table } from './pages.ts'

const page = readFile('docs/consent.md')

test('the modes are those of the setting', () => {
  const rows = table(section(page, '## Who says yes'), '`consent`')
  const { properties } = z.toJSONSchema(oneSite, { io: 'input', unrepresentable: 'any' }) as {
    properties: Record<string, { enum?: string[] }>
  }
  expect(rows.flatMap(([mode = '']) => codeIn(mode))).toEqual(properties.consent?.enum)
})

test('the reason it names is one', () => {
  expect(Object.keys(reasons)).toContain('consent_unknown')
  expect(section(page, '## What the collector does')).toContain('`consent_unknown`')
})
