import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PixelConfig, User } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import forms from '../../client/features/forms.ts'
import hashUser from '../../client/features/hash-user.ts'
import metaCookies from '../../client/features/meta-cookies.ts'
import remember from '../../client/features/remember.ts'
import retry from '../../client/features/retry.ts'
import secondSite from '../../client/features/second-site.ts'
import joinSecond from '../../client/second.ts'
import { closePage, newPage, posted, postedEvents, record, reloadPage, setGlobal, settle, start } from './page.ts'

beforeEach(newPage)
afterEach(() => {
  document.body.innerHTML = ''
  closePage()
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const digest = 'a1'.repeat(32)
const ada = { email: [sha256('ada.l@b.example')], email_reddit: [sha256('adal@b.example')] }
const day = 86_400_000

/** A page of the site; what it posts is done when the next one opens. */
async function open(config: PixelConfig = {}, act: (pixel: ReturnType<typeof start>) => void = () => undefined) {
  await reloadPage()
  const pixel = start({ features: [remember], ...config })
  act(pixel)
  await settle()
  return pixel
}
const identify = (user: User) => (pixel: ReturnType<typeof start>) => pixel.identify(user)
const order = (pixel: ReturnType<typeof start>) => pixel.track('purchase', { order_id: 'o1', value: 5 })
/** Match keys of the order on the next page. */
async function next(before: User = {}, config: PixelConfig = {}): Promise<unknown> {
  posted.length = 0
  await open(config, (pixel) => {
    if (Object.keys(before)[0]) pixel.identify(before)
    order(pixel)
  })
  return postedEvents().find(({ event_id }) => event_id === 'o1')?.user
}
const stored = () => (localStorage._ppu as string | undefined) ?? ''

test('an address joins the next page’s events as digests, and rests as digests alone', async () => {
  await open({}, identify({ email: ' Ada.L@B.example ', phone: '+1 202 555 0100', external_id: 'c-7' }))
  expect(stored()).not.toMatch(/\bada\b|\b555|c-7/i)
  expect(await next()).toEqual(ada)
})

test('on the page itself, what was said goes as it was said', async () => {
  await open({}, (pixel) => {
    pixel.identify({ email: 'ada.l@b.example' })
    order(pixel)
  })
  expect(postedEvents()[0]?.user).toEqual({ email: 'ada.l@b.example' })
  await open({}, (pixel) => pixel.track('Lead', {}, { id: 'l1' }))
  expect(postedEvents()[1]?.user).toEqual(ada)
})

test.each<[string, User, unknown]>([
  ['nothing said', {}, { ...ada, phone: [digest] }],
  ['another address: its own forms alone', { email: 'b@c.example' }, { email: 'b@c.example', phone: [digest] }],
  ['another field', { first_name: 'Ada' }, { ...ada, phone: [digest], first_name: 'Ada' }],
  ['another number', { phone: '+1 202 555 0100' }, { ...ada, phone: '+1 202 555 0100' }],
  ['an emptied address, as when somebody signs out', { email: '' }, { phone: [digest] }],
  ['emptied all', { email: '', phone: '' }, undefined],
])('a later page wins field by field: %s', async (_name, said, expected) => {
  await open({}, identify({ email: 'ada.l@b.example', phone: digest }))
  expect(await next(said)).toEqual(expected)
})

test('what was emptied stays so, and when all is, nothing is left', async () => {
  await open({}, identify({ email: 'ada.l@b.example', phone: digest }))
  await open({}, identify({ email: '' }))
  expect(await next()).toEqual({ phone: [digest] })
  await open({}, identify({ phone: '' }))
  expect(localStorage).toHaveLength(0)
})

test('another address takes the place of the kept one on later pages', async () => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  await open({}, identify({ email: 'b@c.example' }))
  expect(await next()).toEqual({ email: [sha256('b@c.example')], email_reddit: [sha256('b@c.example')] })
})

test('an address said while an older one is still being hashed is the one that is kept', async () => {
  await open({}, (pixel) => {
    pixel.identify({ email: 'ada.l@b.example' })
    pixel.identify({ email: '' })
  })
  expect(stored()).toBe('')
})

test.each([
  ['a day less than 90', 89, ada],
  ['a day more', 91, undefined],
])('it is kept for 90 days from when it was last said: %s', async (_name, days, expected) => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  vi.setSystemTime(Date.now() + days * day)
  expect(await next()).toEqual(expected)
  expect(stored() !== '').toBe(expected !== undefined)
})

