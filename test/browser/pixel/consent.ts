import { expect } from 'vitest'
import { track, until, type Row } from './row.ts'
import { base } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR' } }

/** What the pixel keeps in this browser, by name. */
const ours = (names: object): string[] => Object.keys(names).filter((name) => /^_pp/.test(name))

export const consent: readonly Row[] = [
  [
    'nothing is kept, fired or sent before a yes; then all is, under the same IDs; a later no takes it back',
    async ({ site, tab }) => {
      const posts = () => site.asked.filter((address) => address === '/_p/e').length
      await tab.go(site.addPage('thanks', { head: base(site) + site.tag() }) + '?rdt_cid=A')
      const id = await tab.run(track, order)
      await tab.run(() => {
        dispatchEvent(new Event('pagehide'))
        return new Promise((done) => setTimeout(done, 100))
      })
      expect([ours(await tab.cookies()), ours(await tab.storage()), posts()]).toEqual([[], [], 0])
      expect(site.counted('reddit', 'PURCHASE')).toEqual([])

      await tab.run(() => window.pairpixel?.consent?.('granted'))
      const event = await site.event('purchase')
      expect([event.event_id, event.context?.click_ids?.rdt_cid?.value]).toEqual([id, 'A'])
      await until('a paired purchase', () => site.counted('reddit', 'PURCHASE')[0]?.paired)
      expect(ours(await tab.cookies())).toContain('_pp')

      await tab.run(() => window.pairpixel?.consent?.('denied'))
      await until('a clean browser', async () => !ours(await tab.cookies()).length && !ours(await tab.storage()).length)
      await tab.run(track, { name: 'lead' })
      await tab.run(() => dispatchEvent(new Event('pagehide')))
      expect(site.events('generate_lead')).toEqual([])
    },
    { consent: 'wait' },
  ],
]
