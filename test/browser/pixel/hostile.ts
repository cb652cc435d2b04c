import { expect } from 'vitest'
import { settle, track, until, viewed, type Row, type Scene } from './row.ts'
import type { Page } from './site.ts'
import { base, button, early, inline } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1', items: [{ id: 'SKU-1' }] } }

/** The page works: one view and one order arrive, whole. */
async function expectOrder(scene: Scene): Promise<void> {
  const { site, tab } = scene
  expect(await tab.run(track, order)).toBe('o-1')
  await viewed(scene)
  await settle(scene)
  expect(site.events('page_view')).toHaveLength(1)
  expect(site.events('purchase')).toMatchObject([{ value: 12.5, currency: 'EUR', items: [{ id: 'SKU-1' }] }])
}

/** A page under these headers, or with this before everything else. */
const under =
  ({ head = '', headers }: Page, attributes = ''): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.go(site.addPage('landing', { head: head + base(site) + site.tag(attributes), headers }))
    await expectOrder(scene)
  }

/** What a page's world is before our script; run by the driver, so that no policy minds. */
const prepared =
  (script: () => void): Row[1] =>
  async (scene) => {
    await scene.tab.prepare(script)
    await under({})(scene)
  }

const nonce = 'c2hvcA'
const strict = `default-src 'self' 'nonce-${nonce}'`

export const hostile: readonly Row[] = [
  ['an ordinary page, to compare with', under({})],
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
    'no storage at all',
    prepared(() => {
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { value: null })
    }),
  ],
  [
    'a full storage',
    prepared(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
      Object.defineProperty(window, 'localStorage', {
        value: new Proxy(localStorage, {
          set() {
            throw new DOMException('full', 'QuotaExceededError')
          },
        }),
      })
    }),
  ],
  [
    'cookies that nobody keeps',
    prepared(() => {
      Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => undefined })
    }),
  ],
  [
    'a policy of the page’s own origin, with nonces',
    async (scene) => {
      const { site, tab } = scene
      const headers = { 'Content-Security-Policy': strict }
      await tab.go(site.addPage('landing', { head: site.tag(`nonce="${nonce}"`), headers }))
      await expectOrder(scene)
    },
  ],
  [
    'Trusted Types enforced, and none allowed',
    async (scene) => {
      const { site, tab } = scene
      const headers = {
        'Content-Security-Policy': `${strict}; require-trusted-types-for 'script'; trusted-types 'none'`,
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
    'in a frame of another site',
    async ({ site, tab }) => {
      const inner = site.addPage('inner', {
        head: site.tag(),
        body: inline(`pairpixel.track('lead');top.postMessage(1,'*')`),
      })
      const wait = inline(`addEventListener('message',function(){document.title='told'})`)
      await tab.go(site.addPage('landing', { host: 'other', head: wait, body: `<iframe src="${inner}"></iframe>` }))
      await until('the frame', () => tab.run(() => document.title === 'told'))
    },
  ],
  [
    'prototypes that carry more than they should',
    under({
      head: inline(`
        Object.prototype.extra = function () { return 'extra' }
        Object.prototype.value0 = { deep: 1 }
        Array.prototype.each = function (run) { for (var i = 0; i < this.length; i++) run(this[i]) }
        Array.prototype.last = null
        Function.prototype.extra = 1
        String.prototype.extra = 1`),
    }),
  ],
  [
    'prototypes that answer JSON themselves, as an old library’s',
    async ({ site, tab }) => {
      const head = inline(`
        Array.prototype.toJSON = function () { return '[' + this.map(function (one) { return JSON.stringify(one) }).join(', ') + ']' }
        String.prototype.toJSON = function () { return '"' + this + '"' }`)
      const body = inline(`pairpixel.track('purchase',{order_id:'o-1',value:1});document.title='went on'`)
      await tab.go(site.addPage('landing', { head: head + base(site) + site.tag(), body }))
      expect(await tab.run(() => document.title)).toBe('went on')
    },
  ],
  [
    'a page over plain http: no digests, no locks',
    async (scene) => {
      const { site, tab } = scene
      await tab.prepare(() => {
        Object.defineProperty(window, 'isSecureContext', { value: false })
        Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
        Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined })
        Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })
      })
      await tab.go(site.addPage('landing', { head: site.tag() }))
      await tab.run(() => window.pairpixel?.identify({ email: 'ada@shop.example' }))
      await expectOrder(scene)
      expect((await site.event('purchase')).user?.email).toBeUndefined()
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
