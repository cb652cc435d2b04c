import { describe, expect, test } from 'vitest'
import { brief, find, type Platform } from './findings.ts'
import { accounts } from './send.ts'

/** What happens to any value between a platform's page and the settings; `value` is a good one. */
const slips: readonly (readonly [what: string, slip: (value: string) => string])[] = [
  ['the word Bearer', (value) => `Bearer ${value}`],
  ['the same in lower case', (value) => `bearer ${value}`],
  ['a whole header', (value) => `Authorization: Bearer ${value}`],
  ['quotation marks', (value) => `"${value}"`],
  ['single ones', (value) => `'${value}'`],
  ['curly ones', (value) => `“${value}”`],
  ['an apostrophe left over', (value) => `${value}'`],
  ['stars alone', () => '***'],
  ['a part behind stars', (value) => `${value}****`],
  ['stars in the middle', (value) => half(value, '***')],
  ['a part behind three dots', (value) => half(value, '...')],
  ['a part behind one character', (value) => `${value.slice(0, 8)}…`],
  ['bullets', () => '••••••••'],
  ['a part behind bullets', (value) => `••••••${value.slice(-4)}`],
  ['a placeholder in brackets', () => '<token>'],
  ['a placeholder in other brackets', () => '{{ PIXEL }}'],
  ['a placeholder', () => 'YOUR_ACCESS_TOKEN'],
  ['a placeholder of the examples', () => 'PASTE_THE_TOKEN'],
  ['the name of the setting', () => 'PIXEL_ID'],
  ['the name of the other setting', () => 'access_token'],
  ['a word in its place', () => 'change-me'],
  ['a word of one’s own', () => 'my-pixel'],
  ['crosses', () => 'xxxxxxxx'],
  ['a whole address', (value) => `https://tr.platform.example/v3/x/events?access_token=${value}`],
  ['a piece of the snippet', (value) => `https://www.platform.example/pixel.js?pixel_id=${value}`],
  ['the end of an address', (value) => `x?access_token=${value}`],
  ['its variable before it', (value) => `META_ACCESS_TOKEN=${value}`],
  ['its name before it', (value) => `Pixel ID: ${value}`],
  ['a space inside', (value) => half(value, ' ')],
  ['a line break inside', (value) => half(value, '\n')],
  ['a space of another kind inside', (value) => half(value, '\u00a0')],
  ['twice, with a space between', (value) => `${value} ${value}`],
  ['words', () => 'my shop'],
  ['as in an address', (value) => `${value}%2B`],
  ['a character that nobody sees', (value) => `${value}\u200b`],
  ['a letter of another alphabet', (value) => `${value}е`],
  ['a letter with an accent', (value) => `${value}é`],
]
const half = (value: string, between: string): string => value.slice(0, 5) + between + value.slice(5)

const fields = Object.keys(accounts).flatMap((name) =>
  (['pixel_id', 'access_token'] as const).map((field) => [name as Platform, field] as const),
)

describe.each(fields)('%s: a pasted %s', (name, field) => {
  const own = accounts[name][field]

  test.each(slips)('%s', (_what, slip) => {
    expect(brief(name, { [field]: slip(own) })).toEqual([`wrong ${field} paste`])
    expect(find(name, { [field]: slip(own) })[0]?.message).toMatch(/^The (pixel ID|access token) (is|has|was) /)
  })

  test.each([[''], ['  '], ['\n']])('nothing: %j is looked for where it is', (text) => {
    expect(brief(name, { [field]: text })).toEqual([`wrong ${field} ${field === 'pixel_id' ? 'pixel_id' : 'token'}`])
  })

  test.each([[` ${own}`], [`${own}\r\n`], [` ${own}\n`]])('white space around it works, and is told: %j', (text) => {
    expect(brief(name, { [field]: text })).toEqual([`odd ${field} paste`])
  })

  test('white space around it does not hide what is wrong', () => {
    expect(brief(name, { [field]: ` "${own}" ` })).toEqual([`wrong ${field} paste`, `odd ${field} paste`])
  })
})

test('what ends in an equals sign has no name before it', () => {
  expect(brief('reddit', { test_id: 'dGVzdA==', test_until: 1 })).toEqual([])
})

test.each<[Platform, string]>([
  ['meta', `EAA${'x'.repeat(60)}`],
  ['reddit', 's'.repeat(23)],
  ['reddit', `eyJ${'x'.repeat(60)}`],
  ['snapchat', 's'.repeat(99)],
  ['snapchat', 's'.repeat(49)],
])('%s: how long a token is may be told', (name, access_token) => {
  const [{ message, fix } = { message: '', fix: '' }] = find(name, { access_token })
  expect(message).toContain(`${access_token.length} characters`)
  expect(message + fix).not.toMatch(/xxxx|ssss/)
})
