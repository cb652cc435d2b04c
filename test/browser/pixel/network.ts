import { expect } from 'vitest'
import { until, viewed, type Row, type Scene } from './row.ts'
import type { Place } from './site.ts'

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

/** One view, seen until the page is left and the next one is there. */
const oneView =
  (place: Place): Row[1] =>
  async (scene) => {
    const { site, tab } = scene
    await tab.go(site.addPage('landing', { head: site.tag('', place) }) + '?fbclid=C')
    await until('the page view', () => site.events('page_view').length)
    await answered(scene)
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
    'the posts of several views: no preflight, and the script is asked for once an hour',
    async (scene) => {
      const { site, tab } = scene
      for (const [at, name] of ['one', 'two', 'three'].entries()) {
        await tab.go(site.addPage(name, { head: site.tag('', 'elsewhere') }))
        await viewed(scene, at + 1)
        await answered(scene)
      }
      expect(requests(scene)).toEqual([...perView, 'POST /_p/e', 'POST /_p/e'])
    },
  ],
]
