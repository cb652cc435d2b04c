import { demoAccounts } from '../../../server/demo/simulators.ts'
import type { PlatformName } from '../../../shared/names.ts'
import { expect } from 'vitest'
import { expectPair, later, loadLater, observed, ownCalls } from './pairing.ts'
import { settle, until, type Row } from './row.ts'
import { base, button, init, inline, load, stub } from './snippets.ts'

/** Calls in other forms; each has one hit, one server copy and one ID. */
const pressed = (name: PlatformName, code: string, to?: string) =>
  observed(name, (site) => base(site, name) + site.tag(), button(code), true, to)
const params = `{value:12.5,currency:'EUR',content_ids:['SKU-1']}`
const snapParams = `{price:12.5,currency:'EUR',item_ids:['SKU-1']}`

/** A function that the page declares in a way of its own. */
const declared = (how: 'var' | 'function', order: 'before' | 'after'): Row[1] =>
  observed(
    'meta',
    (site) => {
      const parts = [inline(stub('meta', how) + init('meta') + ownCalls.meta), site.tag()]
      return (order === 'before' ? parts : parts.toReversed()).join('') + loadLater(site, 'meta')
    },
    '',
  )

export const forms: readonly Row[] = [
  ['Meta: through the alias', pressed('meta', `_fbq('track','Purchase',${params})`)],
  ['Meta: as one list', pressed('meta', `fbq.push(['track','Purchase',${params}])`)],
  [
    'Meta: for one pixel',
    pressed(
      'meta',
      `fbq('trackSingle','${demoAccounts.meta.pixelId}','Purchase',${params})`,
      demoAccounts.meta.pixelId,
    ),
  ],
  ['Meta: straight to the live method', pressed('meta', `fbq.callMethod('track','Purchase',${params})`)],
  [
    'Snapchat: for one pixel',
    pressed(
      'snapchat',
      `snaptr('track','${demoAccounts.snapchat.pixelId}','PURCHASE',${snapParams})`,
      demoAccounts.snapchat.pixelId,
    ),
  ],
  ['Snapchat: commands in capitals', pressed('snapchat', `snaptr('TRACK','PURCHASE',${snapParams})`)],
  [
    'a reference that the page kept',
    observed(
      'meta',
      (site) => inline(`${stub('meta')}var kept=fbq;${init('meta')}`) + site.tag() + load(site, 'meta'),
      button(`kept('track','Purchase',${params})`),
      true,
    ),
  ],
  ['var fbq', declared('var', 'before')],
  ['var fbq after our script', declared('var', 'after')],
  ['function fbq(){} before our script', declared('function', 'before')],
  ['function fbq(){} after our script', declared('function', 'after')],
  [
    'the library twice',
    observed('meta', (site) => base(site, 'meta') + site.tag() + loadLater(site, 'meta') + later(ownCalls.meta), ''),
  ],
  ...(
    [
      ['meta', `fbq('track','Purchase',${params},{eventID:'own-1'})`],
      ['meta', `fbq('track','Purchase',${params},{eventID:{eventID:'own-1'}})`],
      ['reddit', `rdt('track','Purchase',{value:12.5,currency:'EUR',products:[{id:'SKU-1'}],conversionId:'own-1'})`],
      ['snapchat', `snaptr('track','PURCHASE',{price:12.5,currency:'EUR',item_ids:['SKU-1'],client_dedup_id:'own-1'})`],
      ['snapchat', `snaptr('track','PURCHASE',{price:12.5,currency:'EUR',item_ids:['SKU-1'],cdid:'own-1'})`],
    ] as const
  ).map(([name, code]): Row => [
    `the page’s own ID stays: ${code}`,
    async (scene) => {
      await pressed(name, code)(scene)
      expect(scene.site.events('purchase')).toMatchObject([{ event_id: 'own-1' }])
    },
  ]),
  ...(
    [
      ['meta', `fbq('track','Purchase',${params},{eventID:4711})`],
      ['reddit', `rdt('track','Purchase',{value:12.5,currency:'EUR',products:[{id:'SKU-1'}],conversionId:4711})`],
    ] as const
  ).map(([name, code]): Row => [
    `a number as ID becomes text: ${code}`,
    async (scene) => {
      await pressed(name, code)(scene)
      expect(scene.site.events('purchase')).toMatchObject([{ event_id: '4711' }])
    },
  ]),
  ...(['', ', its library live before our script'] as const).map((where): Row => [
    `Snapchat’s own page view, and the page’s own after it: one page view, and no third${where}`,
    async (scene) => {
      const { site, tab } = scene
      const tag = site.tag('data-auto="0"')
      const head = where
        ? `${inline(stub('snapchat') + init('snapchat'))}<script src="${site.library('snapchat')}"></script>${tag}`
        : inline(stub('snapchat') + init('snapchat')) + tag + loadLater(site, 'snapchat')
      await tab.go(site.addPage('landing', { head, body: button(`snaptr('track','PAGE_VIEW')`) }))
      const views = () => site.counted('snapchat', 'PAGE_VIEW')
      await until('the page view that Snapchat’s library sends itself', () => views().length)
      await tab.click('button')
      await until('the page’s own', () => views()[0]?.hits === 2)
      await settle(scene)
      expect(views()).toMatchObject([{ hits: 2, server_copies: 0 }])
      expect(site.events('page_view')).toEqual([])
    },
  ]),
  [
    'two platforms told of one order within a second share its ID',
    async (scene) => {
      const { site, tab } = scene
      const head = base(site, 'meta', 'reddit') + site.tag()
      await tab.go(site.addPage('thanks', { head, body: button(ownCalls.meta + ownCalls.reddit) }))
      await tab.click('button')
      await settle(scene)
      await expectPair(site, ['meta', 'reddit'])
      expect(new Set(site.events('purchase').map(({ event_id }) => event_id)).size).toBe(1)
    },
  ],
]
