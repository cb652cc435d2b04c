import { parse } from 'acorn'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { codeOnlyFor, pixelFor, readBuiltPixel } from '../../server/pixel-file.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { leavePage, posted, postedEvents, setGlobal, settle } from './page.ts'
import { addLibrary, addStub, call, closePixelPage, names, newPixelPage, pixels } from './stand-ins.ts'

afterEach(() => {
  Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  Reflect.deleteProperty(window, 'caught')
  document.head.innerHTML = document.body.innerHTML = ''
  closePixelPage()
})

const on = fc.boolean()
const access_token = 'fake'
const anySite = fc.record({
  consent: fc.constantFrom('none', 'wait', 'tcf', 'gcm', 'auto'),
  pixel: fc.record(
    {
      pairing: fc.constantFrom(true, false, 'deep'),
      proof: fc.constantFrom('default', 'deep'),
      cookies: fc.constant(['_ttp', '_gcl_aw']),
      redact: fc.constantFrom(false, true, ['customer', '</script>', '$`']),
      ...{ pages: on, retry: on, details: on, attributes: on, data_layer: on, forms: on, hash_user: on },
      ...{ meta_cookies: on, mirror: on, in_app: on, remember: on, match: on, gpp: on, load: on },
    },
    { requiredKeys: [] },
  ),
})
const anyPage = fc.record({
  isOnlySite: on,
  /** The file that never changes, with its settings in the tag. */
  isHashed: on,
  hasSnippets: on,
  hasLibraries: on,
  gpc: on,
})
const built = readBuiltPixel()
const tag = `src="https://www.shop.com/p.js" data-meta="111" data-reddit="a2_abc" data-cookies="_ttp" data-redact="customer"`

/** Lets all happen that is to come within this time. */
const wait = async (ms: number): Promise<void> => {
  await settle()
  vi.advanceTimersByTime(ms)
  await settle()
}
const stored = () => [...Object.entries(localStorage).map(String), document.cookie].join()
const sent = () => posted.map(({ text }) => text).join()

test('whatever a site switches on, its script throws nothing, tells nobody before a yes, and leaves nothing after a no', async () => {
  await fc.assert(
    fc.asyncProperty(anySite, anyPage, async ({ consent, pixel }, page) => {
      closePixelPage()
      await newPixelPage()
      history.replaceState(null, '', '/?fbclid=C&customer=jane&email=a@b.example')
      const thrown: unknown[] = []
      setGlobal('caught', (error: unknown) => thrown.push((error as Error).stack))
      setGlobal('pairpixel', undefined)
      Reflect.deleteProperty(window, 'dataLayer')
      // As every browser has it.
      const entries = [{ name: location.href }] as unknown as PerformanceEntryList
      vi.spyOn(performance, 'getEntriesByType').mockReturnValue(entries)
      Object.defineProperty(navigator, 'globalPrivacyControl', { configurable: true, value: page.gpc })
      document.cookie = '_ttp=T1;path=/'
      document.head.innerHTML = `<script type="text/plain" ${tag} data-pairpixel></script>`
      document.body.innerHTML = '<form><input type="email" value="form@b.example"></form>'
      const site = checkTree({
        ...{ consent, pixel },
        destinations: { meta: { pixel_id: '111', access_token }, reddit: { pixel_id: 'a2_abc', access_token } },
      }).sites[0]!
      if (page.hasSnippets)
        for (const name of names) {
          addStub(name)
          call(name, ...pixels[name].init)
        }

      const paths = { script: '/p.js', events: '/e' }
      const file = page.isHashed ? codeOnlyFor(built, site) : pixelFor(built, site, page.isOnlySite, paths)
      const script = file.plain.toString()
      parse(script, { ecmaVersion: 'latest', sourceType: 'script' })
      // What it catches itself costs a page milliseconds all the same.
      ;(0, eval)(script.replace(/catch\{/g, 'catch(error_){caught(error_);'))
      vi.advanceTimersByTime(0)
      const { pairpixel } = window
      const user = { email: 'jane@b.example', phone: '+12025550100' }
      const order = { value: 5, currency: 'EUR', items: [{ id: 'A', price: 5 }] }
      pairpixel!('identify', user)
      pairpixel!('track', 'purchase', { order_id: 'o1', ...order })
      await wait(2500)
      if (consent !== 'none') {
        expect([posted, stored(), document.scripts.length]).toEqual([[], '_ttp=T1', 1])
        pairpixel!('consent', 'granted')
      }
      if (page.hasSnippets && page.hasLibraries) names.forEach(addLibrary)
      await wait(1500)
      expect(postedEvents().map(({ event }) => event)).toContain('purchase')

      document.forms[0]!.dispatchEvent(new Event('submit', { bubbles: true }))
      history.pushState(null, '', '/next?customer=jane')
      await wait(200)
      pairpixel!('track', 'Lead', {}, { id: 'l1' })
      leavePage()
      await wait(3000)
      expect(stored()).not.toMatch(/(jane|form)@b|2025550100/)
      if (pixel.hash_user) expect(sent()).not.toMatch(/(jane|form)@b|2025550100/)
      if (pixel.redact) expect(sent() + stored()).not.toContain('a@b.example')
      if (Array.isArray(pixel.redact)) expect(sent() + stored()).not.toContain('customer=jane')

      if (consent !== 'none') {
        pairpixel!('consent', 'denied')
        await wait(6000)
        const { length } = posted
        pairpixel!('identify', user)
        pairpixel!('track', 'purchase', { order_id: 'o2', ...order })
        await wait(6000)
        leavePage()
        await wait(0)
        const cookies = document.cookie.split('; ').filter((cookie) => /^_(pp|fb|ttp)/.test(cookie))
        expect([posted.length, Object.keys(localStorage)]).toEqual([length, []])
        // Those of Meta's own library are Meta's.
        expect(cookies.filter((cookie) => !page.hasLibraries || !/^_fb/.test(cookie))).toEqual(['_ttp=T1'])
        pairpixel!('consent', 'granted')
        await wait(6000)
        expect(sent()).not.toContain('"o2"')
      }
      expect(thrown).toEqual([])
    }),
    { numRuns: Number(process.env.RUNS ?? 40), seed: Number(process.env.SEED ?? 20_261_122) },
  )
})
