import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonicalNames } from '../../shared/names.ts'
import { languageFaults, needed, readTemplate, runScenario, sectionOrder, type Parameter } from './sandbox.ts'

const read = (name: string) => readFileSync(path.join(import.meta.dirname, '../../client/gtm', name), 'utf8')
const templates = ['tag.tpl', 'event-id.tpl'].map((name) => [name, readTemplate(read(name))] as const)
const [[, tag], [, eventId]] = templates as [(typeof templates)[0], (typeof templates)[0]]

const allParameters = (list: readonly Parameter[]): Parameter[] =>
  list.flatMap((one) => [one, ...allParameters(one.subParams ?? [])])
const required = (code: string) => [...code.matchAll(/require\('(\w+)'\)/g)].map(([, name]) => name!)

describe.each(templates)('%s', (_name, template) => {
  test('has Google’s sections in Google’s order', () => {
    expect(Object.keys(template.sections)).toEqual(sectionOrder)
    expect(template.sections.TERMS_OF_SERVICE).toContain('https://developers.google.com/tag-manager/gallery-tos')
    expect(template.info).toMatchObject({ id: 'cvt_temp_public_id', version: 1, containerContexts: ['WEB'] })
  })

  test('is written in what the sandbox understands', () => {
    expect(languageFaults(template.code)).toEqual([])
  })

  test('asks for the permissions it uses and no other', () => {
    const used = required(template.code).flatMap((api) => needed[api]?.[0] || [])
    expect(Object.keys(template.permissions).sort()).toEqual([...new Set(used)].sort())
  })

  test('reads fields it has, and has fields it reads', () => {
    const fields = allParameters(template.parameters)
      .filter(({ type }) => type !== 'GROUP')
      .map(({ name }) => name)
    const used = [...template.code.matchAll(/\bdata\.(\w+)/g)].map(([, name]) => name!)
    const given = ['gtmOnSuccess', 'gtmOnFailure', 'gtmEventId']
    expect([...new Set(used)].filter((name) => !given.includes(name)).sort()).toEqual(fields.sort())
  })

  test('keeps its lists in step: no key, consent type or host is permitted that its code never names', () => {
    const { access_globals, read_data_layer, access_consent } = template.permissions
    const named = [
      ...((access_globals?.keys ?? []) as { key: string }[]).map(({ key }) => key),
      ...((read_data_layer?.keyPatterns ?? []) as string[]),
      ...((access_consent?.consentTypes ?? []) as { consentType: string }[]).map(({ consentType }) => consentType),
    ]
    for (const name of named) expect(template.code).toContain(`'${name}'`)
  })

  test.each(template.scenarios.map(({ name, code }) => [name, code]))('%s', (_scenario, code) => {
    expect(() => runScenario(template, code)).not.toThrow()
  })
})

test('the standard names are ours', () => {
  const names = allParameters(tag.parameters).find(({ name }) => name === 'standardName')
  expect(names?.selectItems?.map(({ value }) => value)).toEqual(canonicalNames)
})

describe('the sandbox of these tests', () => {
  const scenario = (start: string) => tag.scenarios.find(({ name }) => name.startsWith(start))!.code
  test.each([
    ['access_globals', 'The queue'],
    ['inject_script', 'The queue'],
    ['read_data_layer', 'Inherit'],
    ['access_consent', 'Consent is'],
    ['get_url', 'The queue'],
    ['access_template_storage', 'The queue'],
    ['logging', 'The console'],
  ])('refuses what is outside %s', (permission, name) => {
    const { [permission]: _taken, ...permissions } = tag.permissions
    expect(() => runScenario({ ...tag, permissions }, scenario(name))).toThrow(permission)
  })

  test('refuses a part of the address that is not asked for', () => {
    const permissions = { ...tag.permissions, get_url: { urlParts: 'specific', path: true } }
    expect(() => runScenario({ ...tag, permissions }, scenario('The queue'))).toThrow('get_url')
  })

  test.each(['ad_storage', 'ad_user_data', 'ad_personalization'])('refuses to ask for %s unpermitted', (type) => {
    const consentTypes = (tag.permissions.access_consent!.consentTypes as { consentType: string }[]).filter(
      ({ consentType }) => consentType !== type,
    )
    const permissions = { ...tag.permissions, access_consent: { consentTypes } }
    expect(() => runScenario({ ...tag, permissions }, scenario('Consent is'))).toThrow(type)
  })

  test('sees an answer given twice', () => {
    const code = tag.code.replace('if (!isAnswered)', 'if (true)')
    expect(() => runScenario({ ...tag, code }, scenario('Success is'))).toThrow('answered twice')
  })

  test('refuses a script from elsewhere', () => {
    const permissions = { ...tag.permissions, inject_script: { urls: ['https://www.example.com/q.js*'] } }
    expect(() => runScenario({ ...tag, permissions }, scenario('The queue'))).toThrow('injectScript')
  })

  test.each([
    ['a value', "assertThat(runCode(settings)).isEqualTo('x')"],
    ['a call that was not made', "assertApi('getTimestampMillis').wasCalled()"],
    ['an API that there is not', "mock('sendPixel', 1); runCode(settings); assertApi('sendPixel').wasCalledWith(1)"],
  ])('sees that it is wrong: %s', (_name, code) => {
    expect(() => runScenario(eventId, code)).toThrow()
  })

  test.each(['new Thing()', 'window.x', 'a?.b', 'a ?? b', '[...a]', '`x`', 'this.x', 'Math.random()'])(
    'knows that it lacks %s',
    (code) => {
      expect(languageFaults(code)).toHaveLength(1)
    },
  )
})
