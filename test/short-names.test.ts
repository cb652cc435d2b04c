import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

type Letters = Readonly<Record<string, string>>
interface Scanned {
  readonly names: readonly string[]
  readonly ordered: readonly { readonly index?: number }[]
}
interface ShortNames {
  readonly letters: readonly string[]
  readonly scan: (code: string, module: boolean, members: Letters) => Scanned
  readonly giveNames: (scanned: Scanned, wishes: Letters) => string[]
  readonly rename: (scanned: Scanned, given: readonly string[], members: Letters) => string
  readonly readLetters: () => { readonly members: Letters; readonly variables: Letters }
}
interface Builds {
  readonly scriptOf: (name: string, keep: (step: { readonly name: string }) => boolean) => Promise<string>
}
// Build scripts are plain JavaScript.
const load = async <T>(file: string) => (await import(`../.ci/${file}.mjs`)) as T
const { letters, scan, giveNames, rename, readLetters } = await load<ShortNames>('short-names')

const shorten = (code: string, wishes: Letters = {}, members: Letters = {}, module = false): string => {
  const scanned = scan(code, module, members)
  return rename(scanned, giveNames(scanned, wishes), members)
}

describe.each([
  ['parameters', '(function (one, two) { return one - two })(5, 2)', 3],
  ['a variable within another’s function', '(one => (two => one + two)(3))(4)', 7],
  ['one that hides another', '(one => { { let one = 2; one++ } return one })(1)', 1],
  ['a use before the text of it', '(() => { const get = () => late; const late = 3; return get() })()', 3],
  ['defaults that look at each other', '((one, two = one * 2, three = () => one + two) => three())(3)', 9],
  [
    'members taken out of an object',
    '(({ one, two: other, three = one, ...more }) => [one, other, three, more])({ one: 1, two: 2, four: 4 })',
    [1, 2, 1, { four: 4 }],
  ],
  ['members put into an object', '((one, two) => ({ one, two: one, [two]: two }))(1, "k")', { one: 1, two: 1, k: 'k' }],
  [
    'assignment to such members',
    '(() => { let one, two; ({ one, two = 7 } = { one: 1 }); return [one, two] })()',
    [1, 7],
  ],
  ['a caught error', '(() => { const one = 1; try { throw 2 } catch (caught) { return caught + one } })()', 3],
  [
    'a function that knows its own name',
    '(function down(count) { return count ? down(count - 1) : "done" })(3)',
    'done',
  ],
  [
    'loops',
    '(list => { let sum = 0; for (const one of list) for (let at = 0; at < one; at++) sum += at; return sum })([3, 4])',
    9,
  ],
  ['names of the page', '((value, list) => Math.max(Number(value), ...list))("4", [2])', 4],
  [
    'a label and a member of the same name',
    '(one => { one: for (;;) { break one } return { one: 2 }.one + one })(1)',
    3,
  ],
  ['arguments', '(function (one) { arguments[0] = 9; return [arguments.length, one] })(1)', [1, 9]],
  [
    'many variables of one function',
    `(() => { ${Array.from({ length: 80 }, (_, at) => `let name${at} = ${at}`).join(';')}; return [${Array.from({ length: 80 }, (_, at) => `name${at}`).join()}] })()`,
    Array.from({ length: 80 }, (_, at) => at),
  ],
])('short names: %s', (_what, code, answer) => {
  const all = (letter: string) => Object.fromEntries(scan(code, false, {}).names.map((name) => [name, letter]))
  test.each([
    ['without wishes', {}],
    ['all wish for one letter', all('a')],
    ['all wish for a name of the page', all('Math')],
  ])('%s', (_wishes, wishes) => {
    expect(runInNewContext(code)).toEqual(answer)
    expect(runInNewContext(shorten(code, wishes))).toEqual(answer)
  })
})

test('a wish is granted wherever it hides nobody', () => {
  expect(shorten('(event => (other => event(other)))', { event: 'e', other: 'e' })).toBe('(e => (l => e(l)))')
  expect(shorten('[event => event, event => event.event]', { event: 'e' })).toBe('[e => e, e => e.event]')
})

test('own members have their letters, others and texts keep their names', () => {
  const members = { cameFrom: 'f', told: 't' }
  expect(shorten('(kit => (kit.cameFrom = kit.event, { told: kit["told"], cameFrom() {} }))', {}, members)).toBe(
    '(l => (l.f = l.event, { t: l["told"], f() {} }))',
  )
  expect(shorten('(({ told, cameFrom: where, event }) => told + where + event)', { told: 't' }, members)).toBe(
    '(({ t, f: l, event:a }) => t + l + a)',
  )
})

test('what a module gives away keeps its name outside', () => {
  expect(shorten('let one = 1, two = one; export { one, two as other }', {}, {}, true)).toBe(
    'let l = 1, a = l; export { l as one, a as other }',
  )
})

describe('the pixel', () => {
  let code = ''
  beforeAll(async () => {
    const { scriptOf } = await load<Builds>('pixel-builds')
    code = await scriptOf('index-usual', ({ name }) => name !== 'short-names')
  })

  test('whatever is wished for, each place means the variable it meant', () => {
    const { members } = readLetters()
    const before = scan(code, true, members)
    const meant = before.ordered.filter(({ index }) => index !== undefined).map(({ index }) => index)
    const wishes = fc.dictionary(fc.constantFrom(...before.names), fc.constantFrom(...letters), { minKeys: 20 })
    fc.assert(
      fc.property(wishes, (wished) => {
        const after = scan(rename(before, giveNames(before, wished), members), true, {})
        expect(after.ordered.map(({ index }) => index)).toEqual(meant)
      }),
      { numRuns: 25, seed: 5 },
    )
  })

  test('the letters of members are each of its own', () => {
    const given = Object.values(readLetters().members)
    expect(new Set(given).size).toBe(given.length)
  })
})
