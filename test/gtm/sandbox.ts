import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'

/** Google's order of a template's sections. */
export const sectionOrder = [
  'TERMS_OF_SERVICE',
  'INFO',
  'TEMPLATE_PARAMETERS',
  'SANDBOXED_JS_FOR_WEB_TEMPLATE',
  'WEB_PERMISSIONS',
  'TESTS',
  'NOTES',
]

type Typed =
  | { type: 1; string: string }
  | { type: 2; listItem: Typed[] }
  | { type: 3; mapKey: Typed[]; mapValue: Typed[] }
  | { type: 8; boolean: boolean }
type Plain = string | boolean | Plain[] | { [key: string]: Plain }
export type Permissions = Readonly<Record<string, Readonly<Record<string, Plain>>>>
type Fn = (...args: unknown[]) => unknown

export interface Template {
  readonly sections: Readonly<Record<string, string>>
  readonly info: Readonly<Record<string, unknown>>
  readonly parameters: readonly Parameter[]
  readonly code: string
  readonly permissions: Permissions
  readonly scenarios: readonly { readonly name: string; readonly code: string }[]
  readonly setup: string
}
export interface Parameter {
  readonly type: string
  readonly name: string
  readonly defaultValue?: unknown
  readonly subParams?: readonly Parameter[]
  readonly selectItems?: readonly { readonly value: string }[]
}

const plain = (value: Typed): Plain =>
  value.type === 1
    ? value.string
    : value.type === 8
      ? value.boolean
      : value.type === 2
        ? value.listItem.map(plain)
        : Object.fromEntries(value.mapKey.map((key, at) => [plain(key) as string, plain(value.mapValue[at]!)]))

/** A template file, taken apart. */
export function readTemplate(text: string): Template {
  const [, ...parts] = text.split(/^___([A-Z_]+)___$/m)
  const sections: Record<string, string> = {}
  for (let at = 0; at < parts.length; at += 2) sections[parts[at]!] = parts[at + 1]!.trim()
  const granted = JSON.parse(sections.WEB_PERMISSIONS!) as {
    instance: { key: { publicId: string }; param: { key: string; value: Typed }[] }
  }[]
  const tests = parse(sections.TESTS!) as Pick<Template, 'scenarios' | 'setup'>
  return {
    sections,
    info: JSON.parse(sections.INFO!) as Template['info'],
    parameters: JSON.parse(sections.TEMPLATE_PARAMETERS!) as Parameter[],
    code: sections.SANDBOXED_JS_FOR_WEB_TEMPLATE!,
    permissions: Object.fromEntries(
      granted.map(({ instance: { key, param } }) => [
        key.publicId,
        Object.fromEntries(param.map(({ key: name, value }) => [name, plain(value)])),
      ]),
    ),
    ...tests,
  }
}

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : value instanceof RegExp ? 'regex' : typeof value

/** APIs that ask for nothing. All others have to be mocked. */
const free: Readonly<Record<string, Fn>> = {
  getType: typeOf,
  makeString: String,
  encodeUriComponent: (text) => encodeURIComponent(text as string),
  createRegex: (source) => new RegExp(source as string),
  testRegex: (regex, text) => (regex as RegExp).test(text as string),
  makeTableMap: (rows, key, value) =>
    Object.fromEntries(
      (rows as Record<string, unknown>[]).map((row): [string, unknown] => [
        row[key as string] as string,
        row[value as string],
      ]),
    ),
}

const listed = (permission: Permissions[string] | undefined, list: string): Plain[] =>
  (permission?.[list] as Plain[] | undefined) ?? []
const mayTouch = (all: Permissions, key: unknown, ...ways: string[]): boolean =>
  listed(all.access_globals, 'keys').some((entry) => {
    const rights = entry as Record<string, Plain>
    return rights.key === key && ways.every((way) => rights[way] === true)
  })
const mayAsk = (all: Permissions, type: unknown): boolean =>
  listed(all.access_consent, 'consentTypes').some((entry) => {
    const rights = entry as Record<string, Plain>
    return rights.consentType === type && rights.read === true
  })
const fits = (pattern: string, url: unknown): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.?+^$()[\]{}|\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(url as string)

