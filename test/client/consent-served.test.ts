import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pixelFor, readBuiltPixel } from '../../server/pixel-file.ts'
import { featuresOf } from '../../server/pixel-features.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { closePage, openPage, posted, postedEvents, setGlobal, settle } from './page.ts'

beforeEach(() => {
  openPage()
  setGlobal('pairpixel', undefined)
  document.head.innerHTML =
    '<script type="text/plain" src="https://www.shop.com/p.js" data-auto="0" data-pairpixel></script>'
})
afterEach(closePage)

const siteOf = (settings: object) =>
  checkTree({ destinations: { meta: { pixel_id: '1', access_token: 'fake' } }, ...settings }).sites[0]!

test.each<[string, string[], boolean]>([
  ['none', [], false],
  ['wait', ['consent'], false],
  ['tcf', ['consent', 'tcf'], true],
  ['gcm', ['consent', 'gcm'], true],
  ['auto', ['consent', 'tcf', 'gcm'], true],
])('a site with `%s` is served what it needs', async (mode, parts, hasFallback) => {
  const site = siteOf({ consent: mode, consent_fallback: 'granted' })
  expect(featuresOf(site).filter((name) => /consent|tcf|gcm/.test(name))).toEqual(parts)
  expect(featuresOf(site).includes('limited')).toBe(mode !== 'none')
  ;(0, eval)(pixelFor(readBuiltPixel(), site, true, { script: '/p.js', events: '/e' }).plain.toString())
  vi.advanceTimersByTime(0)
  window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
  await settle()
  expect(posted).toHaveLength(mode === 'none' ? 1 : 0)
  vi.advanceTimersByTime(5000)
  await settle()
  expect(postedEvents()).toHaveLength(mode === 'none' || hasFallback ? 1 : 0)
  if (mode === 'wait') window.pairpixel?.('consent', 'granted')
  await settle()
  expect(postedEvents().map(({ event_id, consent }) => [event_id, consent?.state])).toEqual([
    ['l1', mode === 'none' ? undefined : 'granted'],
  ])
})

test.each<[string, object, string[]]>([
  ['a GPP tool', { gpp: true }, ['limited', 'gpp']],
  ['pixels that ours loads', { load: true }, ['load', 'limited']],
  ['addresses', { redact: true }, ['redact']],
  ['addresses, with names of its own', { redact: [] }, ['redact']],
  ['none of it', {}, []],
])('a site that asks nobody is served what it needs for %s', (_what, pixel, parts) => {
  expect(featuresOf(siteOf({ pixel })).filter((name) => /limited|gpp|load|redact/.test(name))).toEqual(parts)
})

test.each([
  ['as served', '', '/?Customer=redacted&reset=redacted&stage=1&token=redacted'],
  ['as the tag says', 'data-redact="stage"', '/?Customer=a&reset=b&stage=redacted&token=redacted'],
])('the parameters that addresses lose: %s', async (_what, attribute, expected) => {
  document.querySelector('script')!.outerHTML =
    `<script type="text/plain" src="https://www.shop.com/p.js" ${attribute} data-auto="0" data-pairpixel></script>`
  history.replaceState(null, '', '/?Customer=a&reset=b&stage=1&token=t')
  const site = siteOf({ pixel: { redact: ['Customer', 'reset'] } })
  ;(0, eval)(pixelFor(readBuiltPixel(), site, true, { script: '/p.js', events: '/e' }).plain.toString())
  vi.advanceTimersByTime(0)
  window.pairpixel?.('track', 'Lead')
  await settle()
  expect(postedEvents().map(({ url }) => url)).toEqual([`https://www.shop.com${expected}`])
})
