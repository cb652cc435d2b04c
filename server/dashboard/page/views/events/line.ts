import { el, unseen } from '../../dom.ts'
import { clock, fullTime, money, times } from '../../format.ts'
import { smallPair } from '../../parts/marks.ts'
import type { Row } from '../../types.ts'
import { eventWords } from '../../words.ts'
import { eventAddress, instanceWords } from '../overview/latest.ts'

/** One event as a line to scan; it leads to all that is known of it. */
export function eventLine(row: Row): HTMLLIElement {
  const dropped = row.copies.reduce((sum, { duplicates }) => sum + duplicates, 0)
  return el(
    'li',
    {},
    el(
      'a',
      { href: eventAddress(row) },
      el('time', { datetime: new Date(row.firstAt).toISOString(), title: fullTime(row.firstAt) }, clock(row.firstAt)),
      el('span', { class: 'what' }, el('b', {}, eventWords(row.name)), el('code', {}, row.eventId)),
      el('span', { class: 'value' }, money(row) ?? ''),
      el(
        'span',
        { class: 'kinds' },
        ...row.copies.map(({ kind }) =>
          el(
            'span',
            { class: kind, title: kindWords[kind] },
            el('span', { 'aria-hidden': 'true' }, kindWords[kind].charAt(0)),
            unseen(kindWords[kind]),
          ),
        ),
        dropped > 0 && el('small', { title: times(dropped, 'duplicate') }, `+${dropped}`, unseen('duplicates')),
        row.conflict && el('small', { class: 'warned', title: 'The copies disagree' }, 'conflict'),
      ),
      el('span', { class: 'marks' }, ...row.deliveries.map((one) => smallPair(instanceWords(one), one.pair.state))),
    ),
  )
}

const kindWords = { browser: 'Browser copy', backend: 'Server copy' } as const
