import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import lifecycle from '../../client/features/lifecycle.ts'
import pairing from '../../client/features/pairing.ts'
import secondSite from '../../client/features/second-site.ts'
import joinSecond from '../../client/second.ts'
import { posted, setDocument, settle, start } from './page.ts'
import { addStub, call, closePixelPage, newPixelPage, pixels } from './stand-ins.ts'

beforeEach(newPixelPage)
afterEach(() => {
  Reflect.deleteProperty(document, 'readyState')
  closePixelPage()
})

/** Two sites' scripts, one after the other, as if the file for the second one were there at once. */
function openBoth(config: PixelConfig = {}): void {
  start({ auto: '1', features: [pairing], pixels: { meta: [] }, ...config, second: secondSite })
  start({
    key: 'other',
    features: [pairing],
    pixels: { meta: [] },
    second: (kit, _base, features, pixel) => joinSecond(pixel!, kit, features),
  })
}
const viewsOf = async (site: string) => {
  vi.advanceTimersByTime(1300)
  await settle()
  return posted
    .filter(({ body }) => body.site === site)
    .flatMap(({ body }) => body.events ?? [])
    .filter(({ event }) => event === 'page_view')
    .map(({ origin, to }) => [origin, to])
}

test.each([
  ['made before the second script came', false],
  ['of a page in the background, made after it', true],
])('the first view waits for the page’s own word at both sites: %s', async (_name, hidden) => {
  setDocument('hidden', hidden)
  Object.defineProperty(document, 'readyState', { configurable: true, value: 'interactive' })
  addStub('meta')
  openBoth({ features: [pairing, lifecycle] })
  setDocument('hidden', false)
  if (hidden) document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  call('meta', ...pixels.meta.view)
  Reflect.deleteProperty(document, 'readyState')
  window.dispatchEvent(new Event('load'))
  expect([await viewsOf('shop'), await viewsOf('other')]).toEqual([[['fbq', ['meta']]], [['fbq', ['meta']]]])
})

test('where the page tells nobody, each site has one view', async () => {
  openBoth()
  expect([await viewsOf('shop'), await viewsOf('other')]).toEqual([[[undefined, undefined]], [[undefined, undefined]]])
})
