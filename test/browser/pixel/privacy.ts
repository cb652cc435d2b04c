import { expect } from 'vitest'
import { settle, storeOf, track, until, type Row, type Scene } from './row.ts'
import { early, init, inline, load, purchaseNames, stub } from './snippets.ts'
import type { Site } from './site.ts'

const two = ['meta', 'reddit'] as const
const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1' } }

const expectPairs = (site: Site) =>
  until('both pairs', () => two.every((name) => site.counted(name, purchaseNames[name])[0]?.paired))
/** What the hits of the order say of limits. */
const limitsAt = ({ site }: Pick<Scene, 'site'>) =>
  two.map((name) =>
    site.platforms[name]
      .state()
      .hits.filter(({ event }) => event === purchaseNames[name])
      .map(({ fields }) => Object.fromEntries(Object.entries(fields).filter(([field]) => /^dp/.test(field)))),
  )
const full = [[{ dpo: 'LDU', dpoco: '0', dpost: '0' }], [{ dpm: 'LDU' }]]

const snippets = two.map((name) => inline(stub(name) + init(name))).join('')
const libraries = (site: Site): string => two.map((name) => load(site, name)).join('')

/** The browser asks for limits, and the visitor says yes: both reach the page's own pixels, and the collector. */
const withLimits =
  (head: (site: Site) => string): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.prepare(() => {
      Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { configurable: true, get: () => true })
    })
    await tab.go(site.addPage('thanks', { head: head(site) }))
    await tab.run(() => window.pairpixel?.consent('granted'))
    await tab.run(track, order)
    await settle(scene)
    await expectPairs(site)
    expect(limitsAt(scene)).toEqual(full)
    expect((await site.event('purchase')).consent).toMatchObject({ state: 'granted', limited: true })
  }

const tool = inline(`function __gpp(command,tell){var ping={signalStatus:'ready',
  parsedSections:{usnat:[{Version:1,SaleOptOut:1,SharingOptOut:2,TargetedAdvertisingOptOut:2}]}};
  if(command==='ping')tell(ping,true);
  if(command==='addEventListener')tell({eventName:'listenerRegistered',listenerId:1,data:true,pingData:ping},true)}`)

type Fbq = { readonly fbq: { readonly callMethod?: unknown } }
type Rdt = { readonly rdt: { readonly sendEvent?: unknown } }

export const privacy: readonly Row[] = [
  [
    'limits go before pixels whose snippets come after ours',
    withLimits((site) => site.tag() + snippets + libraries(site)),
    { consent: 'wait' },
  ],
  [
    'limits go before pixels that wait for their libraries',
    withLimits((site) => snippets + site.tag() + libraries(site)),
    { consent: 'wait' },
  ],
  [
    'a no that is known goes before the pixels: Meta’s holds all, Reddit’s makes no cookie, until there is a yes',
    async (scene) => {
      const { site, tab } = scene
      const said = early + inline(`pairpixel('consent','denied')`)
      const views = inline(`fbq('track','PageView');rdt('track','PageVisit');`)
      const metaViews = () => site.platforms.meta.state().hits.length
      await tab.go(site.addPage('landing', { head: said + site.tag() + snippets + views + libraries(site) }))
      await until('both libraries', () =>
        tab.run(() => {
          const { fbq, rdt } = window as unknown as Fbq & Rdt
          return Boolean(fbq.callMethod && rdt.sendEvent)
        }),
      )
      await until('Reddit’s own view', () => site.platforms.reddit.state().hits.length)
      expect([metaViews(), Object.keys(await tab.cookies()).includes('_rdt_uuid')]).toEqual([0, false])
      await tab.run(() => window.pairpixel?.consent('granted'))
      await until('what Meta’s pixel held', metaViews)
      expect(Object.keys(await tab.cookies())).toContain('_rdt_uuid')
    },
    { consent: 'wait' },
  ],
  [
    'an objection that a GPP tool knows of limits events and pixels, where nobody is asked',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(site.addPage('thanks', { head: tool + snippets + site.tag() + libraries(site) }))
      await tab.run(track, order)
      await settle(scene)
      await expectPairs(site)
      expect(limitsAt(scene)).toEqual(full)
      expect((await site.event('purchase')).consent).toEqual({ source: 'gpp', limited: true })
    },
    { pixel: { gpp: true } },
  ],
  [
    'addresses are clean when they leave, and while they are kept',
    async (scene) => {
      const { site, tab } = scene
      const page = site.addPage('thanks', { head: site.tag() })
      await tab.block(/\/_p\/e$/)
      await tab.go(`${page}?customer=ada&token=t&mail=ada%40shop.example&size=m&rdt_cid=A#jane@shop.example`)
      await tab.run(track, order)
      const clean = `${page}?customer=redacted&token=redacted&mail=redacted&size=m&rdt_cid=A#redacted`
      await until('the order in the store', async () => (await storeOf(tab)).includes('o-1'))
      // The page view may be there as well by now.
      const kept = JSON.parse(await storeOf(tab)) as { event: string; url: string }[]
      expect(kept.map(({ event }) => event)).toContain('purchase')
      expect(new Set(kept.map(({ url }) => url))).toEqual(new Set([clean]))
      await tab.block(undefined)
      await tab.go(site.addPage('next', { head: site.tag() }))
      const { url, context } = await site.event('purchase')
      expect([url, context?.click_ids?.rdt_cid?.value]).toEqual([clean, 'A'])
    },
    { pixel: { redact: ['customer'] } },
  ],
]
