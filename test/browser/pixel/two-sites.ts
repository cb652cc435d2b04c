import { expect } from 'vitest'
import { settle, track, until, type Row, type Scene } from './row.ts'
import type { Site } from './site.ts'
import { base, early, inline } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR', items: [{ id: 'SKU-1' }] } }
const idsOf = (site: Site, name: string) => site.events(name).map(({ event_id }) => event_id)
const posts = ({ asked }: Site) => asked.filter((one) => one === 'POST /_p/e').length

/** A page with both sites' tags; the second one's is there when the first has run. */
async function open({ site, tab }: Scene, second: Site, body = ''): Promise<void> {
  // From outside, for the other way round would be another shop's page.
  const head = early + base(site) + inline(body) + site.tag() + second.tag('', 'elsewhere')
  await tab.go(site.addPage('landing', { head }) + '?rdt_cid=A')
}

/** Both have heard all that the page had to tell until now. */
async function settleBoth({ site, tab }: Scene, second: Site): Promise<void> {
  await settle({ site, tab })
  const ids = idsOf(site, 'settled')
  await until('the last word at the second site', () => idsOf(second, 'settled').includes(ids.at(-1)!))
}

/** How often scripts of the page ask to hear of something. */
function countListeners(): void {
  const page = window as unknown as { heard: Record<string, number> }
  page.heard = {}
  const add = window.addEventListener.bind(window)
  window.addEventListener = (type: string, ...more: [EventListenerOrEventListenerObject]) => {
    page.heard[type] = (page.heard[type] ?? 0) + 1
    add(type, ...more)
  }
}
const heardTypes = () => (window as unknown as { heard: Record<string, number> }).heard

const eachOnce: Row[1] = async (scene) => {
  const { site, tab } = scene
  const second = await scene.another({ siteKey: 'two' })
  await tab.prepare(countListeners)
  await tab.go(site.addPage('alone', { head: early + base(site) + site.tag('data-auto="0"') }))
  await settle(scene)
  const alone = await tab.run(heardTypes)
  const before = idsOf(site, 'settled')
  await open(scene, second, `pairpixel('track','Lead',{},{id:'early-1'});`)
  const id = (await tab.run(track, order))!
  await tab.run(() => history.pushState(null, '', '?page=2'))
  await tab.run(() => (window as unknown as { fbq(...call: unknown[]): void }).fbq('track', 'Contact'))
  await until('both page views', async () => {
    await tab.run(() => window.pairpixel?.flush())
    return idsOf(second, 'page_view').length === 2
  })
  await settleBoth(scene, second)
  for (const name of ['generate_lead', 'purchase', 'contact', 'page_view', 'settled'])
    expect([name, idsOf(second, name)]).toEqual([name, idsOf(site, name).filter((one) => !before.includes(one))])
  expect([idsOf(site, 'purchase'), idsOf(site, 'generate_lead'), idsOf(site, 'contact').length]).toEqual([
    [id],
    ['early-1'],
    1,
  ])
  expect(second.events('purchase')[0]).toMatchObject({ value: 12.5, currency: 'EUR', items: [{ id: 'SKU-1' }] })
  expect(second.events('purchase')[0]!.context?.click_ids?.rdt_cid?.value).toBe('A')
  await until('the hits', () => site.counted('meta', 'Purchase')[0] && site.counted('reddit', 'PURCHASE')[0])
  for (const [platform, name] of [
    ['meta', 'Purchase'],
    ['reddit', 'PURCHASE'],
    ['snapchat', 'PURCHASE'],
  ] as const)
    expect(site.platforms[platform].state().hits.filter(({ event }) => event === name)).toHaveLength(1)
  // Each waits for the network by itself; all else hears the page once.
  expect(await tab.run(heardTypes)).toEqual({ ...alone, online: alone.online! + 1 })
}

const ownConsent: Row[1] = async (scene) => {
  const { site, tab } = scene
  const second = await scene.another({ siteKey: 'two', consent: 'wait' })
  await open(scene, second)
  const id = (await tab.run(track, order))!
  await settle(scene)
  expect([idsOf(site, 'purchase'), posts(second)]).toEqual([[id], 0])
  await tab.run(() => window.pairpixel?.consent('granted'))
  await settleBoth(scene, second)
  expect(idsOf(second, 'purchase')).toEqual([id])
  const before = posts(second)
  await tab.run(() => window.pairpixel?.consent('denied'))
  await until('that the second site is told of the no', () => posts(second) > before)
  await tab.run(track, { name: 'lead' })
  // A page that goes sends whatever it has.
  await tab.go(site.addPage('after', { head: early + base(site) + site.tag() }))
  await settle(scene)
  expect(idsOf(second, 'generate_lead')).toEqual([])
}

const stricterFirst: Row[1] = async (scene) => {
  const { site, tab } = scene
  const second = await scene.another({ siteKey: 'two' })
  await open(scene, second)
  await until('the second site’s page view', async () => {
    await tab.run(() => window.pairpixel?.flush())
    return idsOf(second, 'settled').length || (await tab.run(track, { name: 'settled' }), false)
  })
  expect([site.events('settled'), posts(site)]).toEqual([[], 0])
  const id = (await tab.run(track, order))!
  await until('the order at the second site', () => idsOf(second, 'purchase').includes(id))
  await tab.run(() => window.pairpixel?.consent('granted'))
  await until('the order at the first site', () => idsOf(site, 'purchase').includes(id))
  await settleBoth(scene, second)
  expect(idsOf(second, 'purchase')).toEqual([id])
}

export const twoSites: readonly Row[] = [
  [
    'each gets each event once, under one ID; platforms are fired once, and the page is heard once',
    eachOnce,
    { siteKey: 'one' },
  ],
  ['a second one that waits for a yes gets nothing before it, and nothing after a no', ownConsent, { siteKey: 'one' }],
  ['a first one that waits does not hold the second one back', stricterFirst, { siteKey: 'one', consent: 'wait' }],
]
