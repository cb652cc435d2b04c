import { el } from './dom.ts'
import { noticeList } from './notice-list.ts'
import { pairBadge } from './pair-mark.ts'
import type { Delivery } from './rows.ts'
import { sentTable } from './sent-table.ts'
import { countedLine, deliveryLine, platformWords } from './words.ts'

export const platformName = ({ platform, instance }: Delivery): string =>
  platform ? (platformWords[platform] ?? platform) : instance

/** What one destination made of an event. @param focus names its controls, so that focus outlives a redraw */
export function destinationCard(delivery: Delivery, focus: string, open: boolean): HTMLElement {
  const { platform, instance, pair, reasonText, counted, explanation, notices = [] } = delivery
  const name = platformName(delivery)
  return el(
    'section',
    { class: `destination ${pair.state}`, 'aria-label': name },
    el(
      'header',
      {},
      el('span', { class: `tile ${platform ?? 'removed'}`, 'aria-hidden': 'true' }, name.charAt(0).toUpperCase()),
      el(
        'h3',
        {},
        name,
        instance !== platform && platform !== undefined && el('small', {}, instance),
        platform === undefined && el('small', {}, 'no longer configured'),
        delivery.dryRun && el('small', {}, 'dry run'),
      ),
      pairBadge(pair.state),
    ),
    el('p', { class: 'why' }, pair.why),
    reasonText !== undefined && el('p', { class: 'reason' }, reasonText),
    counted && el('p', { class: 'counted' }, countedLine(name, counted)),
    el(
      'dl',
      {},
      ...entry('Delivery', deliveryLine(delivery)),
      ...entry(explanation?.answer ? 'Answer' : 'Why', answerLine(delivery)),
      ...entry('Trace', delivery.trace),
      ...entry('Note', explanation?.warnings?.map(({ field, message }) => `${field}: ${message}`).join(' ')),
    ),
    notices.length > 0 && noticeList(notices),
    delivery.fields.length > 0 && sentTable(delivery, focus, open),
  )
}

const entry = (term: string, text: string | undefined) => (text ? [el('dt', {}, term), el('dd', {}, text)] : [])

/** The platform's words; without an answer, why there is none, unless the sentences above said it already. */
function answerLine({ explanation, why, state, reason, reasonText }: Delivery): string | undefined {
  const answer = explanation?.answer
  if (answer) return [String(answer.status), answer.words].filter(Boolean).join(' · ')
  return state === 'delivered' || why === reason || why === reasonText ? undefined : why
}
