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
