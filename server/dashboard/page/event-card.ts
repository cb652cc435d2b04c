import { destinationCard, platformName } from './destination-card.ts'
import { el } from './dom.ts'
import { pairMark } from './pair-mark.ts'
import { keyOf } from './rows.ts'
import type { Copy, Row } from './rows.ts'
import { clock, copyNotes, eventWords, fullTime, money, pairWords } from './words.ts'

/** One event: a line to scan, and behind it every copy and every destination. @param isOpen asked by control name */
export function eventCard(row: Row, isOpen: (control: string) => boolean): HTMLLIElement {
  const key = keyOf(row)
  const details = el(
    'details',
    { class: 'event', 'data-open': key },
    el(
      'summary',
      { 'data-focus': key },
      el('time', { datetime: new Date(row.firstAt).toISOString(), title: fullTime(row.firstAt) }, clock(row.firstAt)),
      el('span', { class: 'what' }, el('b', {}, eventWords(row.name)), el('code', {}, row.eventId)),
      el('span', { class: 'value' }, money(row) ?? ''),
      el('span', { class: 'marks' }, ...row.deliveries.map(smallMark)),
    ),
    el(
      'div',
      { class: 'inside' },
      row.conflict &&
        el('p', { class: 'conflict' }, 'Copies of this event disagree on value, currency, order or items.'),
      el('ul', { class: 'copies', 'aria-label': 'Copies' }, ...row.copies.map(copyLine)),
      row.deliveries.length > 0
        ? el(
            'div',
            { class: 'destinations' },
            ...row.deliveries.map((delivery) => {
              const control = `${key}/${delivery.instance}`
              return destinationCard(delivery, control, isOpen(control))
            }),
          )
        : el('p', { class: 'why' }, 'No destination is configured for this event.'),
    ),
  )
  details.open = isOpen(key)
  return el('li', {}, details)
}

function smallMark(delivery: Row['deliveries'][number]): HTMLElement {
  const name = platformName(delivery)
  const words = `${name}: ${pairWords[delivery.pair.state]}`
  return el(
    'span',
    { class: `small ${delivery.pair.state}`, title: words },
    el('span', { 'aria-hidden': 'true' }, name),
    pairMark(delivery.pair.state),
    el('span', { class: 'unseen' }, words),
  )
}

const copyLine = (copy: Copy): HTMLElement =>
  el(
    'li',
    { class: copy.kind },
    el('b', {}, copy.kind === 'browser' ? 'Browser copy' : 'Back-end copy'),
    el('span', {}, `via ${copy.origin}`),
    el('time', { datetime: new Date(copy.receivedAt).toISOString() }, clock(copy.receivedAt)),
    ...copyNotes(copy).map((note) => el('em', {}, note)),
  )
