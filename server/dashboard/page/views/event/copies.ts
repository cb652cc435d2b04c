import { el } from '../../dom.ts'
import { clock, fullTime, number } from '../../format.ts'
import { panel } from '../../parts/pieces.ts'
import type { Copy, Row } from '../../types.ts'
import { copyNotes } from '../../words.ts'

const resultWords: Readonly<Record<Copy['result'], string>> = {
  stored: 'first of this event',
  joined: 'joined',
  duplicate: 'known already',
  late: 'late',
  failed: 'not kept',
}

/** Each arrival of the event. */
export const copiesPanel = ({ copies, fired }: Row): HTMLElement =>
  panel(
    'Copies',
    [],
    el(
      'ul',
      { class: 'copies' },
      ...copies.map((copy) =>
        el(
          'li',
          { class: copy.kind },
          el('b', {}, copy.kind === 'browser' ? 'Browser copy' : 'Back-end copy'),
          el('span', {}, `via ${copy.origin}`),
          el(
            'time',
            { datetime: new Date(copy.receivedAt).toISOString(), title: fullTime(copy.receivedAt) },
            clock(copy.receivedAt),
          ),
          el('span', {}, said(copy)),
          ...notesOf(copy).map((note) => el('em', {}, note)),
        ),
      ),
    ),
    Object.keys(fired).length > 0 &&
      el(
        'p',
        { class: 'hint' },
        `The page told of its pixels: ${Object.entries(fired)
          .map(([platform, state]) => `${platform} ${state}`)
          .join(', ')}.`,
      ),
  )

const notesOf = (copy: Copy): readonly string[] =>
  copyNotes(copy).length ? copyNotes(copy) : [resultWords[copy.result]]

const said = ({ facts: { value, currency } }: Copy): string =>
  [value === undefined ? '' : number(value), currency ?? ''].filter(Boolean).join(' ')
