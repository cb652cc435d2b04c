import { describe, expect, test } from 'vitest'
import { readClickIds } from '../../shared/click-ids.ts'
import { chooseFbc, clickOfFbc, isFbp, newFbp, subdomainIndex } from '../../shared/fbc.ts'
import { readVectors } from '../destinations/vectors.ts'

interface Input {
  readonly url: string | null
  readonly referrer: string | null
  readonly cookie: string | null
  readonly now_ms: number
  readonly subdomain_index: number
  readonly cookie_domain: string | null
}

const rows = readVectors('meta').fbc.map(({ id, kind, input, expect }) => ({
  id,
  kind,
  input: input as unknown as Input,
  want: expect,
}))
const clickIn = (url: string | null) => (url ? readClickIds(url).fbclid : undefined)

describe('published values', () => {
  test.each(rows.filter(({ kind }) => kind === 'fbc'))('$id fbc', ({ input, want }) => {
    const clicked = clickIn(input.url) ?? clickIn(input.referrer)
    const { fbc, isNew } = chooseFbc(input.cookie ?? undefined, clicked, input.now_ms, input.subdomain_index)
    expect({ fbc: fbc ?? null, set_cookie: isNew }).toEqual(want)
  })

  test.each(rows.filter(({ kind }) => kind === 'fbp'))('$id fbp', ({ input, want }) => {
    const keeps = isFbp(input.cookie ?? '')
    const fbp = keeps ? input.cookie : newFbp(input.now_ms, 0.999, input.subdomain_index)
    expect(!keeps).toBe(want.set_cookie)
    if (typeof want.fbp === 'string') expect(fbp).toBe(want.fbp)
    if (typeof want.fbp_pattern === 'string') expect(fbp).toMatch(new RegExp(want.fbp_pattern))
  })

  test.each(rows.filter(({ kind }) => kind === 'subdomain'))('$id sub-domain', ({ input, want }) => {
    expect(subdomainIndex(input.cookie_domain)).toBe(want.subdomain_index)
  })
})

test.each([
  ['the plain form', 'fb.1.123.AbC', 'AbC'],
  ['a short library token', 'fb.1.123.abc.AQ', 'abc'],
  ['an eight-character suffix', 'fb.1.123.abc.AQQCAQIB', 'abc'],
  ['another suffix', 'fb.1.123.abc.AZ', undefined],
  ['an empty suffix', 'fb.1.123.abc.', undefined],
  ['six parts', 'fb.1.123.abc.AQ.AQ', undefined],
  ['an empty click', 'fb.1.123.', undefined],
  ['another start', 'fc.1.123.abc', undefined],
  ['a time in words', 'fb.1.now.abc', undefined],
  ['nothing', '', undefined],
])('%s holds the click ID %s → %s', (_what, fbc, click) => {
  expect(clickOfFbc(fbc)).toBe(click)
})

test.each([
  ['a click that differs in case alone is another click', 'fb.1.5.ABC', 'abc', { fbc: 'fb.1.9.abc', isNew: true }],
  ['a malformed cookie gives way to a click', 'fb.x.5.ABC', 'ABC', { fbc: 'fb.1.9.ABC', isNew: true }],
  ['the same click keeps its time', 'fb.2.5.ABC', 'ABC', { fbc: 'fb.2.5.ABC', isNew: false }],
  ['no cookie and no click is nothing', undefined, undefined, { isNew: false }],
])('%s', (_what, stored, clicked, choice) => {
  expect(chooseFbc(stored, clicked, 9)).toEqual(choice)
})

test.each([
  ['fb.1.1.1', true],
  ['fb.1.1.1.AQYCAQMA', true],
  ['fb.1.1.1.x', false],
  ['fb.1.1.a1', false],
  ['fb.1.1', false],
  ['fb.1.1.1.AQ.AQ', false],
])('%s as a browser ID: %s', (fbp, expected) => {
  expect(isFbp(fbp)).toBe(expected)
})

test.each([
  ['localhost', 0],
  ['.example.com', 1],
  ['::1', 0],
  ['', 1],
])('a cookie on "%s" has index %i', (domain, index) => {
  expect(subdomainIndex(domain)).toBe(index)
})