test.each([
  ['no JSON', 'x'],
  ['no object', '7'],
  ['no entry', '{"shop":null}'],
  ['an entry without a time', '{"shop":[]}'],
  [
    'plain values, which we never write',
    `{"shop":[${Date.parse('2026-11-21')},{"email":"a@b.example","phone":["1"]}]}`,
  ],
])('what somebody else wrote joins nothing and costs nothing: %s', async (_name, text) => {
  localStorage._ppu = text
  expect(await next()).toBeUndefined()
  await open({}, identify({ email: 'ada.l@b.example' }))
  expect(await next()).toEqual(ada)
})

test('a form’s fields are kept too', async () => {
  const features = [remember, forms]
  await open({ features }, (pixel) => {
    pixel.consent('granted')
    document.body.innerHTML = '<form><input type="email" value="ada.l@b.example"></form>'
    document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true }))
  })
  expect(await next({}, { features })).toEqual(ada)
})

test('with hashing in the browser, both send one form', async () => {
  const features = [remember, hashUser]
  await open({ features }, identify({ email: 'ada.l@b.example' }))
  expect(await next({}, { features })).toEqual(ada)
  expect(await next({ email: 'b@c.example' }, { features })).toEqual({
    email: [sha256('b@c.example')],
    email_reddit: [sha256('b@c.example')],
  })
})

const asked = { features: [consent, remember, metaCookies], consent: 'wait' }

test('nothing is read or kept before a yes; then what was said in the meantime is', async () => {
  localStorage._ppu = 'not ours yet'
  const pixel = await open(asked, identify({ email: 'ada.l@b.example' }))
  order(pixel)
  await settle()
  expect([stored(), posted]).toEqual(['not ours yet', []])
  pixel.consent('granted')
  await settle()
  expect(stored()).toContain(sha256('ada.l@b.example'))
  expect(postedEvents()[0]?.user).toEqual({ email: 'ada.l@b.example' })
})

test('an address emptied before the yes does not join an event told after it', async () => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  const pixel = await open(asked, identify({ email: '' }))
  order(pixel)
  pixel.consent('granted')
  await settle()
  expect(postedEvents()[0]?.user).toBeUndefined()
  expect(stored()).toBe('')
})

test.each<[string, PixelConfig]>([
  ['with the consent feature', asked],
  ['without it', {}],
])('a no removes it at once, and a later yes does not bring it back: %s', async (_name, config) => {
  const pixel = await open(config, (pixel) => {
    pixel.consent('granted')
    pixel.identify({ email: 'ada.l@b.example' })
  })
  expect(stored()).not.toBe('')
  pixel.consent('denied')
  expect(stored()).toBe('')
  pixel.consent('granted')
  pixel.identify({ phone: digest })
  await settle()
  expect(stored()).not.toContain(sha256('ada.l@b.example'))
  expect(stored()).toContain(digest)
})

test('a no while an address is being hashed keeps it out', async () => {
  await open(asked, (pixel) => {
    pixel.consent('granted')
    pixel.identify({ email: 'ada.l@b.example' })
    pixel.consent('denied')
    pixel.consent('granted')
  })
  expect(stored()).toBe('')
})

test('a no that nobody has said, as when no tool speaks in time, forgets what was said too', async () => {
  const pixel = await open({ ...asked, consentFallback: 'denied' }, identify({ email: 'ada.l@b.example' }))
  vi.advanceTimersByTime(5000)
  pixel.consent('granted')
  pixel.identify({ phone: digest })
  await settle()
  expect(stored()).not.toContain(sha256('ada.l@b.example'))
  expect(stored()).toContain(digest)
})

test('an event that says itself who it is of gets no other form of another’s address', async () => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  posted.length = 0
  await open({}, (pixel) => pixel.track('Lead', { user: { email: 'b@c.example' } }))
  expect(postedEvents().map(({ user }) => user)).toEqual([{ email: 'b@c.example' }])
})

test('a no where the setting is off by now removes what it left', async () => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  const pixel = await open({ features: [consent], consent: 'wait' })
  pixel.consent('denied')
  expect(stored()).toBe('')
})

