import { el } from '../../dom.ts'
import { act, button } from '../../parts/act.ts'
import { pairBadge, tile } from '../../parts/marks.ts'
import { facts, noticeList } from '../../parts/pieces.ts'
import { plainAnswer } from '../../parts/prose.ts'
import type { Delivery, Row } from '../../types.ts'
import { countedLine, deliveryLine, platformOf } from '../../words.ts'
import { instanceWords } from '../overview/latest.ts'
import { sentTable } from './sent-table.ts'

/** What one destination made of the event. */
export function deliveryPanel(row: Row, delivery: Delivery, canResend: boolean): HTMLElement {
  const { platform, instance, pair, reasonText, counted, explanation, notices = [] } = delivery
  const name = instanceWords(delivery)
  const resend = () => act('resend', { site: row.site, event: row.name, event_id: row.eventId, instance })
  return el(
    'section',
    { class: `destination ${pair.state}`, 'aria-label': name, 'data-key': instance },
    el(
      'header',
      {},
      tile(platform, instance),
      el(
        'h2',
        {},
        name,
        platform === undefined && el('small', {}, ' no longer configured'),
        delivery.dryRun && el('small', {}, ' dry run'),
      ),
      pairBadge(pair.state),
    ),
    el('p', { class: 'why' }, pair.why),
    reasonText !== undefined && el('p', { class: 'reason' }, reasonText),
    counted && el('p', { class: 'counted' }, countedLine(platformOf(platform, instance), counted)),
    facts([
      ['Delivery', deliveryLine(delivery)],
      [explanation?.answer ? 'Answer' : 'Why', answerLine(delivery)],
      ['Trace', delivery.trace],
      ['Note', explanation?.warnings?.map(({ field, message }) => `${field}: ${message}`).join(' ')],
    ]),
    notices.length > 0 && noticeList(notices),
    canResend && button('Resend', resend, { class: 'button', 'aria-label': `Resend to ${name}` }),
    delivery.fields.length > 0 && sentTable(delivery),
  )
}

const statusWords = (status: number): string =>
  status < 300 ? 'taken' : status === 429 ? 'too fast' : status < 500 ? 'refused' : 'trouble at the platform'

/** The platform's answer in plain words; without one, why there is none, unless the sentences above said it already. */
function answerLine({ explanation, why, state, reason, reasonText }: Delivery): string | undefined {
  const answer = explanation?.answer
  if (answer)
    return [`${answer.status}, ${statusWords(answer.status)}`, plainAnswer(answer.words)].filter(Boolean).join(' · ')
  return state === 'delivered' || why === reason || why === reasonText ? undefined : why
}
