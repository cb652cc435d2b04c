import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import consent from '../../client/features/consent.ts'
import forms from '../../client/features/forms.ts'
import load from '../../client/features/load.ts'
import match from '../../client/features/match.ts'
import pairing from '../../client/features/pairing.ts'
import type { Feature } from '../../client/kit.ts'
import { setGlobal, settle, start } from './page.ts'
import * as page from './stand-ins.ts'

const { pixels, names, hits } = page
beforeEach(page.newPixelPage)
afterEach(() => {
  document.body.innerHTML = ''
  page.closePixelPage()
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const email = 'ada.l@b.example'
/** What a hit shows of this address. */
const seen = {
  meta: { 'ud[em]': sha256(email) },
  reddit: { em: sha256('adal@b.example') },
  snapchat: { u_hem: sha256(email) },
}
/** Where a platform's `init` has it. */
const keys = { meta: { em: email }, reddit: { email }, snapchat: { user_email: email } }
const ids = { meta: ['111'], reddit: ['a2_abc'], snapchat: ['11111111-2222-4333-8444-555555555555'] }

const open = (config: PixelConfig = {}) => start({ features: [pairing, match], pixels: ids, ...config })
/** Calls of `init` that a platform's function has been handed, by whomever, from now on. */
function watchInits(name: page.Name): unknown[][] {
  const calls: unknown[][] = []
  const { fn, live, queue } = pixels[name]
  const pixel = page.fnOf(name)
  const note = (call: ArrayLike<unknown>): void => {
    if (call[0] === 'init') calls.push(Array.from(call).slice(1))
  }
  setGlobal(
    fn,
    Object.assign(
      function (...call: unknown[]) {
        note(call)
        pixel(...call)
      },
      { [queue]: pixel[queue], ...(pixel[live] ? { [live]: pixel[live] } : {}) },
    ),
  )
  return calls
}
/** What the hits of orders show of the visitor, once they have left. */
async function shown(name: page.Name): Promise<unknown[]> {
  await settle()
  page.letSnapSend()
  await settle()
  return hits.filter((hit) => hit.name === name && hit.event === pixels[name].names[0]).map(({ user }) => user)
}
const addPage = (name: page.Name): void => {
  page.addStub(name)
  page.call(name, ...pixels[name].init)
}

describe.each(names)('%s, begun by the page', (name) => {
  test('the hits after `identify` tell of the visitor, those before it do not', async () => {
    addPage(name)
    const pixel = open()
    page.addLibrary(name)
    page.call(name, ...pixels[name].order('o1'))
    await settle()
    pixel.identify({ email })
    await settle()
    page.call(name, ...pixels[name].order('o2'))
    expect(await shown(name)).toEqual([undefined, seen[name]])
  })

  test('an order that is told at once after it does too', async () => {
    addPage(name)
    const pixel = open()
    page.addLibrary(name)
    pixel.identify({ email })
    pixel.track('purchase', { value: 5, currency: 'EUR' })
    expect(await shown(name)).toEqual([seen[name]])
  })

  test('what was said before the library came', async () => {
    addPage(name)
    const pixel = open()
    pixel.identify({ email })
    await settle()
    page.addLibrary(name)
    page.call(name, ...pixels[name].order('o1'))
    expect(await shown(name)).toEqual([seen[name]])
  })

  test('what was said before the page’s own snippet', async () => {
    const script = document.createElement('script')
    script.type = 'text/plain'
    document.head.append(script)
    const pixel = open()
    pixel.identify({ email })
    await settle()
    addPage(name)
    // As the snippet does it: its library stands beside the first script of the page.
    const library = document.createElement('script')
    library.type = 'text/plain'
    document.head.insertBefore(library, script)
    await settle()
    page.addLibrary(name)
    page.call(name, ...pixels[name].order('o1'))
    expect(await shown(name)).toEqual([seen[name]])
    script.remove()
    library.remove()
  })

  test('the same again is told no second time', async () => {
    addPage(name)
    const pixel = open()
    page.addLibrary(name)
    const inits = watchInits(name)
    for (let time = 0; time < 3; time++) {
      pixel.identify({ email })
      pixel.track('Lead')
      await settle()
    }
    expect(inits).toEqual([[pixels[name].init[1], keys[name]]])
  })

  test.each<[string, (name: page.Name) => void]>([
    ['a pixel that is not this site’s', (name) => page.call(name, 'init', 'other')],
    ['a page that begins none', () => undefined],
  ])('none but its own is begun or told: %s', async (_name, begin) => {
    page.addStub(name)
    begin(name)
    const pixel = open()
    const inits = watchInits(name)
    pixel.identify({ email })
    pixel.track('Lead')
    await settle()
    expect(inits).toEqual([])
  })

  test('a page that tells the platform itself is left alone', async () => {
    page.addStub(name)
    page.call(name, 'init', pixels[name].init[1], { ...keys[name] })
    const pixel = open()
    const inits = watchInits(name)
    pixel.identify({ email: 'b@c.example' })
    await settle()
    expect(inits).toEqual([])
  })

  test('not before a yes, and not after a no', async () => {
    addPage(name)
    const pixel = open({ features: [consent, pairing, match], consent: 'wait' })
    page.addLibrary(name)
    const inits = watchInits(name)
    pixel.identify({ email })
    pixel.track('Lead')
    await settle()
    expect(inits).toEqual([])
    pixel.consent('granted')
    expect(inits).toEqual([[pixels[name].init[1], keys[name]]])
    pixel.consent('denied')
    inits.length = 0
    pixel.identify({ email: 'b@c.example' })
    pixel.track('Lead')
    await settle()
    expect(inits).toEqual([])
    // What `identify` was told before the no is forgotten.
    pixel.consent('granted')
    await settle()
    expect(inits).toEqual([])
  })

  test.each<[string, PixelConfig, boolean]>([
    ['the tag says no', { match: '0' }, true],
    ['the page is no secure one', {}, false],
    ['the site has no pixel there', { pixels: {} }, true],
    ['its ID is not known', { pixels: { [name]: [] } }, true],
  ])('nothing is told where %s', async (_name, config, isSecure) => {
    setGlobal('isSecureContext', isSecure)
    addPage(name)
    const pixel = open(config)
    const inits = watchInits(name)
    pixel.identify({ email })
    pixel.track('Lead')
    await settle()
    expect(inits).toEqual([])
  })

  test('our own call passes pairing as it is, and is told nobody', async () => {
    addPage(name)
    const pixel = open({ features: [pairing, match] })
    page.addLibrary(name)
    pixel.identify({ email })
    expect(await page.twins()).toEqual([])
  })
})

test('a no that nobody has said forgets what was said too', async () => {
  addPage('meta')
  const pixel = open({ features: [consent, pairing, match], consent: 'wait', consentFallback: 'denied' })
  const inits = watchInits('meta')
  pixel.identify({ email })
  vi.advanceTimersByTime(5000)
  pixel.consent('granted')
  pixel.identify({ first_name: 'Ada' })
  await settle()
  expect(inits).toEqual([['111', { fn: 'ada' }]])
})

test('Meta takes two `init` a page: ours is one, whatever else is said', async () => {
  addPage('meta')
  const pixel = open()
  const inits = watchInits('meta')
  pixel.identify({ email })
  pixel.identify({ first_name: 'Ada' })
  await settle()
  pixel.identify({ phone: '+12025550100' })
  await settle()
  expect(inits).toEqual([['111', { em: email, fn: 'ada' }]])
})

test('Meta: a page that has called `init` twice hears no third one', async () => {
  addPage('meta')
  page.call('meta', 'init', '111')
  const pixel = open()
  const inits = watchInits('meta')
  pixel.identify({ email })
  await settle()
  expect(inits).toEqual([])
})

test('Meta: a list with the whole call in it is an `init` too, and each pixel of the site is told once', async () => {
  addPage('meta')
  page.call('meta', ['init', '222'])
  const pixel = open({ pixels: { meta: ['111', '222', '333'] } })
  const inits = watchInits('meta')
  pixel.identify({ email })
  await settle()
  expect(inits).toEqual([
    ['111', { em: email }],
    ['222', { em: email }],
  ])
})

test.each<[page.Name, string, unknown[][]]>([
  ['meta', 'https://connect.facebook.net/signals/config/111?v=2.9', [['111', keys.meta]]],
  ['meta', 'https://connect.facebook.net/signals/config/1112?v=2.9', []],
  ['meta', 'https://shop.example/?from=/signals/config/111', []],
  ['snapchat', `https://tr.snapchat.com/config/com/${ids.snapchat[0]!}.json?v=3`, [[ids.snapchat[0], keys.snapchat]]],
  ['reddit', 'https://pixel-config.reddit.com/pixels/a2_abc/config', []],
])('%s: of a call before we came, its request for settings tells: %s', async (name, url, expected) => {
  page.addStub(name)
  Object.assign(page.fnOf(name), { [pixels[name].live]: () => undefined })
  vi.stubGlobal('performance', { getEntriesByType: () => [{ name: url }] })
  const pixel = open()
  const inits = watchInits(name)
  pixel.identify({ email })
  await settle()
  expect(inits).toEqual(expected)
})

test('Reddit: ours says what the page’s said, and an emptied field is taken back', async () => {
  page.addStub('reddit')
  page.call('reddit', 'init', 'a2_abc', { useDecimalCurrencyValues: true, optOut: false })
  const pixel = open()
  page.addLibrary('reddit')
  const inits = watchInits('reddit')
  const options = { useDecimalCurrencyValues: true, optOut: false }
  pixel.identify({ email, external_id: 'C-7' })
  await settle()
  pixel.identify({ email: '' })
  await settle()
  pixel.identify({ external_id: '' })
  await settle()
  expect(inits).toEqual([
    ['a2_abc', { ...options, email, externalId: 'C-7' }],
    ['a2_abc', { ...options, externalId: 'C-7' }],
    ['a2_abc', options],
  ])
})

test('Reddit: a page whose last `init` is another’s pixel hears none of ours', async () => {
  addPage('reddit')
  page.call('reddit', 'init', 'a2_other')
  const pixel = open()
  const inits = watchInits('reddit')
  pixel.identify({ email })
  await settle()
  expect(inits).toEqual([])
})

test('Reddit: a no takes back what was told', async () => {
  addPage('reddit')
  const pixel = open({ features: [consent, pairing, match], consent: 'wait' })
  page.addLibrary('reddit')
  pixel.consent('granted')
  pixel.identify({ email })
  await settle()
  page.call('reddit', ...pixels.reddit.order('o1'))
  pixel.consent('denied')
  page.call('reddit', ...pixels.reddit.order('o2'))
  expect(await shown('reddit')).toEqual([seen.reddit, undefined])
})

test('Snapchat: the text in its sample code is nobody’s address', async () => {
  page.addStub('snapchat')
  page.call('snapchat', 'init', ids.snapchat[0], { user_email: '__INSERT_USER_EMAIL__' })
  const pixel = open()
  const inits = watchInits('snapchat')
  pixel.identify({ email })
  await settle()
  expect(inits).toMatchObject([[ids.snapchat[0], keys.snapchat]])
})

test('a form’s fields are told too', async () => {
  addPage('meta')
  const pixel = open({ features: [pairing, match, forms] })
  const inits = watchInits('meta')
  pixel.consent('granted')
  document.body.innerHTML = `<form><input type="email" value="${email}"></form>`
  document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true }))
  await settle()
  expect(inits).toEqual([['111', { em: email }]])
})

