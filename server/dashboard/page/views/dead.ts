import { read } from '../api.ts'
import { el } from '../dom.ts'
import { number, times } from '../format.ts'
import { waiting } from '../parts/waiting.ts'
import { act, button } from '../parts/act.ts'
import { ask } from '../parts/ask.ts'
import { viewHead } from '../parts/choice.ts'
import { tile } from '../parts/marks.ts'
import { empty, facts, trouble, when } from '../parts/pieces.ts'
import { addressOf } from '../route.ts'
import { deliveryWords, eventWords } from '../words.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import type { Reads } from '../../shapes.ts'
import { eventAddress, instanceWords } from './overview/latest.ts'

type Group = Reads['dead'][number]

/** Deliveries that are not tried again by themselves, together where one cause explains them. */
export const deadView: View = async (place) =>
  shown(await read('dead', { site: place.query.site }), (groups) => {
    waiting.dead = groups.reduce((sum, { count }) => sum + count, 0)
    return {
      title: 'Dead letters',
      body: [
        viewHead('Dead letters'),
        el(
          'p',
          { class: 'hint', 'data-key': 'words' },
          'Nothing here is lost: mend the cause, then replay. An event can be replayed while its body is kept, for seven days.',
        ),
        groups.length
          ? el('div', { class: 'stack', 'data-key': 'groups' }, ...groups.map(groupPanel))
          : empty('No dead letters', 'Every delivery went through, or waits for its turn.'),
      ],
    }
  })

function groupPanel(group: Group): HTMLElement {
  const { id, instance, platform, state, reason, why, fix, count, firstAt, lastAt, sample } = group
  const name = instanceWords(group)
  const many = times(count, 'event')
  return el(
    'section',
    { class: 'panel dead-group', 'aria-label': `${many} at ${name}: ${reason}`, 'data-key': id, 'data-group': id },
    el(
      'header',
      {},
      tile(platform, instance),
      el(
        'h2',
        {},
        many,
        el('small', {}, ` ${name} · ${deliveryWords[state].toLowerCase()} · `, el('code', {}, reason)),
      ),
      el(
        'div',
        { class: 'row' },
        button('Replay…', () => replay(group, name), {
          class: 'button strong',
          'aria-label': `Replay ${many} at ${name}`,
        }),
        button('Discard…', () => discard(group, name), { 'aria-label': `Discard ${many} at ${name}` }),
      ),
    ),
    trouble(why, fix),
    facts([
      ['First', when(firstAt, Date.now())],
      ['Last', when(lastAt, Date.now())],
      ['All of them', el('a', { href: addressOf('events', { instance, state, reason }) }, 'Show the events')],
    ]),
    sample.length > 0 &&
      el(
        'details',
        { class: 'more' },
        el('summary', {}, `Preview ${sample.length < count ? `${number(sample.length)} of ${number(count)}` : 'them'}`),
        el(
          'ul',
          { class: 'sample' },
          ...sample.map(({ event, eventId, site }) =>
            el(
              'li',
              {},
              el(
                'a',
                { href: eventAddress({ site, name: event, eventId }) },
                eventWords(event),
                ' ',
                el('code', {}, eventId),
              ),
            ),
          ),
        ),
      ),
  )
}

async function replay({ id, count, fix }: Group, name: string) {
  const given = await ask(
    `Replay ${times(count, 'event')} to ${name}?`,
    'Replay',
    el('p', {}, 'They are sent again, each once. Where the cause is not mended they come back here.'),
    el('p', { class: 'fix' }, el('b', {}, 'Cause mended? '), fix),
    el(
      'label',
      { class: 'check' },
      el('input', { type: 'checkbox', name: 'forced' }),
      el(
        'span',
        {},
        'Also those past the platform’s pairing time',
        el('small', {}, 'If the pixel’s hit arrived, the platform may count these twice.'),
      ),
    ),
  )
  if (given) await act('replay', { group: id, forced: given.get('forced') === 'on' })
}

async function discard({ id, count }: Group, name: string) {
  const given = await ask(
    `Discard ${times(count, 'event')} for ${name}?`,
    'Discard',
    el(
      'p',
      {},
      'They are not sent any more, and cannot be replayed: what was kept of them goes at once. The reason stays with each.',
    ),
    el('label', { for: 'discard-reason' }, 'Reason'),
    el('input', { id: 'discard-reason', name: 'reason', required: true, maxlength: '200', autocomplete: 'off' }),
  )
  const reason = given?.get('reason')
  if (typeof reason === 'string' && reason.trim()) await act('discard', { group: id, reason: reason.trim() })
}
