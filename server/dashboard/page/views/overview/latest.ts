import { el } from '../../dom.ts'
import { ago, fullTime, money } from '../../format.ts'
import { pairBadge, smallPair } from '../../parts/marks.ts'
import { panel } from '../../parts/pieces.ts'
import { addressOf } from '../../route.ts'
import { keyOf } from '../../types.ts'
import type { Row } from '../../types.ts'
import { conversions, eventWords, pairWords, platformOf } from '../../words.ts'

const mostRows = 5

export const eventAddress = ({ site, name, eventId }: Pick<Row, 'site' | 'name' | 'eventId'>): string =>
  addressOf('event', { site, event: name, event_id: eventId })

/** The newest conversion, large, and what came around it: what one came to see needs no click. */
export function latest(rows: readonly Row[], now: number): HTMLElement {
  const newest = rows.find(({ name }) => conversions.has(name)) ?? rows[0]!
  const others = rows.filter((row) => row !== newest).slice(0, mostRows)
  return panel(
    conversions.has(newest.name) ? 'Newest conversion' : 'Newest event',
    [el('a', { href: addressOf('events') }, 'All events')],
    el(
      'div',
      { class: 'newest', 'data-key': 'newest' },
      el(
        'p',
        { class: 'headline' },
        el('a', { href: eventAddress(newest) }, eventWords(newest.name)),
        el('span', { class: 'value' }, money(newest) ?? ''),
        el('code', {}, newest.eventId),
        el(
          'time',
          { datetime: new Date(newest.firstAt).toISOString(), title: fullTime(newest.firstAt) },
          ago(newest.firstAt, now),
        ),
      ),
      el(
        'ul',
        { class: 'verdicts' },
        ...newest.deliveries.map((delivery) =>
          el(
            'li',
            { class: delivery.pair.state, title: delivery.pair.why, 'data-key': delivery.instance },
            el('b', {}, instanceWords(delivery)),
            pairBadge(delivery.pair.state),
            delivery.pair.state === 'paired' ? undefined : el('span', { class: 'why' }, delivery.pair.why),
          ),
        ),
      ),
    ),
    others.length > 0 &&
      el(
        'ol',
        { class: 'others', 'aria-label': 'Events before it' },
        ...others.map((row) =>
          el(
            'li',
            { 'data-key': keyOf(row) },
            el(
              'a',
              { href: eventAddress(row) },
              el('time', { datetime: new Date(row.firstAt).toISOString() }, ago(row.firstAt, now)),
              el('b', {}, eventWords(row.name)),
              el('code', {}, row.eventId),
              el('span', { class: 'value' }, money(row) ?? ''),
              el(
                'span',
                { class: 'marks' },
                ...row.deliveries.map((one) => smallPair(instanceWords(one), one.pair.state)),
              ),
            ),
          ),
        ),
      ),
  )
}

/** The platform's name; the instance's own where it has another. */
export const instanceWords = ({
  platform,
  instance,
}: {
  readonly platform?: string
  readonly instance: string
}): string =>
  platform === undefined || instance === platform
    ? platformOf(platform, instance)
    : `${platformOf(platform)} (${instance})`

/** For the line that is read out: "Meta: Paired, Reddit: CAPI only". */
export const verdictLine = (row: Row): string =>
  row.deliveries.map((one) => `${instanceWords(one)}: ${pairWords[one.pair.state]}`).join(', ')
