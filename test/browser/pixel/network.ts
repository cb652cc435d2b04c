import { expect } from 'vitest'
import { until, viewed, type Row, type Scene } from './row.ts'
import type { Place, Site } from './site.ts'
import { base } from './snippets.ts'

/** What the pixel asked for, in order; pages and the platforms' addresses left out. */
const requests = ({ site }: Scene): readonly string[] => site.asked.filter((one) => / \/_p\b|^OPTIONS/.test(one))
const perView = ['GET /_p/p.js', 'POST /_p/e']

/**
 * Waits until the page has the collector's answer: what a page left before that, the next one sends
 * once more.
 */
const answered = ({ tab }: Scene): Promise<unknown> =>
  until('the answer to the page view', () =>
    tab.run(
      () =>
        performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/_p/e')) &&
        new Promise((done) => setTimeout(() => done(true))),
    ),
  )

/** Longer than our script waits for a platform's function. */
const stay = () => new Promise((done) => setTimeout(done, 2500))

/** One view, seen until the page is left and the next one is there. */
const oneView =
  (place?: Place, head: (site: Site) => string = (site) => base(site) + site.tag('', place)): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.go(site.addPage('landing', { head: head(site) }) + '?fbclid=C')
    await until('the page view', () => site.events('page_view').length)
    await answered(scene)
    await tab.run(stay)
    // What it had for later, it would send now.
    await tab.go(site.addPage('plain'))
    await until('the next page', () => site.asked.includes('GET /plain'))
    expect(requests(scene)).toEqual(perView)
    expect(site.events('page_view')).toHaveLength(1)
  }

export const network: readonly Row[] = [
  ...(['path', 'subdomain', 'elsewhere'] as const).map((place): Row => [
    `a page view is two requests: the script and a post, nothing before them (collector: ${place})`,
    oneView(place),
  ]),
  [
    'a page that has no platform’s pixel and does not wait for any: two requests as well',
    oneView(undefined, (site) => site.tag('data-wait="0"')),
  ],
  [
    'a page that waits for platforms’ pixels and has none: two requests as well',
    oneView(undefined, (site) => site.tag()),
  ],
  [
    'the posts of several views: no preflight, and the script is asked for once an hour',
    async (scene) => {
      const { site, tab } = scene
      for (const [at, name] of ['one', 'two', 'three'].entries()) {
        await tab.go(site.addPage(name, { head: base(site) + site.tag('', 'elsewhere') }))
        await viewed(scene, at + 1)
        await answered(scene)
      }
      expect(requests(scene)).toEqual([...perView, 'POST /_p/e', 'POST /_p/e'])
    },
  ],
]