test('each site has its own, and takes nothing of the other’s away', async () => {
  await open({ key: 'one' }, identify({ email: 'ada.l@b.example' }))
  expect(await next({}, { key: 'two' })).toBeUndefined()
  await open({ key: 'two' }, identify({ phone: digest }))
  expect(await next({}, { key: 'two' })).toEqual({ phone: [digest] })
  expect(await next({}, { key: 'one' })).toEqual(ada)
  await open({ key: 'two' }, identify({ phone: '' }))
  expect(await next({}, { key: 'one' })).toEqual(ada)
})

test('beside another site, each sends what it has kept itself', async () => {
  await open({ key: 'shop' }, identify({ email: 'ada.l@b.example' }))
  await open({ key: 'other' }, identify({ phone: digest }))
  posted.length = 0
  await reloadPage()
  const pixel = start({ key: 'shop', features: [remember], second: secondSite })
  start({
    key: 'other',
    features: [remember],
    second: (kit, _base, features, first) => joinSecond(first!, kit, features),
  })
  order(pixel)
  await settle()
  const users = posted.map(({ body }) => [body.site, body.events?.[0]?.user])
  expect(Object.fromEntries(users)).toEqual({ shop: ada, other: { phone: [digest] } })
  window.pairpixel!('identify', { email: '', phone: '' })
  await settle()
  expect(stored()).toBe('')
})

test('a second site hears what was said of the visitor before it came', async () => {
  await open({ key: 'other' }, identify({ phone: digest, email: 'ada.l@b.example' }))
  await reloadPage()
  setGlobal('pairpixel', { q: [['identify', { phone: '' }]] })
  const pixel = start({ key: 'shop', features: [], second: secondSite })
  pixel.identify({ email: 'b@c.example' })
  start({
    key: 'other',
    features: [remember],
    second: (kit, _base, features, first) => joinSecond(first!, kit, features),
  })
  await settle()
  expect(stored()).not.toMatch(new RegExp(`${digest}|${ada.email[0]!}`))
  expect(stored()).toContain(sha256('b@c.example'))
})

test('what could not be sent rests without match keys, and goes so', async () => {
  const features = [retry, remember]
  await open({ features }, identify({ email: 'ada.l@b.example' }))
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 503 })))
  expect(await next({ first_name: 'Ada' }, { features })).toBeUndefined()
  expect(localStorage._ppq).toContain('"o1"')
  expect(localStorage._ppq).not.toMatch(new RegExp(`${ada.email[0]!}|Ada|user`))
  vi.stubGlobal('fetch', (to: URL, init: RequestInit) => {
    record('fetch', String(to), init.body as string, init)
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  await open({ features })
  vi.advanceTimersByTime(400_000)
  await settle()
  expect(postedEvents().filter(({ event_id }) => event_id === 'o1')).toMatchObject([{ event: 'purchase' }])
  expect(postedEvents()[0]?.user).toBeUndefined()
})

test.each<[string, PixelConfig['remember']]>([
  ['text, as an attribute says it', '0'],
  ['false', false],
])('switched off for a page, it keeps and adds nothing, and forgets what is taken back: %s', async (_name, off) => {
  await open({}, identify({ email: 'ada.l@b.example' }))
  expect(await next({}, { remember: off })).toBeUndefined()
  expect(await next()).toEqual(ada)
  await open({ remember: off }, identify({ email: 'b@c.example' }))
  expect(await next()).toBeUndefined()
})

test('a page that cannot hash keeps nothing', async () => {
  setGlobal('isSecureContext', false)
  await open({}, identify({ email: 'ada.l@b.example', phone: digest }))
  expect(stored()).toBe('')
})

test('an event with a person of its own gets nothing of the one before, though browser hashing lets less of it through', async () => {
  await open({}, identify({ email: 'ada.l@b.example', phone: digest }))
  await open({ features: [remember, hashUser] }, (pixel) => {
    pixel.track('Lead', { user: { email: 'bob@b.example', phone: '+1 202 555 0199' } }, { id: 'l1' })
    // Before it is hashed.
    pixel.flush(1)
  })
  expect(postedEvents().find(({ event_id }) => event_id === 'l1')?.user).toBeUndefined()
  posted.length = 0
  await open({ features: [remember, hashUser] }, (pixel) =>
    pixel.track('Lead', { user: { phone: '+1 202 555 0199' } }, { id: 'l2' }),
  )
  expect(postedEvents()[0]?.user).toEqual(ada)
})
