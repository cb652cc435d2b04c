import { expect } from 'vitest'
import { expectPair } from './pairing.ts'
import { settle, track, until, viewed, type Row, type Scene } from './row.ts'
import { platforms } from './site.ts'
import { base, early, inline, purchaseNames } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', order_id: 'o-1' } }
const everywhere = (state: string) => ({ meta: state, reddit: state, snapchat: state })
const sent = ({ site }: Scene) =>
  platforms.map(
    (name) => site.platforms[name].state().accepted.filter(({ event }) => event === purchaseNames[name]).length,
  )

/** Something of the platforms is blocked, and what the collector knows of the purchase at the end. */
const blocked =
  (pattern: RegExp, fired: Record<string, string>): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.block(pattern)
    await tab.go(site.addPage('thanks', { head: site.tag() + base(site) }))
    await tab.run(track, order)
    await until(`an order whose pixels are ${JSON.stringify(fired)}`, async () => {
      const row = await site.row('o-1')
      return JSON.stringify(row?.fired) === JSON.stringify(fired)
    })
    await until('the collector’s copies', () => sent(scene).every((count) => count === 1))
    await site.event('page_view')
    for (const name of platforms) expect(site.platforms[name].state().hits, name).toEqual([])
  }

/** So often is a link pressed that tells of something and leads away. */
const presses = 100

/**
 * Each page presses its link as soon as it has loaded, and the next one does the same. Every other page has its
 * collector at another site.
 */
const pressing: Row[1] = async ({ site, tab }) => {
  const script = `
    var at = Number(location.search.slice(1))
    var link = document.querySelector('a')
    link.href = (at % 2 ? 'even' : 'odd') + '?' + (at + 1)
    link.onclick = function () { pairpixel('track', 'add_to_cart', { value: at, currency: 'EUR' }, { id: 'press-' + at }) }
    if (at < ${presses}) addEventListener('load', function () { setTimeout(function () { link.click() }) })`
  const body = `<a>Next</a>${inline(script)}`
  const first = site.addPage('even', { head: early + site.tag('async'), body })
  site.addPage('odd', { head: early + site.tag('async', 'elsewhere'), body })
  await tab.go(`${first}?0`)
  const pressed = () => new Set(site.events('add_to_cart').map(({ event_id }) => event_id))
  const viewed = () => new Set(site.events('page_view').map(({ url }) => url))
  await until('the last page', () => site.asked.some((address) => address.endsWith(`?${presses}`)), 60_000)
  await until('every press', () => pressed().size >= presses)
  expect([...pressed()].toSorted()).toEqual(Array.from({ length: presses }, (_, at) => `press-${at}`).toSorted())
  await until('every page view', () => viewed().size > presses)
}

export const delivery: readonly Row[] = [
  [
    'the platforms’ libraries are blocked: all arrives, and says so',
    blocked(/fbevents\.js|reddit\/pixel\.js|scevent/, everywhere('blocked')),
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
      await until('the order in the store', async () => (await tab.storage())._ppq?.includes('o-1'))
      await until('the platforms’ own hits', () =>
        platforms.every((name) => site.counted(name, purchaseNames[name])[0]),
      )
      expect(site.events('purchase')).toEqual([])
      expect(JSON.stringify(await tab.storage())).not.toContain('ada@')
      await tab.block(undefined)
      await tab.go(site.addPage('next', { head: site.tag() }))
      await expectPair(site, platforms)
      // It may come more than once; the collector counts it once.
      expect(new Set(site.events('purchase').map(({ event_id, value }) => `${event_id} ${value}`))).toEqual(
        new Set(['o-1 12.5']),
      )
      await until('an empty store', async () => !(await tab.storage())._ppq?.includes('o-1'))
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
  [`a click that leads away at once: ${presses} of ${presses} arrive`, pressing],
  [
    'a page that comes back from the browser’s memory is one new view',
    async (scene) => {
      const { site, tab } = scene
      const remember = inline('addEventListener("pageshow",function(e){if(e.persisted)window.cameBack=true})')
      const landing = site.addPage('landing', { head: site.tag() + remember })
      await tab.go(`${landing}?fbclid=C`)
      await tab.go(site.addPage('next', { head: site.tag() }))
      // The page's own step back; the driver's would wait for a load that never comes.
      await tab.run(() => void setTimeout(() => history.back()))
      await until('the landing page again', () =>
        tab.run(() => (window as { cameBack?: boolean }).cameBack).catch(() => undefined),
      )
      await viewed(scene, 3)
      await settle(scene)
      const views = site
        .events('page_view')
        .map(({ url, event_id }) => ({ page: new URL(url!).pathname.split('/').at(-1), event_id }))
      const distinct = [...new Map(views.map((view) => [view.event_id, view.page])).values()]
      expect(distinct).toEqual(['landing', 'next', 'landing'])
    },
  ],
]
