import { expect } from 'vitest'
import { settle, until, viewed, type Row } from './row.ts'
import type { Site } from './site.ts'
import { button, early, inline } from './snippets.ts'
import { expectOrder } from './worlds.ts'

const nonce = 'c2hvcA'
/** The page's own origin, nonces, and a collector elsewhere where that is one. */
const strict = ({ collectorOrigin }: Site) =>
  `default-src 'self' 'nonce-${nonce}'` + (collectorOrigin && `; connect-src 'self' ${collectorOrigin}`)

export const hostile: readonly Row[] = [
  [
    'an origin of its own: storage and cookies throw',
    async (scene) => {
      const { site, tab } = scene
      const headers = { 'Content-Security-Policy': 'sandbox allow-scripts' }
      await tab.go(site.addPage('landing', { head: site.tag(), headers }) + '?fbclid=C')
      expect(
        await tab.run(() => {
          try {
            return `${document.cookie}${localStorage.length}`
          } catch (error) {
            return (error as Error).name
          }
        }),
      ).toBe('SecurityError')
      await expectOrder(scene)
      expect((await site.event('purchase')).context?.click_ids?.fbclid?.value).toBe('C')
    },
  ],
  [
    'a policy of the page’s own origin, with nonces',
    async (scene) => {
      const { site, tab } = scene
      const headers = { 'Content-Security-Policy': strict(site) }
      await tab.go(site.addPage('landing', { head: site.tag(`nonce="${nonce}"`), headers }))
      await expectOrder(scene)
    },
  ],
  [
    'Trusted Types enforced, and none allowed',
    async (scene) => {
      const { site, tab } = scene
      const headers = {
        'Content-Security-Policy': `${strict(site)}; require-trusted-types-for 'script'; trusted-types 'none'`,
      }
      await tab.go(site.addPage('landing', { head: site.tag(`nonce="${nonce}"`), headers }))
      await expectOrder(scene)
      const refused = await tab.run(() => {
        try {
          document.createElement('div').innerHTML = 'x'
          return false
        } catch {
          return true
        }
      })
      expect(refused).toBe(true)
      // That was ours.
      await until('the browser’s word on it', () => tab.troubles.splice(0).length)
    },
  ],
  [
    'our script twice: one view, one order',
    async (scene) => {
      const { site, tab } = scene
      await tab.go(
        site.addPage('landing', { head: site.tag() + early + site.tag('async') + site.tag('', 'elsewhere') }),
      )
      await expectOrder(scene)
    },
  ],
  [
    'in a frame of the same site',
    async ({ site, tab }) => {
      const inner = site.addPage('inner', {
        head: site.tag(),
        body: inline(`pairpixel('track','purchase',{order_id:'o-1'})`),
      })
      await tab.go(site.addPage('landing', { body: `<iframe src="${inner}"></iframe>` }))
      await site.event('purchase')
    },
  ],
  [
    'in a frame of another site nothing is sent',
    async (scene) => {
      const { site, tab } = scene
      const inner = site.addPage('inner', {
        head: site.tag(),
        body: inline(`pairpixel.track('lead');pairpixel.flush();top.postMessage(1,'*')`),
      })
      const wait = inline(`addEventListener('message',function(){document.title='told'})`)
      await tab.go(site.addPage('landing', { host: 'other', head: wait, body: `<iframe src="${inner}"></iframe>` }))
      await until('the frame', () => tab.run(() => document.title === 'told'))
      const own = site.addPage('own', { head: site.tag() })
      await tab.go(own)
      await viewed(scene)
      await settle(scene)
      expect(site.events('generate_lead')).toEqual([])
      expect(site.events('page_view').map(({ url }) => url)).toEqual([own])
    },
  ],
  [
    'functions of the platforms that throw',
    async (scene) => {
      const { site, tab } = scene
      const broken = inline(`fbq=rdt=snaptr=function(){throw new Error('broken')}`)
      await tab.go(site.addPage('landing', { head: broken + site.tag(), body: button('') }))
      await expectOrder(scene)
      await until('the order in the ledger', () => site.row('o-1'))
    },
  ],
]
