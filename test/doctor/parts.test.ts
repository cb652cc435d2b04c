import { describe, expect, test } from 'vitest'
import { blockHits, plainFolder } from '../../server/doctor/block-rules.ts'
import { parseSetCookie } from '../../server/doctor/cookie-checks.ts'
import { allows, mended, parsePolicies, type Wanted } from '../../server/doctor/csp.ts'
import { findStub, findTag, metaPolicies } from '../../server/doctor/page.ts'
import { commonSite, isInternal, networkOf, reachOf } from '../../server/doctor/reach.ts'
import { createNames, readHost } from '../../server/doctor/resolver.ts'
import { snippet, stub } from '../../client/snippet.ts'
import { openDns } from './dns-server.ts'

const page = new URL('https://www.shop.example/cart')

describe('name servers', () => {
  test('addresses and the chain of aliases are read', async () => {
    const server = await openDns({
      'www.shop.example': { a: ['203.0.113.10', '203.0.113.11'], aaaa: ['2001:db8:1:1::10'] },
      'data.shop.example': { cname: 'shop.collector.example' },
      'shop.collector.example': { cname: 'edge.collector.example' },
      'edge.collector.example': { a: ['198.51.100.9'] },
      'old.shop.example': {},
    })
    const names = createNames([server])
    expect(await readHost('www.shop.example', names)).toEqual({
      host: 'www.shop.example',
      v4: ['203.0.113.10', '203.0.113.11'],
      v6: ['2001:db8:1:1::10'],
      cnames: [],
    })
    const data = await readHost('data.shop.example', names)
    expect(data).toMatchObject({ v4: ['198.51.100.9'], cnames: ['shop.collector.example', 'edge.collector.example'] })
    expect(reachOf(await readHost('www.shop.example', names), data)).toEqual({
      kind: 'cname',
      target: 'shop.collector.example',
    })
    expect(await readHost('old.shop.example', names)).toMatchObject({ v4: [], failed: 'ENOTFOUND' })
    expect(await readHost('none.shop.example', names)).toMatchObject({ v4: [], failed: 'ENOTFOUND' })
  })

  test('an address and a name of this machine are asked of nobody', async () => {
    const nobody = createNames(['127.0.0.1:9'])
    expect(await readHost('203.0.113.10', nobody)).toMatchObject({ v4: ['203.0.113.10'] })
    expect(await readHost('[2001:db8::1]', nobody)).toMatchObject({ v6: ['2001:db8::1'] })
    expect(isInternal(await readHost('shop.localhost', nobody))).toBe(true)
  })
})

describe('Safari’s rule', () => {
  const host = (name: string, v4: string[], v6: string[] = [], cnames: string[] = []) => ({
    host: name,
    v4,
    v6,
    cnames,
  })
  const pages = host('www.shop.example', ['203.0.113.10'], ['2001:db8:1:1::10'])
  test.each([
    ['the same host', host('www.shop.example', []), 'same_host'],
    ['the same 16 bits', host('d.shop.example', ['203.0.1.1']), 'near'],
    ['another second byte', host('d.shop.example', ['203.1.113.10']), 'far'],
    ['one of two is far', host('d.shop.example', ['203.0.113.10', '198.51.100.1']), 'far'],
    ['the same /64', host('d.shop.example', [], ['2001:db8:1:1:ffff::1']), 'near'],
    ['another /64', host('d.shop.example', ['203.0.1.1'], ['2001:db8:1:2::10']), 'far'],
    ['an alias within the site', host('d.shop.example', ['203.0.1.1'], [], ['x.shop.example']), 'near'],
    ['an alias of another site', host('d.shop.example', ['203.0.1.1'], [], ['x.cdn.example.net']), 'cname'],
    ['another site', host('d.other.example', ['203.0.1.1']), 'other_site'],
    ['nothing is known', host('d.shop.example', []), 'unknown'],
  ])('%s', (_, ours, kind) => expect(reachOf(pages, ours).kind).toBe(kind))

  test.each([
    ['www.shop.example', 'data.shop.example', 'shop.example'],
    ['shop.example', 'data.shop.example', 'shop.example'],
    ['a.shop.co.uk', 'b.shop.co.uk', 'shop.co.uk'],
    ['one.co.uk', 'other.co.uk', ''],
    ['one.example', 'other.example', ''],
    ['localhost', 'localhost', 'localhost'],
  ])('%s and %s have %s in common', (one, other, common) => expect(commonSite(one, other)).toBe(common))

  test.each([
    ['203.0.113.10', '203.0'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['no address', undefined],
  ])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network))
})