describe('begun by our loader', () => {
  const features: readonly Feature[] = [consent, load, pairing, match]
  const calls = (name: page.Name) =>
    (page.fnOf(name)[pixels[name].queue] as ArrayLike<unknown>[])
      .map((call) => Array.from(call))
      .filter(([command]) => command === 'init')
      .map((call) => call.slice(1))
  beforeEach(() => void vi.spyOn(document.head, 'append').mockImplementation(() => undefined))

  test('what is known by then stands in the first `init`', async () => {
    const pixel = start({ features, consent: 'wait', pixels: ids })
    pixel.identify({ email })
    pixel.consent('granted')
    await settle()
    pixel.track('Lead')
    await settle()
    expect(names.map(calls)).toEqual([
      [['111', keys.meta]],
      [['a2_abc', { ...keys.reddit, useDecimalCurrencyValues: true }]],
      [[ids.snapchat[0], keys.snapchat]],
    ])
    for (const name of names) page.addLibrary(name)
    pixel.track('purchase', { value: 5, currency: 'EUR' })
    for (const name of names) expect(await shown(name)).toEqual([seen[name]])
  })

  test('early calls are known by then', async () => {
    setGlobal('pairpixel', { q: [['identify', { email }]] })
    start({ features: [load, pairing, match], pixels: ids })
    await settle()
    expect(calls('meta')).toEqual([['111', keys.meta]])
  })

  test('what is said later comes in one more', async () => {
    const pixel = start({ features: [load, pairing, match], pixels: ids })
    await settle()
    for (const said of [{ email }, { external_id: 'c-7' }]) {
      pixel.identify(said)
      await settle()
    }
    expect(names.map(calls)).toEqual([
      [['111'], ['111', keys.meta]],
      [
        ['a2_abc', { useDecimalCurrencyValues: true }],
        ['a2_abc', { useDecimalCurrencyValues: true, email }],
        ['a2_abc', { useDecimalCurrencyValues: true, email, externalId: 'c-7' }],
      ],
      [
        [ids.snapchat[0], {}],
        [ids.snapchat[0], keys.snapchat],
      ],
    ])
  })
})