/** API → the permission it needs, and whether that covers a call. */
export const needed: Readonly<Record<string, readonly [string, (all: Permissions, args: unknown[]) => boolean]>> = {
  copyFromWindow: ['access_globals', (all, [key]) => mayTouch(all, key, 'read')],
  createArgumentsQueue: [
    'access_globals',
    (all, [fn, list]) => mayTouch(all, fn, 'read', 'write', 'execute') && mayTouch(all, list, 'read', 'write'),
  ],
  injectScript: [
    'inject_script',
    (all, [url]) => listed(all.inject_script, 'urls').some((one) => fits(one as string, url)),
  ],
  copyFromDataLayer: [
    'read_data_layer',
    (all, [key]) => listed(all.read_data_layer, 'keyPatterns').includes(key as string),
  ],
  isConsentGranted: ['access_consent', (all, [type]) => mayAsk(all, type)],
  addConsentListener: ['access_consent', (all, [type]) => mayAsk(all, type)],
  getUrl: ['get_url', (all, [part]) => all.get_url?.urlParts === 'any' || all.get_url?.[part as string] === true],
  templateStorage: ['access_template_storage', (all) => 'access_template_storage' in all],
  logToConsole: ['logging', (all) => 'logging' in all],
  generateRandom: ['', () => true],
  getTimestampMillis: ['', () => true],
}

/** What the sandbox's JavaScript lacks, as far as it can be seen in the text. */
export const languageFaults = (code: string): string[] =>
  [
    ...[/\bnew\b/, /\bthis\b/, /\bwindow\b/, /\bdocument\b/, /\bclass\b/, /\basync\b|\bawait\b/, /\bDate\b|\bMath\b/],
    ...[/`/, /\.\.\./, /\?\?/, /\?\./, /=> \(\{|\{ [\w, ]+ \} =/],
  ]
    .filter((fault) => fault.test(code.replace(/\/\/.*|'[^'\n]*'/g, '')))
    .map(String)

/** The sandbox's `require` over these APIs: it refuses what the template has no permission for. */
export const requireOf =
  (
    template: Template,
    find: (name: string) => unknown,
    note: (name: string, args: unknown[]) => void = () => undefined,
  ): Fn =>
  (given) => {
    const name = given as string
    if (!(name in needed) && !(name in free)) throw new Error(`the sandbox has no ${name}`)
    const guard = (args: unknown[]): void => {
      const [permission, covers] = needed[name] ?? []
      if (covers && !covers(template.permissions, args))
        throw new Error(`${name}(${String(args[0])}) is outside ${permission!}`)
    }
    const found = find(name) ?? free[name]
    if (found === undefined) throw new Error(`${name} is not mocked`)
    if (typeof found === 'object') return (guard([]), found)
    return (...args: unknown[]) => {
      guard(args)
      note(name, args)
      return typeof found === 'function' ? (found as Fn)(...args) : found
    }
  }

/** A template's code as a function of `require` and `data`. */
export const compileCode = (template: Template): Fn => compile(['require', 'data'], template.code)

/** Runs one scenario as the template editor does; throws where an assertion fails or a permission is missing. */
export function runScenario(template: Template, code: string): void {
  const mocks: Record<string, unknown> = {}
  const calls: Record<string, unknown[][]> = {}
  const called = (name: string): unknown[][] => (calls[name] ??= [])
  const api = requireOf(
    template,
    (name) => mocks[name],
    (name, args) => called(name).push(args),
  )
  const body = compileCode(template)
  const runCode = (data: object = {}): unknown => {
    let answers = 0
    const callback =
      (name: string): Fn =>
      (...args) => {
        called(name).push(args)
        // The container takes one answer of each run of a tag.
        if (++answers > 1) throw new Error(`the tag has answered twice, the second time by ${name}`)
      }
    return body(api, { gtmOnSuccess: callback('gtmOnSuccess'), gtmOnFailure: callback('gtmOnFailure'), ...data })
  }
  const assert = (holds: boolean, words: string): void => {
    if (!holds) throw new Error(words)
  }
  const shown = (value: unknown): string => JSON.stringify(value) ?? String(value)
  const assertApi = (name: string) => ({
    wasCalled: () => assert(called(name).length > 0, `${name} was not called`),
    wasNotCalled: () => assert(!called(name).length, `${name} was called with ${shown(calls[name])}`),
    wasCalledWith: (...args: unknown[]) =>
      assert(
        called(name).some((given) => isDeepStrictEqual(given, args)),
        `${name} was called with ${shown(calls[name])}, not ${shown(args)}`,
      ),
  })
  const assertThat = (value: unknown) => ({
    isEqualTo: (other: unknown) => assert(isDeepStrictEqual(value, other), `${shown(value)} is not ${shown(other)}`),
    isNotEqualTo: (other: unknown) => assert(!isDeepStrictEqual(value, other), `${shown(value)} is both`),
    isUndefined: () => assert(value === undefined, `${shown(value)} is defined`),
  })
  const mock = (name: string, by: unknown): void => void (mocks[name] = by)
  compile(
    ['runCode', 'mock', 'mockObject', 'assertApi', 'assertThat'],
    `${template.setup}\n${code}`,
  )(...[runCode, mock, mock, assertApi, assertThat])
}

/** As strict code without the page's globals. */
const compile = (names: string[], code: string): Fn =>
  // A template's code is text by nature; this is what the sandbox does with it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function(...names, `'use strict'\n${code}`) as Fn
