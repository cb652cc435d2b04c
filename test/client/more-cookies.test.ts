import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import consent from '../../client/features/consent.ts'
import moreCookies from '../../client/features/more-cookies.ts'
import retry from '../../client/features/retry.ts'
import { closePage, newPage, postedEvents, record, reloadPage, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const set = (text: string): void => {
  for (const pair of text.split('; ')) document.cookie = `${pair};path=/`
}
const all = '_ttp=T1; _epik=E1; _uetmsclkid=U1; _gcl_aw=GCL.1.A; _gcl_gb=GCL.1.B; li_fat_id=L1; session=secret'
const cookiesOf = (at = 0) => postedEvents()[at]?.context?.cookies

test.each<[string, string | undefined, Record<string, string> | undefined]>([
  ['those that are named', '_ttp,li_fat_id', { _ttp: 'T1', li_fat_id: 'L1' }],
  ['with spaces, as an attribute may have them', ' _gcl_aw,  _gcl_gb _epik', { _epik: 'E1', _gcl_aw: 'GCL.1.A', _gcl_gb: 'GCL.1.B' }], // prettier-ignore
  ['none that is not on our list', 'session _uetmsclkid', { _uetmsclkid: 'U1' }],
  ['by its whole name', '_tt _ttpx', undefined],
  ['a list, as a page may say it', ['_ttp', '_epik'] as never, { _ttp: 'T1', _epik: 'E1' }],
  ['where the tag names none', '', undefined],
  ['where nobody does', undefined, undefined],
])('%s', async (_name, cookies, expected) => {
  set(all)
  start({ features: [moreCookies], ...(cookies !== undefined && { cookies }) }).track('Lead')
  await settle()
  expect(postedEvents()).toHaveLength(1)
  expect(cookiesOf()).toEqual(expected)
})

test('beside what the core sends, as it stands when the event leaves', async () => {
  set('_fbp=fb.1.2.3')
  const pixel = start({ features: [moreCookies], cookies: '_ttp' })
  pixel.track('Lead')
  set('_ttp=late')
  await settle()
  expect(cookiesOf()).toEqual({ _fbp: 'fb.1.2.3', _ttp: 'late' })
})

test.each([
  ['1,024 characters', 1024, true],
  ['one more', 1025, false],
])('a value of %s', async (_name, length, isSent) => {
  set(`_ttp=${'a'.repeat(length)}`)
  start({ features: [moreCookies], cookies: '_ttp' }).track('Lead')
  await settle()
  expect(cookiesOf()?._ttp?.length).toBe(isSent ? length : undefined)
})

test('nothing leaves before a yes', async () => {
  set(all)
  const pixel = start({ features: [consent, moreCookies], cookies: '_ttp' })
  pixel.track('Lead')
  await settle()
  expect(postedEvents()).toEqual([])
  pixel.consent('granted')
  await settle()
  expect(cookiesOf()).toEqual({ _ttp: 'T1' })
})

test('what was kept to be sent again has them once, as they were', async () => {
  set('_ttp=T1')
  const features = [retry, moreCookies]
  vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')))
  start({ features, cookies: '_ttp' }).track('Lead', {}, { id: 'l1' })
  await settle()
  set('_ttp=T2')
  await reloadPage()
  vi.stubGlobal('fetch', (to: URL, init: RequestInit) => {
    record('fetch', String(to), init.body as string, init)
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  start({ features, cookies: '_ttp' })
  vi.advanceTimersByTime(1000)
  await settle()
  expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  expect(cookiesOf()).toEqual({ _ttp: 'T1' })
})
