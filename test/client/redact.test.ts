import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import lifecycle from '../../client/features/lifecycle.ts'
import redact from '../../client/features/redact.ts'
import retry from '../../client/features/retry.ts'
import { closePage, leavePage, newPage, posted, postedEvents, setDocument, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  history.replaceState(null, '', '/')
  closePage()
})

const open = (config: PixelConfig = {}) => start({ features: [retry, redact], ...config })
const addresses = async () => {
  window.pairpixel?.('track', 'Lead')
  await settle()
  return postedEvents().map(({ url, referrer }) => [url, referrer])
}
const site = 'https://www.shop.com'

test.each<[string, PixelConfig, string, string]>([
  ['an address', {}, '/u/jane@shop.example?x=1', '/u/redacted?x=1'],
  ['the usual parameters', {}, '/?token=a&Email=b&x=1#key=c', '/?token=redacted&Email=redacted&x=1#key=redacted'],
  ['further ones', { redact: 'customer, Reset' }, '/?customer=a&RESET=b&x=1', '/?customer=redacted&RESET=redacted&x=1'],
  ['the usual ones beside them', { redact: 'customer' }, '/?token=a', '/?token=redacted'],
  ['a list of a page’s own', { redact: ['customer', 'reset'] as never }, '/?reset=b', '/?reset=redacted'],
  ['nothing to clean', { redact: 'customer' }, '/p/1?x=1#customers', '/p/1?x=1#customers'],
])('%s: from the address, and from the one before it', async (_what, config, given, expected) => {
  history.replaceState(null, '', given)
  setDocument('referrer', site + given)
  open(config)
  expect(await addresses()).toEqual([[site + expected, site + expected]])
})

test('a page that names parameters after the start', async () => {
  history.replaceState(null, '', '/?customer=a')
  open().set({ redact: 'customer' })
  expect(await addresses()).toEqual([[`${site}/?customer=redacted`, undefined]])
})

test('a click ID is known before its parameter goes', async () => {
  history.replaceState(null, '', '/?fbclid=C&token=t')
  open({ redact: 'fbclid' })
  expect((await addresses())[0]?.[0]).toBe(`${site}/?fbclid=redacted&token=redacted`)
  expect(postedEvents()[0]?.context?.click_ids?.fbclid?.value).toBe('C')
})

test('what is kept for later is clean, and goes as it is kept', async () => {
  history.replaceState(null, '', '/?token=t')
  const network = fetch
  vi.stubGlobal('fetch', () => Promise.resolve(undefined))
  open().track('Lead')
  await settle()
  expect(localStorage._ppq).toContain('/?token=redacted')
  expect(localStorage._ppq).not.toContain('token=t')
  vi.stubGlobal('fetch', network)
  window.dispatchEvent(new Event('online'))
  vi.advanceTimersByTime(0)
  await settle()
  expect(postedEvents().map(({ url }) => url)).toEqual([`${site}/?token=redacted`])
  expect(localStorage._ppq).toBeUndefined()
})

test('on a page that is left too', async () => {
  history.replaceState(null, '', '/?token=t')
  open().page()
  leavePage()
  await settle()
  expect(posted.map(({ by }) => by)).toEqual(['beacon'])
  expect(postedEvents().map(({ url }) => url)).toEqual([`${site}/?token=redacted`])
})

test('the page itself goes by the address as it is: two that differ in a secret alone are two views', async () => {
  history.replaceState(null, '', '/?token=a')
  open({ auto: '1', features: [lifecycle, retry, redact] })
  vi.advanceTimersByTime(200)
  history.pushState(null, '', '/?token=b')
  vi.advanceTimersByTime(2000)
  await settle()
  expect(postedEvents().map(({ event, url, referrer }) => [event, url, referrer])).toEqual([
    ['page_view', `${site}/?token=redacted`, undefined],
    ['page_view', `${site}/?token=redacted`, `${site}/?token=redacted`],
  ])
})
