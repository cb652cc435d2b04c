import { read } from '../api.ts'
import { el } from '../dom.ts'
import { percent, times } from '../format.ts'
import { rangeChoice, rangeIn, viewHead } from '../parts/choice.ts'
import { tile } from '../parts/marks.ts'
import { empty } from '../parts/pieces.ts'
import { addressOf } from '../route.ts'
import { byEvent, eventWords } from '../words.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import type { Reads } from '../../shapes.ts'
import { instanceWords } from './overview/latest.ts'
import { meter } from './overview/side-panels.ts'

type QualityRow = Reads['quality']['rows'][number]

/** How much each platform has to tell by who it was. */
export const qualityView: View = async (place) =>
  shown(await read('quality', { range: rangeIn(place), site: place.query.site }), ({ rows }) => ({
    title: 'Match quality',
    body: [
      viewHead('Match quality', rangeChoice(place)),
      el(
        'p',
        { class: 'hint', 'data-key': 'words' },
        'The share of events that carry each match key. The estimate of 0 to 10 is our own and says how far the keys reach; the platforms reckon theirs from what they alone know.',
      ),
      rows.length
        ? el('div', { class: 'qualities', 'data-key': 'rows' }, ...byEvent(rows).map(qualityCard))
        : empty('Nothing delivered in this range', 'Match keys are counted when an event is delivered.'),
    ],
  }))

function qualityCard(row: QualityRow): HTMLElement {
  const { event, instance, platform, events, keys, estimate, next } = row
  const never = keys.filter(({ share }) => share === 0).map(({ key }) => key)
  const name = `${eventWords(event)} at ${instanceWords(row)}`
  return el(
    'section',
    { class: 'panel quality', 'aria-label': name, 'data-key': `${event} ${instance}` },
    el(
      'header',
      {},
      tile(platform, instance),
      el(
        'h2',
        {},
        eventWords(event),
        el(
          'small',
          {},
          `${instanceWords(row)} · `,
          el('a', { href: addressOf('events', { event, instance }) }, times(events, 'event')),
        ),
      ),
      el(
        'p',
        { class: 'estimate', title: 'Our own estimate' },
        el('b', {}, estimate.toFixed(1)),
        ' / 10',
        el('small', {}, ' our estimate'),
      ),
    ),
    el(
      'dl',
      { class: 'meters' },
      ...keys
        .filter(({ share }) => share > 0)
        .map(({ key, share, notUnique }) =>
          el(
            'div',
            {},
            el(
              'dt',
              {},
              el('code', {}, key),
              notUnique &&
                el(
                  'span',
                  { class: 'warned', title: 'Many events share one value: a constant, or a shared device' },
                  '⚠ repeats',
                ),
            ),
            el('dd', {}, meter(share), el('b', {}, percent(share))),
          ),
        ),
    ),
    never.length > 0 && el('p', { class: 'hint never' }, `Never told: ${never.join(', ')}`),
    next !== undefined && el('p', { class: 'advice' }, el('b', {}, 'Next: '), next),
  )
}
