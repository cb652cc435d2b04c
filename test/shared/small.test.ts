import { describe, expect, test } from 'vitest'
import { readClickIds } from '../../shared/click-ids.ts'
import { strongerState } from '../../shared/pixel-state.ts'
import { cleanUrl } from '../../shared/url-hygiene.ts'
import { isEventId, uuidV7 } from '../../shared/uuid.ts'

describe('click IDs in a query', () => {
  test.each([
    ['the three of the platforms', '?fbclid=C&rdt_cid=A&ScCid=b', { fbclid: 'C', rdt_cid: 'A', ScCid: 'b' }],
    ['names in any case, values untouched', 'SCCID=aB&FBCLID=xY', { ScCid: 'aB', fbclid: 'xY' }],
    ['percent-decoded once', 'fbclid=IwAR%5Fa%2525', { fbclid: 'IwAR_a%25' }],
    ['a stray percent is part of the token', 'rdt_cid=100%', { rdt_cid: '100%' }],
    ['the first usable value counts', 'rdt_cid=&rdt_cid=2&rdt_cid=3', { rdt_cid: '2' }],
    ['fbclid of 500 characters', `fbclid=${'a'.repeat(500)}`, { fbclid: 'a'.repeat(500) }],
    ['fbclid of 501 characters', `fbclid=${'a'.repeat(501)}`, {}],
    ['a name that only begins alike', 'fbclidtest=1', {}],
    ['a semicolon', 'ScCid=a;b', {}],
  ])('%s', (_, query, found) => expect(readClickIds(query)).toEqual(found))

  test.each([
    ['a plain query', 'https://a.example/?rdt_cid=A', { rdt_cid: 'A' }],
    ['a hash route', 'https://a.example/#/x?rdt_cid=A', { rdt_cid: 'A' }],
    ['a hash of pairs, behind a query', 'https://a.example/?fbclid=1#rdt_cid=A', { fbclid: '1', rdt_cid: 'A' }],
    ['a plain anchor', 'https://a.example/?fbclid=1#top', { fbclid: '1' }],
    ['nothing at all', 'https://a.example/', {}],
  ])('in an address: %s', (_, url, found) => expect(readClickIds(url)).toEqual(found))
})

describe('page addresses', () => {
  test.each([
    [
      'nothing to clean: letter for letter',
      'https://a.example/P?q=running+shoes&ScCid=aB%2F#x',
      'https://a.example/P?q=running+shoes&ScCid=aB%2F#x',
    ],
    ['a denied parameter, in any case', 'https://a.example/?Email=a&x=1', 'https://a.example/?Email=redacted&x=1'],
    ['an address in another parameter', 'https://a.example/?u=jane%40doe.example', 'https://a.example/?u=redacted'],
    ['an address in the path', 'https://a.example/u/jane@doe.example/x', 'https://a.example/u/redacted/x'],
    ['a token in the fragment', 'https://a.example/#access_token=abc', 'https://a.example/#access_token=redacted'],
    ['user and password', 'https://jane:secret@a.example/', 'https://a.example/'],
  ])('%s', (_, url, clean) => expect(cleanUrl(url)).toBe(clean))
})

test('a UUIDv7 carries its time, sorts by it and is a valid ID', () => {
  const random = new Uint8Array(18).fill(255)
  const id = uuidV7(0x0123456789ab, random)
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidV7(1000, random) < uuidV7(1001, random)).toBe(true)
  expect(isEventId(id)).toBe(true)
})

test.each([
  ['nothing said yet', undefined, 'called', 'called'],
  ['a hit seen beats a call', 'called', 'requested', 'requested'],
  ['a call never takes a hit back', 'requested', 'called', 'requested'],
  ['blocked beats called', 'called', 'blocked', 'blocked'],
] as const)('%s', (_, a, b, strongest) => expect(strongerState(a, b)).toBe(strongest))
