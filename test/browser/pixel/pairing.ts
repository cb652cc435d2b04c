import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { demoAccounts } from '../../../server/demo/simulators.ts'
import type { PlatformName } from '../../../shared/names.ts'
import { settle, track, until, type Row, type Scene } from './row.ts'
import { platforms, type Site } from './site.ts'
import { base, button, early, init, inline, load, purchaseNames, stub } from './snippets.ts'

/** A purchase as a page tells the platform's own function, without an ID. */
export const ownCalls = {
  meta: `fbq('track','Purchase',{value:12.5,currency:'EUR',content_ids:['SKU-1']});`,
  reddit: `rdt('track','Purchase',{value:12.5,currency:'EUR',products:[{id:'SKU-1'}]});`,
  snapchat: `snaptr('track','PURCHASE',{price:12.5,currency:'EUR',item_ids:['SKU-1']});`,
} as const

/** Reddit's pixel sends the digest of the ID. */
export const hitId = (platform: PlatformName, id: string): string =>
  platform === 'reddit' ? createHash('sha256').update(id).digest('hex') : id

/** One conversion, of one hit and one server copy, under the ID that the collector was told; nothing anywhere else. */
export async function expectPair(
  site: Site,
  on: readonly PlatformName[],
  names: Readonly<Record<PlatformName, string>> = purchaseNames,
): Promise<void> {
  await until(`a paired purchase at ${on.join(' and ')}`, () =>
    on.every((name) => site.counted(name, names[name]).some(({ paired }) => paired)),
  )
  for (const name of platforms) {
    const { hits, accepted, refused } = site.platforms[name].state()
    expect(refused, name).toEqual([])
    if (on.includes(name))
      expect(site.counted(name, names[name]), name).toMatchObject([{ hits: 1, server_copies: 1, paired: true }])
    else
      expect(
        [...hits, ...accepted].map(({ event }) => event),
        name,
      ).not.toContain(names[name])
  }
}

/** A page tells one platform of a purchase; the collector hears of it, for that platform alone. */
export const observed =
  (
    platform: PlatformName,
    head: (site: Site) => string,
    body: string,
    press?: boolean,
    to: string = platform,
  ): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.go(site.addPage('thanks', { head: head(site), body }))
    if (press) await tab.click('button')
    await settle(scene)
    await expectPair(site, [platform])
    expect(site.events('purchase')).toMatchObject([
      { to: [to], value: 12.5, currency: 'EUR', items: [{ id: 'SKU-1' }] },
    ])
    const id = site.events('purchase')[0]!.event_id
    expect(site.platforms[platform].state().hits.map((hit) => hit.id)).toContain(hitId(platform, id))
  }

const wholeStub = (name: PlatformName) => inline(stub(name) + init(name))
const queued = (name: PlatformName) => inline(stub(name) + init(name) + ownCalls[name])
export const later = (code: string) => inline(`addEventListener('load',()=>{${code}})`)
export const loadLater = (site: Site, name: PlatformName) =>
  later(`document.head.append(Object.assign(document.createElement('script'),{src:'${site.library(name)}'}))`)

/** When a page calls, beside when our script and the platform's come. */
const moments: readonly (readonly [string, (name: PlatformName) => Row[1]])[] = [
  [
    'before the library and before our script',
    (name) => observed(name, (site) => queued(name) + site.tag() + load(site, name), ''),
  ],
  [
    'between our script and the library',
    (name) =>
      observed(name, (site) => wholeStub(name) + site.tag() + inline(ownCalls[name]) + loadLater(site, name), ''),
  ],
  [
    'where our script comes first of all',
    (name) => observed(name, (site) => site.tag() + queued(name) + load(site, name), ''),
  ],
  [
    'when all are live',
    (name) => observed(name, (site) => base(site, name) + site.tag(), button(ownCalls[name]), true),
  ],
  [
    'when the library was live before our script',
    (name) =>
      observed(
        name,
        (site) => wholeStub(name) + `<script src="${site.library(name)}"></script>` + site.tag(),
        button(ownCalls[name]),
        true,
      ),
  ],
]

/** The configured pixel and another agency's beside it. */
const otherPixel = '299999999999999'
const twoMetaPixels = (site: Site) =>
  inline(`${stub('meta') + init('meta')}fbq('init','${otherPixel}');`) + load(site, 'meta') + site.tag()
const metaHits = ({ site }: Scene) =>
  site.platforms.meta
    .state()
    .hits.filter(({ event }) => event === 'Purchase')
    .map(({ pixel, id }) => [pixel, id])
    .toSorted()

export const pairing: readonly Row[] = [
  [
    'a purchase told to pairpixel: one ID at all platforms and the collector',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(site.addPage('thanks', { head: base(site) + site.tag('async') }))
      const id = await tab.run(track, { name: 'purchase', props: { value: 12.5, currency: 'EUR' } })
      await settle(scene)
      await expectPair(site, platforms)
      expect(site.events('purchase').map(({ event_id }) => event_id)).toEqual([id])
      for (const name of platforms)
        expect(
          site.platforms[name].state().hits.map((hit) => hit.id),
          name,
        ).toContain(hitId(name, id!))
    },
  ],
  [
    'a call made before our script is there',
    async ({ site, tab }) => {
      const call = `pairpixel('track','purchase',{value:12.5,currency:'EUR',order_id:'o-1'})`
      await tab.go(site.addPage('thanks', { head: base(site) + early + inline(call) + site.tag('async') }))
      await expectPair(site, platforms)
      expect(site.events('purchase')).toMatchObject([{ event_id: 'o-1', order_id: 'o-1' }])
    },
  ],
  ...platforms.flatMap((name) =>
    moments.map(([moment, visit]): Row => [`a purchase told to ${name}’s pixel only, ${moment}`, visit(name)]),
  ),
  [
    'two Meta pixels: ours reaches the configured one only',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(site.addPage('thanks', { head: twoMetaPixels(site) }))
      const id = await tab.run(track, { name: 'purchase', props: { value: 12.5, currency: 'EUR' } })
      await settle(scene)
      await until('both copies at Meta', () => site.counted('meta', 'Purchase')[0]?.paired)
      expect(site.counted('meta', 'Purchase')).toMatchObject([{ hits: 1, server_copies: 1 }])
      expect(metaHits(scene)).toEqual([[demoAccounts.meta.pixelId, id]])
    },
  ],
  [
    'two Meta pixels: the page’s own call reaches both under one ID, and the collector once',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(site.addPage('thanks', { head: twoMetaPixels(site), body: button(ownCalls.meta) }))
      await tab.click('button')
      await settle(scene)
      await expectPair(site, ['meta'])
      const [{ event_id: id } = {}, ...more] = site.events('purchase')
      expect(more).toEqual([])
      await until('a hit of each pixel', () => metaHits(scene).length === 2)
      expect(metaHits(scene)).toMatchObject([
        [demoAccounts.meta.pixelId, id],
        [otherPixel, id],
      ])
    },
  ],
]
