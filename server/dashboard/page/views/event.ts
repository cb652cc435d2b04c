import { read } from '../api.ts'
import { el } from '../dom.ts'
import { fullTime, money } from '../format.ts'
import { icon } from '../parts/marks.ts'
import { empty } from '../parts/pieces.ts'
import { addressOf } from '../route.ts'
import { eventWords } from '../words.ts'
import type { View } from '../view.ts'
import { bestCopyPanel } from './event/best-copy.ts'
import { copiesPanel } from './event/copies.ts'
import { deliveryPanel } from './event/delivery.ts'
import { timelinePanel } from './event/timeline.ts'

/** All that is known of one event: its way, its copies, what each platform got and said, and why it is paired or not. */
export const eventView: View = async ({ query }) => {
  const { site, event, event_id } = query
  const answer = await read('event', { site, event, event_id })
  const back = el('p', { class: 'back', 'data-key': 'back' }, el('a', { href: addressOf('events') }, '← Events'))
  if (!answer.ok && answer.status !== 404) return answer
  if (!answer.ok) {
    const words = empty('This event is not known', 'It may be older than what is kept, or its address was cut short.')
    return { ok: true, value: { title: 'Event', body: [back, el('h1', {}, 'Event'), words] } }
  }
  const { row, hops, canResend } = answer.value
  return {
    ok: true,
    value: {
      title: `${eventWords(row.name)} ${row.eventId}`,
      body: [
        back,
        el(
          'div',
          { class: 'head event-head', 'data-key': 'head' },
          el('h1', {}, eventWords(row.name)),
          el('span', { class: 'value' }, money(row) ?? ''),
          el('code', {}, row.eventId),
          el('span', { class: 'hint' }, `${fullTime(row.firstAt)} · site ${row.site}`),
        ),
        row.conflict &&
          el(
            'p',
            { class: 'alert', 'data-key': 'conflict' },
            icon('warn'),
            'Copies of this event disagree on value, currency, order or items. The back end’s word was sent.',
          ),
        row.deliveries.length > 0
          ? el(
              'div',
              { class: 'deliveries', 'data-key': 'deliveries' },
              ...row.deliveries.map((delivery) => deliveryPanel(row, delivery, canResend.includes(delivery.instance))),
            )
          : empty('Not sent anywhere', 'No destination is configured for this event.'),
        el(
          'div',
          { class: 'pair-of-panels', 'data-key': 'way' },
          timelinePanel(hops),
          el('div', { class: 'stack' }, copiesPanel(row), bestCopyPanel(row)),
        ),
      ],
    },
  }
}
