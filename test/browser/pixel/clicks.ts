import { expect } from 'vitest'
import type { PixelEvent } from '../../../shared/event.ts'
import { inline } from './snippets.ts'
import { platforms, type Place } from './site.ts'
import { settle, track, until, type Row, type Scene } from './row.ts'

const query = '?rdt_cid=A&ScCid=b&fbclid=C'
const all = { rdt_cid: 'A', ScCid: 'b', fbclid: 'C' }
const strip = inline('history.replaceState(null, "", location.pathname)')
const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1' } }

const clickIdsOf = ({ context }: PixelEvent) =>
  Object.fromEntries(Object.entries(context?.click_ids ?? {}).map(([name, { value }]) => [name, value]))

/** From the ad to another page's purchase. */
async function buy({ site, tab }: Scene, head: string, thanksHead: string): Promise<PixelEvent> {
  const landing = site.addPage('landing', { head })
  const thanks = site.addPage('thanks', { head: thanksHead })
  await tab.go(landing + query)
  expect(await tab.run(() => location.search)).toBe('')
  await tab.go(thanks)
  await tab.run(track, order)
  return site.event('purchase')
}

/** The router comes after the pixel; the platforms get the click IDs with the next page's purchase. */
const kept =
  (place: Place): Row[1] =>
  async (scene) => {
    const { site } = scene
    const tag = site.tag('', place)
    expect(clickIdsOf(await buy(scene, tag + strip, tag))).toEqual(all)
    expect(await scene.tab.cookies()).toHaveProperty('_pp')
    const [meta, reddit, snapchat] = await until('the purchase at each platform', () => {
      const sent = platforms.map((name) =>
        site.platforms[name].state().accepted.find(({ event }) => /purchase/i.test(event)),
      )
      return sent.every(Boolean) ? sent.map((one) => one?.body) : undefined
    })
    expect(meta).toMatchObject({ user_data: { fbc: expect.stringMatching(/^fb\.\d\.\d{13}\.C$/) as string } })
    expect(reddit).toMatchObject({ click_id: 'A' })
    expect(snapchat).toMatchObject({ user_data: { sc_click_id: 'b' } })
  }

/** The router was there first: the address has lost them before our script comes. */
const afterRouter: Row[1] = async (scene) => {
  const tag = scene.site.tag('async')
  expect(clickIdsOf(await buy(scene, strip + tag, tag))).toEqual(all)
}

/** What a page view at this address knows. */
const landing =
  (suffix: string, expected: Record<string, string>): Row[1] =>
  async ({ site, tab }) => {
    await tab.go(site.addPage('landing', { head: site.tag() }) + suffix)
    await settle({ site, tab })
    expect(clickIdsOf(await site.event('page_view'))).toEqual(expected)
  }

/** The page changes its own address, and then something is bought. */
const moved =
  (change: string, expected: Record<string, string>): Row[1] =>
  async ({ site, tab }) => {
    await tab.go(site.addPage('landing', { head: site.tag() }) + '?rdt_cid=A')
    await tab.run(
      (code) => document.body.append(Object.assign(document.createElement('script'), { text: code })),
      change,
    )
    await tab.run(track, order)
    expect(clickIdsOf(await site.event('purchase'))).toEqual(expected)
  }

/** The browser drops the cookie, as Safari does a day after the ad; the collector elsewhere could not renew it. */
const mirrored: Row[1] = async ({ site, tab }) => {
  const head = site.tag('', 'elsewhere')
  await tab.go(site.addPage('landing', { head }) + query)
  await settle({ site, tab })
  // A page without the pixel: one that leaves writes what it knows.
  await tab.go(site.addPage('elsewhere'))
  expect(await tab.cookies()).toHaveProperty('_pp')
  await tab.run(() => {
    const labels = location.hostname.split('.')
    for (const at of labels.keys()) document.cookie = `_pp=;path=/;max-age=0;domain=${labels.slice(at).join('.')}`
  })
  expect(await tab.cookies()).not.toHaveProperty('_pp')
  await tab.go(site.addPage('thanks', { head }))
  await tab.run(track, order)
  expect(clickIdsOf(await site.event('purchase'))).toEqual(all)
  expect(await tab.cookies()).toHaveProperty('_pp')
}

