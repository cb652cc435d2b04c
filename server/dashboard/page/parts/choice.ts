import { el } from '../dom.ts'
import type { Child } from '../dom.ts'
import { changed } from '../route.ts'
import type { Place } from '../route.ts'

/** A choice of a few that stands in the address. */
export const choice = (
  name: string,
  options: Readonly<Record<string, string>>,
  chosen: string,
  place: Place,
  parameter: string,
): HTMLElement =>
  el(
    'div',
    { class: 'choice', role: 'group', 'aria-label': name },
    ...Object.entries(options).map(([value, words]) =>
      el(
        'a',
        { href: changed(place, { [parameter]: value }), 'aria-current': value === chosen ? 'true' : undefined },
        words,
      ),
    ),
  )

const rangeWords = { '10m': '10 min', '1h': '1 h', '24h': '24 h', '7d': '7 days' } as const
export type RangeName = keyof typeof rangeWords
export const isRange = (text: string | undefined): text is RangeName => Object.hasOwn(rangeWords, text ?? '')
export const rangeIn = ({ query }: Place): RangeName => (isRange(query.range) ? query.range : '1h')
export const rangeChoice = (place: Place): HTMLElement => choice('Range', rangeWords, rangeIn(place), place, 'range')
/** "the last hour", to say it in a sentence. */
export const rangeSentence: Readonly<Record<RangeName, string>> = {
  '10m': 'the last 10 minutes',
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
}

/** The head of a view: its title, and what can be chosen for all of it. */
export const viewHead = (title: string, ...controls: readonly Child[]): HTMLElement =>
  el('div', { class: 'head' }, el('h1', {}, title), ...controls)

/** Sites to choose from, when there is more than one. */
export const siteChoice = (place: Place, sites: readonly string[]): HTMLElement | undefined =>
  sites.length < 2
    ? undefined
    : choice(
        'Site',
        { '': 'All sites', ...Object.fromEntries(sites.map((site) => [site, site])) },
        place.query.site ?? '',
        place,
        'site',
      )
