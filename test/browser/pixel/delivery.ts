import { expect } from 'vitest'
import { readStorage } from './driver.ts'
import { expectPair, hitId } from './pairing.ts'
import { storeOf, track, until, type Row, type Scene } from './row.ts'
import { platforms, type Site } from './site.ts'
import { base, early, init, inline, purchaseNames, stub } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1' } }
const everywhere = (state: string) => ({ meta: state, reddit: state, snapchat: state })
const sent = ({ site }: Scene) =>
  platforms.map(
    (name) => site.platforms[name].state().accepted.filter(({ event }) => event === purchaseNames[name]).length,
  )

/** Something of the platforms is blocked, and what the collector knows of the purchase at the end. */
const blocked =
  (pattern: RegExp, fired: Record<string, string>, head = (site: Site) => site.tag() + base(site)): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.block(pattern)
    await tab.go(site.addPage('thanks', { head: head(site) }))
    await tab.run(track, order)
    await until(`an order whose pixels are ${JSON.stringify(fired)}`, async () => {
      const row = await site.row('o-1')
      return JSON.stringify(row?.fired) === JSON.stringify(fired)
    })
    await until('the collector’s copies', () => sent(scene).every((count) => count === 1))
    await site.event('page_view')
    for (const name of platforms) expect(site.platforms[name].state().hits, name).toEqual([])
  }

/** As GA4's documentation writes it. */
const ga4Order = {
  event: 'purchase',
  ecommerce: {
    ...{ transaction_id: 'o-1', value: 12.5, currency: 'EUR' },
    items: [
      { item_id: 'S1', item_name: 'Cap', item_category: 'Hats', item_category2: 'Wool', price: 5.5, quantity: 2 },
      { item_id: 'S2', price: 1.5 },
    ],
  },
}

export const delivery: readonly Row[] = [
  [
    'an order in the data layer: the platforms’ pixels are told of all of it, each in its own words',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(site.addPage('thanks', { head: site.tag() + base(site) }))
      await tab.run((entry) => {
        const page = window as unknown as { dataLayer?: object[] }
        ;(page.dataLayer ??= []).push(entry)
      }, ga4Order)
      await expectPair(site, platforms)
      const [meta, reddit] = (['meta', 'reddit'] as const).map((name) => {
        const told = site.platforms[name].state().hits.find(({ event }) => event === purchaseNames[name])
        return told?.fields as Readonly<Record<string, string>>
      })
      expect(JSON.parse(meta!['cd[contents]']!)).toEqual([
        { id: 'S1', quantity: 2, item_price: 5.5 },
        { id: 'S2', quantity: 1, item_price: 1.5 },
      ])
      expect(meta).toMatchObject({ 'cd[order_id]': 'o-1', 'cd[num_items]': '3', 'cd[content_type]': 'product' })
      expect(JSON.parse(reddit!['m.products']!)).toEqual([
        { id: 'S1', name: 'Cap', category: 'Hats > Wool', quantity: 2, itemPrice: 5.5 },
        { id: 'S2', itemPrice: 1.5 },
      ])
      expect(reddit).toMatchObject({ 'm.itemCount': '3', 'm.transactionId': hitId('reddit', 'o-1') })
    },
    { pixel: { data_layer: true } },
  ],
  [
    'the platforms’ libraries are blocked: all arrives, and says so',
    blocked(/fbevents\.js|reddit\/pixel\.js|scevent/, everywhere('blocked')),
  ],
  [
    'the platforms’ libraries were blocked before our script came: all arrives, and says so',
    blocked(/fbevents\.js|reddit\/pixel\.js|scevent/, everywhere('blocked'), (site) => {
      const parts = platforms.map(
        (name) => inline(stub(name) + init(name)) + `<script src="${site.library(name)}"></script>`,
      )
      return parts.join('') + site.tag()
    }),
  ],
  ...platforms.map((name): Row => {
    const files = { meta: /fbevents\.js/, reddit: /reddit\/pixel\.js/, snapchat: /scevent/ }
    return [
      `only ${name}’s library is blocked`,
      async (scene) => {
        const { site, tab } = scene
        await tab.block(files[name])
        await tab.go(site.addPage('thanks', { head: site.tag() + base(site) }))
        await tab.run(track, order)
        await until('that it is blocked', async () => (await site.row('o-1'))?.fired[name] === 'blocked')
        await until('both copies at the others', () =>
          platforms.every((one) => one === name || site.counted(one, purchaseNames[one])[0]?.paired),
        )
        await until('the collector’s copies', () => sent(scene).every((count) => count === 1))
      },
    ]
  }),
  [
    'the platforms’ hits are blocked: all arrives',
    blocked(/\/tr\/\?|rp\.gif|sc-static\.test.*\/p$/, { meta: 'requested', reddit: 'requested', snapchat: 'called' }),
  ],
  [
    'the collector is blocked: the page goes on, and the next one sends what was not taken, without match keys',
    async (scene) => {
      const { site, tab } = scene
      const thanks = site.addPage('thanks', { head: base(site) + site.tag() })
      await tab.block(/\/_p\/e$/)
      await tab.go(thanks)
      await tab.run(() => window.pairpixel?.identify({ email: 'ada@shop.example' }))
      expect(await tab.run(track, order)).toBe('o-1')
      await until('the order in the store', async () => (await storeOf(tab)).includes('o-1'))
      await until('the platforms’ own hits', () =>
        platforms.every((name) => site.counted(name, purchaseNames[name])[0]),
      )
      expect(site.events('purchase')).toEqual([])
      expect(JSON.stringify(await tab.run(readStorage))).not.toContain('ada@')
      await tab.block(undefined)
      await tab.go(site.addPage('next', { head: site.tag() }))
      await expectPair(site, platforms)
      // It may come more than once; the collector counts it once.
      expect(new Set(site.events('purchase').map(({ event_id, value }) => `${event_id} ${value}`))).toEqual(
        new Set(['o-1 12.5']),
      )
      await until('an empty store', async () => !(await storeOf(tab)).includes('o-1'))
    },
  ],
  [
    'our script is blocked: the page and its platforms go on',
    async ({ site, tab }) => {
      await tab.block(/\/_p\//)
      const call = inline(`pairpixel('track','purchase',{value:12.5});document.title='went on'`)
      await tab.go(
        site.addPage('thanks', {
          head: base(site) + early + site.tag('async'),
          body: call + inline(`fbq('track','Purchase')`),
        }),
      )
      expect(await tab.run(() => document.title)).toBe('went on')
      await until('Meta’s own hit', () => site.counted('meta', 'Purchase').length)
    },
  ],
]
