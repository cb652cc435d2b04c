import { expect } from 'vitest'
import { keptBy, nothing, settle, track, until, type Row, type Scene } from './row.ts'
import { base, inline } from './snippets.ts'

const order = { name: 'purchase', props: { value: 12.5, currency: 'EUR' } }
const posts = ({ site }: Scene) => site.asked.filter((one) => one === 'POST /_p/e').length
const tick = () => new Promise((done) => setTimeout(done, 100))

/** What the pixel keeps in this browser, by name: the platforms keep things of their own. */
const ours = async (scene: Scene): Promise<readonly unknown[]> =>
  Object.values(await keptBy(scene.tab))
    .flat()
    .filter((name) => /^_pp/.test(String(name)))

/** How many posts there were, once no more come. */
async function settledPosts(scene: Scene): Promise<number> {
  for (;;) {
    const count = posts(scene)
    await scene.tab.run(tick)
    if (posts(scene) === count) return count
  }
}

/** Does what makes a pixel write or send, and looks whether this one did. */
async function expectSilence(scene: Scene, sent = 0): Promise<void> {
  await scene.tab.run(() => {
    history.pushState(null, '', '?ScCid=b')
    dispatchEvent(new Event('pagehide'))
    dispatchEvent(new Event('online'))
  })
  await scene.tab.run(tick)
  expect([await ours(scene), posts(scene)]).toEqual([[], sent])
}

/** Nothing before a yes; all of it after, under the same ID; nothing is left after a later no. */
const wholeLife: Row[1] = async (scene) => {
  const { site, tab } = scene
  await tab.go(site.addPage('landing', { head: site.tag() }) + '?rdt_cid=A&fbclid=C')
  const id = await tab.run(track, order)
  await expectSilence(scene)
  expect(await keptBy(tab)).toEqual(nothing)
  await tab.go(site.addPage('thanks', { head: site.tag() }) + '?rdt_cid=A&fbclid=C')
  const next = await tab.run(track, order)
  expect(next).not.toBe(id)
  expect(posts(scene)).toBe(0)
  await tab.run(() => window.pairpixel?.consent?.('granted'))
  const event = await site.event('purchase')
  // A page that goes takes along what was held.
  expect([event.event_id, event.context?.click_ids?.rdt_cid?.value]).toEqual([next, 'A'])
  await until('our cookies', async () => {
    const { cookies } = await keptBy(tab)
    return ['_pp', '_fbc', '_fbp'].every((name) => cookies!.includes(name))
  })
  await settle(scene)
  const sent = posts(scene)
  await tab.run(() => window.pairpixel?.consent?.('denied'))
  await until('that the collector is told', () => posts(scene) > sent)
  await until('a clean browser', async () => JSON.stringify(await keptBy(tab)) === JSON.stringify(nothing))
  // What left before the no, as a state of a pixel, may still be on its way.
  const last = await settledPosts(scene)
  await tab.run(track, { name: 'lead' })
  await expectSilence(scene, last)
  expect(await keptBy(tab)).toEqual(nothing)
  expect(site.events('generate_lead')).toEqual([])
}

/** Without a click ID all cookies are the collector's; the next page's script finds out that they are there. */
const laterNo: Row[1] = async (scene) => {
  const { site, tab } = scene
  const head = site.tag('', 'path')
  await tab.go(site.addPage('thanks', { head }))
  await tab.run(() => window.pairpixel?.consent?.('granted'))
  await tab.run(track, { ...order, props: { ...order.props, order_id: 'o1' } })
  await until('our cookies', async () => {
    const { cookies, local } = await keptBy(tab)
    return ['_pp', '_pps'].every((name) => cookies!.includes(name)) && local!.includes('_ppo')
  })
  await settle(scene)
  await tab.go(site.addPage('later', { head }))
  await tab.run(() => window.pairpixel?.consent?.('denied'))
  await until('a clean browser', async () => JSON.stringify(await keptBy(tab)) === JSON.stringify(nothing))
}

const withPlatforms: Row[1] = async (scene) => {
  const { site, tab } = scene
  await tab.go(site.addPage('thanks', { head: base(site) + site.tag() }) + '?rdt_cid=A')
  const id = await tab.run(track, order)
  await expectSilence(scene)
  expect(site.counted('reddit', 'PURCHASE')).toEqual([])
  await tab.run(() => window.pairpixel?.consent?.('granted'))
  expect((await site.event('purchase')).event_id).toBe(id)
  await until('a paired purchase', () => site.counted('reddit', 'PURCHASE')[0]?.paired)
  await tab.run(() => window.pairpixel?.consent?.('denied'))
  await until('a clean browser', async () => !(await ours(scene)).length)
}

/** A tool's function or data layer on the page, the visitor's answer to it, and whether that is a yes. */
const tool =
  (head: string, answer: () => void, isYes: boolean): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.go(site.addPage('landing', { head: inline(head) + site.tag() }) + '?rdt_cid=A')
    const id = await tab.run(track, order)
    await expectSilence(scene)
    await tab.run(answer)
    if (isYes) {
      expect((await site.event('purchase')).event_id).toBe(id)
      return until('our cookie', async () => (await ours(scene)).includes('_pp')).then(() => undefined)
    }
    await tab.run(track, { name: 'lead' })
    await expectSilence(scene)
    expect(await keptBy(tab)).toEqual(nothing)
  }

const google = `window.dataLayer=[];function gtag(){dataLayer.push(arguments)}
  gtag('consent','default',{ad_storage:'denied',ad_user_data:'denied',ad_personalization:'denied'});`
type Gtag = { gtag(...call: unknown[]): void }
const framework = `var tellTcf;function __tcfapi(command,version,tell){
  if(command==='addEventListener'){tellTcf=tell;tell({eventStatus:'cmpuishown'},true)}}`
type Tcf = { tellTcf(data: object, isDone: boolean): void }

export const consent: readonly Row[] = [
  [
    'nothing is kept or sent before a yes; then all is, under the same ID; a later no leaves nothing behind',
    wholeLife,
    { consent: 'wait', pixel: { meta_cookies: true, mirror: true, in_app: true } },
  ],
  ['nothing is fired before a yes either', withPlatforms, { consent: 'wait' }],
  [
    'Google Consent Mode says yes',
    tool(
      google,
      () =>
        (window as unknown as Gtag).gtag('consent', 'update', {
          ad_storage: 'granted',
          ad_user_data: 'granted',
          ad_personalization: 'granted',
        }),
      true,
    ),
    { consent: 'gcm' },
  ],
  [
    'Google Consent Mode says no',
    tool(
      google,
      () => (window as unknown as Gtag).gtag('consent', 'update', { ad_storage: 'granted', ad_user_data: 'denied' }),
      false,
    ),
    { consent: 'gcm' },
  ],
  [
    'a TCF tool says yes',
    tool(
      framework,
      () =>
        (window as unknown as Tcf).tellTcf(
          {
            eventStatus: 'useractioncomplete',
            purpose: { consents: { 1: true, 3: true, 4: true, 7: true } },
            vendor: { consents: {} },
          },
          true,
        ),
      true,
    ),
    { consent: 'tcf' },
  ],
  [
    'a TCF tool says no',
    tool(
      framework,
      () =>
        (window as unknown as Tcf).tellTcf(
          { eventStatus: 'useractioncomplete', purpose: { consents: { 1: true } }, vendor: { consents: {} } },
          true,
        ),
      false,
    ),
    { consent: 'tcf' },
  ],
  ['a no on a later page takes back what a visit without click IDs left', laterNo, { consent: 'wait' }],
]
