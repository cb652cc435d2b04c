import { expect, test } from 'vitest'
import { isSameSite } from '../../shared/same-site.ts'

test.each<[string, string | undefined, string | undefined, boolean]>([
  ['one host', 'https://shop.example/a', 'https://shop.example/b?x=1', true],
  ['with and without www', 'https://www.shop.example/', 'http://shop.example/', true],
  ['another port', 'https://shop.example:8443/', 'https://shop.example/', true],
  ['a sub-domain', 'https://shop.example/', 'https://go.shop.example/', true],
  ['a sub-domain of www', 'https://go.shop.example/', 'https://www.shop.example/', true],
  ['upper case', 'https://SHOP.example/', 'https://shop.example/', true],
  ['sub-domains beside each other', 'https://a.host.example/', 'https://b.host.example/', false],
  ['a host that only ends alike', 'https://shop.example/', 'https://myshop.example/', false],
  ['another site', 'https://shop.example/', 'https://news.example/', false],
  ['two of one public suffix', 'https://shop.co.uk/', 'https://news.co.uk/', false],
  ['no address', 'https://shop.example/', undefined, false],
  ['two that are none', undefined, undefined, false],
  ['text', 'shop', 'shop', false],
  ['addresses without a host', 'data:text/plain,a', 'data:text/plain,a', false],
])('%s', (_what, one, other, isSame) => {
  expect([isSameSite(one, other), isSameSite(other, one)]).toEqual([isSame, isSame])
})
