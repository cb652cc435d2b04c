import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../shared/errors.ts'
import { reasons } from '../../shared/reasons.ts'
import { codeIn, readFile, root, section, table } from './pages.ts'

const page = readFile('docs/errors.md')
const codes = table(section(page, '## Codes'), 'Code').map(([code = '', answer = '']) => ({
  code: codeIn(code)[0]!,
  answer,
}))

const serverCode = readdirSync(path.join(root, 'server'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('simulator'))
  .map((name) => readFile(`server/${name}`))
  .join('\n')

describe('codes', () => {
  test('the page has every code, in order, and no other', () => {
    expect(codes.map(({ code }) => code)).toEqual(errorCodes)
  })

  test('the HTTP statuses are those of the code', () => {
    const inCode = Array.from(serverCode.matchAll(/status: (\d{3}),\s*code: '([A-Z0-9_]+)'/g), ([, status, code]) =>
      [code!, status!].join(' '),
    )
    const onPage = codes.flatMap(({ code, answer }) => (answer.match(/\b[45]\d\d\b/g) ?? []).map((n) => `${code} ${n}`))
    expect(onPage.sort()).toEqual([...new Set(inCode)].sort())
  })

  test('the exit codes are those of the command', () => {
    const text = /exitCodes[^{]*(\{[^}]*\})/.exec(readFile('server/cli/main.ts'))?.[1] ?? ''
    const inCode = Array.from(text.matchAll(/([A-Z0-9_]+): (\d+)/g), ([, code, exit]) => `${code!} ${exit!}`)
    const onPage = codes.flatMap(({ code, answer }) => {
      const exit = /exit (\d+)/.exec(answer)?.[1]
      return exit === undefined || exit === '70' ? [] : [`${code} ${exit}`] // 70 is what is not in the table
    })
    expect(onPage.sort()).toEqual(inCode.sort())
  })
})

test('the page has every reason, in order, with whether it opens again', () => {
  const rows = table(section(page, '## Reasons'), 'Reason')
  expect(rows.map(([reason = '', opens]) => [codeIn(reason)[0], opens])).toEqual(
    Object.entries(reasons).map(([reason, { reopens }]) => [reason, reopens ? 'yes' : 'no']),
  )
})

test.each(
  table(section(page, '## Reasons'), 'Reason').flatMap(([reason = '', , meaning = '']) =>
    meaning.includes('Not given so far') ? codeIn(reason) : [],
  ),
)('nothing gives the reason %s so far', (reason) => {
  expect(serverCode).not.toMatch(new RegExp(`(reason|skip|suppressed): '${reason}'`))
})