describe('a policy', () => {
  const script: Wanted = { kind: 'script', url: new URL('https://www.shop.example/_p/p.js') }
  const other: Wanted = { kind: 'script', url: new URL('https://data.shop.example:8443/_p/p.js') }
  test.each([
    ["script-src 'self'", script, true],
    ["script-src 'none'", script, false],
    ['script-src *', script, true],
    ['script-src https:', script, true],
    ['script-src http:', script, true],
    ['script-src wss:', script, false],
    ['script-src www.shop.example', script, true],
    ['script-src https://www.shop.example/_p/', script, true],
    ['script-src https://www.shop.example/_p', script, false],
    ['script-src https://www.shop.example/_p/p.js', script, true],
    ['script-src *.shop.example', script, true],
    ['script-src *.example.shop.example', script, false],
    ['script-src *.shop.example', other, false],
    ['script-src *.shop.example:8443', other, true],
    ['script-src *.shop.example:*', other, true],
    ["script-src 'self'", other, false],
    ["script-src 'self' 'strict-dynamic' 'nonce-abc'", script, false],
    ["script-src 'strict-dynamic' 'nonce-abc'", { ...script, nonce: 'abc' }, true],
    ["script-src 'nonce-abc'", { ...script, nonce: 'ABC' }, false],
    ["script-src 'sha384-x'", { ...script, hashes: ['sha384-x'] }, true],
    ["default-src 'self'", script, true],
    ["default-src 'none'; script-src-elem 'self'", script, true],
    ["img-src 'none'", script, true],
    ["SCRIPT-SRC 'SELF'", script, true],
    ["script-src 'self'; script-src 'none'", script, true],
    ["script-src 'unsafe-inline'", { kind: 'inline' as const }, true],
    ["script-src 'unsafe-inline' 'nonce-abc'", { kind: 'inline' as const }, false],
    ["default-src 'self'", { kind: 'connect' as const, url: new URL('https://data.shop.example/e') }, false],
  ])('%s', (text, wanted, isAllowed) => {
    const policies = parsePolicies(text)
    expect(policies.every((policy) => allows(policy, wanted, page))).toBe(isAllowed)
    if (isAllowed) return
    // What is told to write does allow it.
    for (const policy of policies) {
      const line = mended(policy, { hashes: ['sha384-new'], ...wanted }, page)
      expect([line, allows(parsePolicies(line)[0]!, { hashes: ['sha384-new'], ...wanted }, page)]).toEqual([line, true])
    }
  })

  test('in a header may be several, and all must allow', () => {
    const policies = parsePolicies("script-src 'self', script-src https://cdn.example")
    expect(policies.map((policy) => allows(policy, script, page))).toEqual([true, false])
  })
})

describe('the HTML of a page', () => {
  test('has the tag as it was pasted, with what it says', () => {
    const html = snippet('/_p/p.js?site=shop', { 'data-endpoint': '../e', integrity: 'sha384-x' })
    const tag = findTag(html, page)
    expect([tag?.src.href, tag?.key, tag?.endpoint, tag?.integrity]).toEqual([
      'https://www.shop.example/_p/p.js?site=shop',
      'shop',
      '../e',
      'sha384-x',
    ])
    expect(findStub(html)).toEqual({ text: stub })
  })

  test.each([
    ['quotes of all kinds', `<SCRIPT async SRC=/_p/p.js data-pairpixel></SCRIPT>`, '/_p/p.js'],
    ['single quotes', `<script src='/a&amp;b/p.js' data-pairpixel></script>`, '/a&b/p.js'],
    ['an angle in a value', `<script data-x="a>b" src="/p.js" data-pairpixel=""></script>`, '/p.js'],
    ['in a comment', `<!-- <script src="/p.js" data-pairpixel></script> -->`, undefined],
    ['another script', `<script src="/p.js"></script>`, undefined],
    ['no address', `<script data-pairpixel></script>`, undefined],
  ])('%s', (_, html, path) => expect(findTag(html, page)?.src.pathname).toBe(path))

  test('of a script with a name of its own is found by it', () => {
    const html = '<script src="/a/shop.0a1b2c3d.js"></script>'
    expect(findTag(html, page, '/a/shop.js')?.src.pathname).toBe('/a/shop.0a1b2c3d.js')
  })

  test('states policies', () => {
    const html = `<meta http-equiv="content-security-policy" content="default-src 'self'"><meta name=x content=y>`
    expect(metaPolicies(html)).toEqual(["default-src 'self'"])
  })

  test('of two megabytes of brackets is read in time that grows with it', () => {
    expect(findTag('<script '.repeat(2e5), page)).toBeUndefined()
    expect(findTag('<!--'.repeat(5e5), page)).toBeUndefined()
    expect(findTag(`<script ${'a="'.repeat(3e5)}`, page)).toBeUndefined()
  })
})

describe('words that blockers know', () => {
  test.each([
    ['https://www.shop.example/_p/p.js', []],
    ['https://www.shop.example/_p/e', []],
    ['https://www.shop.example/collect', ['collect']],
    ['https://www.shop.example/a/fbevents.js', ['fbevents']],
    ['https://www.shop.example/collection/p.js', []],
    ['https://track.shop.example/p.js', ['track']],
    ['https://metrics-eu.shop.example/p.js', ['metrics']],
    ['https://www.shop.example/tr?id=1', ['tr']],
  ])('%s', (url, words) => expect(blockHits(new URL(url), page).map(({ word }) => word)).toEqual(words))

  test('the site’s own name is none of them', () => {
    const shop = new URL('https://www.pixel-analytics.example/')
    expect(blockHits(new URL('https://www.pixel-analytics.example/_p/p.js'), shop)).toEqual([])
  })

  test.each(['www.shop.example', 'track.example', '127.0.0.1', 'x.example'])(
    'what is advised for %s has none',
    (host) => {
      const url = new URL(`https://www.shop.example/${plainFolder(host)}/p.js`)
      expect(blockHits(url, page)).toEqual([])
    },
  )
})

test('a Set-Cookie line', () =>
  expect(parseSetCookie('_pps=a=b; Path=/; HttpOnly;Max-Age=7776000; SameSite=Lax')).toEqual({
    name: '_pps',
    attributes: { path: '/', httponly: '', 'max-age': '7776000', samesite: 'Lax' },
  }))
