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
]
