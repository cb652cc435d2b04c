import { read } from '../api.ts'
import { el } from '../dom.ts'
import { fullTime } from '../format.ts'
import { feed, newestFirst } from '../feed.ts'
import { rangeChoice, rangeIn, siteChoice, viewHead } from '../parts/choice.ts'
import { ranges } from '../../shapes.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import { chartPanel, placeChart } from './overview/chart.ts'
import { demoBar } from './overview/demo-bar.ts'
import { firstSteps } from './overview/first-steps.ts'
import { funnelPanel } from './overview/funnel.ts'
import { instanceCard } from './overview/instance-card.ts'
import { latest } from './overview/latest.ts'
import { consentPanel, systemPanel } from './overview/side-panels.ts'

/** How everything is, on one page. */
export const overviewView: View = async (place) => {
  const range = rangeIn(place)
  const { site } = place.query
  return shown(await read('overview', { range, site }), (overview) => {
    const { instances, sites, demo, at, since, funnel } = overview
    const rows = newestFirst(feed.rows.values()).filter((row) => !site || row.site === site)
    const cards = instances.filter((card) => !site || card.site === site)
    return {
      title: 'Overview',
      body: [
        viewHead('Overview', siteChoice(place, sites), rangeChoice(place)),
        demo && demoBar(demo, cards),
        rows.length ? latest(rows, at) : feed.hasTold && firstSteps(demo, cards.length > 0),
        cards.length > 0 &&
          el(
            'section',
            { class: 'cards', 'aria-label': 'Destinations' },
            el('h2', { class: 'unseen' }, 'Destinations'),
            ...cards.map((card) => instanceCard(card, at, sites.length > 1)),
          ),
        el('div', { class: 'pair-of-panels', 'data-key': 'flow' }, funnelPanel(overview, site), chartPanel(overview)),
        at - since < ranges[range] &&
          el(
            'p',
            { class: 'hint', 'data-key': 'since' },
            `The figures of this range begin ${fullTime(since)}, when they were first counted.`,
          ),
        el(
          'div',
          { class: 'pair-of-panels', 'data-key': 'rest' },
          consentPanel(overview, funnel.received),
          systemPanel(overview),
        ),
      ],
      placed: (main) => placeChart(main, overview),
    }
  })
}