/** A browser that calls itself Meta's app on Android, and answers no such question. */
function beAndroidApp(): void {
  const agent =
    'Mozilla/5.0 (Linux; Android 14; wv) Chrome/120.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/450.0.0.0;]'
  Object.defineProperty(Navigator.prototype, 'userAgent', { get: () => agent })
}
function answerAsAndroid(): void {
  const agent = 'Mozilla/5.0 (Linux; Android 14; wv) Chrome/120.0.0.0 Mobile Safari/537.36 Instagram 264.0.0.22 Android'
  Object.defineProperty(Navigator.prototype, 'userAgent', { get: () => agent })
  const Own = XMLHttpRequest
  window.XMLHttpRequest = class extends Own {
    override open(method: string, address: string | URL): void {
      super.open(method, String(address).startsWith('properties:') ? 'data:text/plain,APP-1' : address, true)
    }
  }
}
function answerAsIos(): void {
  const postMessage = (name: string) => Promise.resolve(name === 'clickID' ? 'APP-1' : null)
  Object.assign(window, { webkit: { messageHandlers: { browserProperties: { postMessage } } } })
}
/** A visit in such a browser, and what the collector and the next page know of the click. */
const inApp =
  (browser: () => void, expected: Record<string, string>): Row[1] =>
  async ({ site, tab }) => {
    await tab.prepare(browser)
    const head = site.tag()
    await tab.go(site.addPage('landing', { head }))
    await settle({ site, tab })
    if (expected.fbclid) await until('the app’s answer', async () => (await tab.cookies())._pp?.includes('APP-1'))
    await tab.go(site.addPage('thanks', { head }))
    await tab.run(track, order)
    expect(clickIdsOf(await site.event('purchase'))).toEqual(expected)
  }

const otherCookies: Row[1] = async ({ site, tab }) => {
  const cookies = inline('for (const name of ["_ttp", "li_fat_id", "session"]) document.cookie = name + "=1;path=/"')
  await tab.go(site.addPage('landing', { head: cookies + site.tag() }))
  await tab.run(track, order)
  const { context } = await site.event('purchase')
  expect(context?.cookies).toMatchObject({ _ttp: '1' })
  expect(Object.keys(context?.cookies ?? {})).not.toEqual(expect.arrayContaining(['li_fat_id']))
}

export const clicks: readonly Row[] = [
  ['outlive a router that takes them out of the address, to the next page’s purchase', kept('path')],
  ['the same with the collector on a sub-domain', kept('subdomain')],
  ['the same with the collector at another site', kept('elsewhere')],
  ['outlive a router that took them out of the address before our script came', afterRouter],
  ...['ScCid', 'sccid', 'SCCID', 'scCid'].map((name): Row => [
    `${name} is Snapchat’s`,
    landing(`?${name}=b%2FB`, { ScCid: 'b/B' }),
  ]),
  ['behind the # of a hash router', landing('#/x?rdt_cid=A', { rdt_cid: 'A' })],
  ['as the whole #', landing('#fbclid=C&x=1', { fbclid: 'C' })],
  ['in query and # together', landing('?ScCid=b#/x?rdt_cid=A', { ScCid: 'b', rdt_cid: 'A' })],
  ['one that a router adds', moved('history.pushState(null, "", "?fbclid=C")', { rdt_cid: 'A', fbclid: 'C' })],
  [
    'one that a router puts in the place',
    moved('history.replaceState(null, "", "?fbclid=C")', { rdt_cid: 'A', fbclid: 'C' }),
  ],
  ['one that a hash router adds', moved('location.hash = "#/y?fbclid=C"', { rdt_cid: 'A', fbclid: 'C' })],
  ['a new one takes the old one’s place', moved('history.pushState(null, "", "?rdt_cid=B")', { rdt_cid: 'B' })],
  ['come back from the copy in storage when the cookie is lost', mirrored, { pixel: { mirror: true } }],
  [
    'of Meta’s app on Android, asked for where the address has none',
    inApp(answerAsAndroid, { fbclid: 'APP-1' }),
    { pixel: { in_app: true } },
  ],
  ['of Meta’s app on iOS', inApp(answerAsIos, { fbclid: 'APP-1' }), { pixel: { in_app: true } }],
  ['an app that knows no such question does no harm', inApp(beAndroidApp, {}), { pixel: { in_app: true } }],
  ['of other platforms in cookies, those that the site names', otherCookies, { pixel: { cookies: ['_ttp'] } }],
]
