import { expect } from 'vitest'
import { settle, until, viewed, type Row, type Scene } from './row.ts'
import { base, early, inline } from './snippets.ts'

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
  const first = site.addPage('even', { head: early + site.tag('async', 'path'), body })
  site.addPage('odd', { head: early + site.tag('async', 'elsewhere'), body })
  await tab.go(`${first}?0`)
  const pressed = () => new Set(site.events('add_to_cart').map(({ event_id }) => event_id))
  const seen = () => new Set(site.events('page_view').map(({ url }) => url))
  await until('the last page', () => site.asked.some((address) => address.endsWith(`?${presses}`)))
  await until('every press', () => pressed().size >= presses)
  expect([...pressed()].toSorted()).toEqual(Array.from({ length: presses }, (_, at) => `press-${at}`).toSorted())
  await until('every page view', () => seen().size > presses)
}

/** Notes each showing of the page, and whether it came out of the browser's memory. */
const showings = inline('var shown=[];addEventListener("pageshow",function(e){shown.push(e.persisted)})')

/** From one page to the next and back, out of memory; and there and back again. */
const comeBack =
  (head: (scene: Scene) => string): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    const step = (steps: number) =>
      // The page's own step; the driver's would wait for a load that never comes.
      tab.run((by) => void setTimeout(() => history.go(by)), steps)
    const shown = (page: string, times: number) =>
      until(`showing ${times} of ${page}`, () =>
        tab
          .run(() => ({ path: location.pathname, shown: (window as { shown?: boolean[] }).shown ?? [] }))
          .then(({ path, shown }) => path.endsWith(page) && shown.length >= times && shown)
          .catch(() => undefined),
      )
    const landing = site.addPage('landing', { head: head(scene) + showings })
    await tab.go(`${landing}?fbclid=C`)
    await viewed(scene, 1)
    await tab.go(site.addPage('next', { head: head(scene) + showings }))
    await viewed(scene, 2)
    await step(-1)
    // Without that, nothing here would show anything. The page is still fit for it a second time.
    expect(await shown('landing', 2)).toEqual([false, true])
    await viewed(scene, 3)
    await step(1)
    expect(await shown('next', 2)).toEqual([false, true])
    await viewed(scene, 4)
    await step(-1)
    expect(await shown('landing', 3)).toEqual([false, true, true])
    await viewed(scene, 5)
    await settle(scene)
    const views = site
      .events('page_view')
      .map(({ url, event_id }) => ({ page: new URL(url!).pathname.split('/').at(-1), event_id }))
    const distinct = [...new Map(views.map((view) => [view.event_id, view.page])).values()]
    expect(distinct).toEqual(['landing', 'next', 'landing', 'next', 'landing'])
  }

export const leaving: readonly Row[] = [
  [`a click that leads away at once: ${presses} of ${presses} arrive`, pressing],
  ['a page that comes back from the browser’s memory is one new view each time', comeBack(({ site }) => site.tag())],
  [
    'the same with every feature that needs no consent tool, and with the platforms’ pixels',
    comeBack(({ site }) => base(site) + site.tag()),
    {
      pixel: {
        attributes: true,
        data_layer: true,
        forms: true,
        hash_user: true,
        meta_cookies: true,
        mirror: true,
        in_app: true,
        cookies: ['_ttp'],
        remember: true,
        match: true,
      },
    },
  ],
]
