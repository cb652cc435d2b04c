import { expect } from 'vitest'
import { settle, track, viewed, type Row, type Scene } from './row.ts'
import { platforms, type Site } from './site.ts'
import { base, globals, init, inline, stub } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1', items: [{ id: 'SKU-1' }] } }

/** The page works: one view and one order arrive, whole. */
export async function expectOrder(scene: Scene): Promise<void> {
  const { site, tab } = scene
  expect(await tab.run(track, order)).toBe('o-1')
  await viewed(scene)
  await settle(scene)
  expect(site.events('page_view')).toHaveLength(1)
  expect(site.events('purchase')).toMatchObject([{ value: 12.5, currency: 'EUR', items: [{ id: 'SKU-1' }] }])
}

/** What is done to a page's world before anything else, and what the page has beside our script. */
const prepared =
  (script: () => void, others: (site: Site) => string = base): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.prepare(script)
    await tab.go(site.addPage('landing', { head: others(site) + site.tag() }))
    await expectOrder(scene)
  }
const alone = (): string => ''

export const worlds: readonly Row[] = [
  ['an ordinary page, to compare with', prepared(() => undefined)],
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
    'storage and cookies that throw when asked for',
    prepared(() => {
      const get = () => {
        throw new DOMException('denied', 'SecurityError')
      }
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(window, name, { get })
      Object.defineProperty(Document.prototype, 'cookie', { get, set: get })
      // The platforms' own scripts do not survive that.
    }, alone),
  ],
  [
    'cookies that nobody keeps',
    prepared(() => {
      Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => undefined })
    }),
  ],
  [
    'globals and prototypes that are frozen',
    prepared(() => {
      const page = window as unknown as Record<string, { prototype?: object } | undefined>
      for (const name of Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name)))
        for (const one of [page[name], page[name]?.prototype]) if (one) Object.freeze(one)
      for (const one of [navigator, history, screen, performance, console]) Object.freeze(one)
    }, alone),
  ],
  [
    'functions of the platforms that are frozen',
    async (scene) => {
      const { site, tab } = scene
      const frozen = platforms
        .map((name) => inline(`${stub(name)}${init(name)}Object.freeze(${globals[name]})`))
        .join('')
      await tab.go(site.addPage('landing', { head: frozen + site.tag() }))
      await expectOrder(scene)
    },
  ],
  [
    'prototypes that carry more than they should',
    prepared(() => {
      const more: readonly (readonly [object, object])[] = [
        [Object.prototype, { extra: () => 'extra', value0: { deep: 1 } }],
        [Array.prototype, { each: () => undefined, last: null }],
        [Function.prototype, { extra: 1 }],
        [String.prototype, { extra: 1 }],
      ]
      for (const [prototype, members] of more) Object.assign(prototype, members)
    }),
  ],
  [
    'prototypes that answer JSON themselves, as an old library’s',
    prepared(() => {
      const old = {
        toJSON(this: unknown[]) {
          return `[${this.map((one) => JSON.stringify(one)).join(', ')}]`
        },
      }
      Object.assign(Array.prototype, old)
      Object.assign(String.prototype, {
        toJSON(this: string) {
          return `"${this}"`
        },
      })
    }),
  ],
  [
    'no digests',
    prepared(() => {
      Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })
    }),
    { pixel: { hash_user: true } },
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
]
