import { expect, test } from 'vitest'
import { cleanUrl } from '../../shared/url-hygiene.ts'

const base = 'https://shop.example'

test.each([
  ['an address in the path', '/u/jane@shop.example/x', '/u/redacted/x'],
  ['an encoded address, and what follows it', '/?q=a%40b.com%40', '/?q=redacted%40'],
  ['a name that begins with @ is none', '/@user/post.html', '/@user/post.html'],
  ['an address behind such a name', '/@user@b.com', '/redacted'],
  ['an @ without a domain', '/a@b/c@.com', '/a@b/c@.com'],
  ['a percent sign of another kind', '/a%20b%2540c.de', '/a%20b%2540c.de'],
  ['two addresses', '/?a=x@y.de&b=z%40y.de', '/?a=redacted&b=redacted'],
])('%s', (_what, path, clean) => {
  expect(cleanUrl(base + path)).toBe(base + clean)
})

// Each of these once took seconds, or could: the door reads what anybody sends.
test.each(['%40', '@', 'a@', '%', '?', '?a', '.', 'x@.', '&key='])('a long row of %s ends', (part) => {
  const url = `${base}/x?${part.repeat(4096 / part.length)}`
  expect(cleanUrl(url)).toBe(part === '&key=' ? `${base}/x?${'&key=redacted'.repeat(819)}` : url)
})

test.each<[string, string[], string, string]>([
  ['the site’s own', ['customer'], '/?customer=a&x=1#customer=b', '/?customer=redacted&x=1#customer=redacted'],
  ['in any case', ['customer'], '/?Customer=a', '/?Customer=redacted'],
  ['whole alone', ['customer'], '/?customers=a&my_customer=b', '/?customers=a&my_customer=b'],
  [
    'with signs of their own',
    ['user[name]', 'a.b'],
    '/?user[name]=x&a.b=y&aXb=z',
    '/?user[name]=redacted&a.b=redacted&aXb=z',
  ],
  ['beside the usual ones', ['customer'], '/?token=a&q=x@y.de', '/?token=redacted&q=redacted'],
])('further parameters: %s', (_what, more, path, clean) => {
  expect(cleanUrl(base + path, more)).toBe(base + clean)
})
