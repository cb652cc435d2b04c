import type { Reads } from '../../../shapes.ts'
import { el } from '../../dom.ts'
import { clock, duration, fullTime } from '../../format.ts'
import { panel } from '../../parts/pieces.ts'
import { plainAnswer } from '../../parts/prose.ts'

/** Every hop of the event's way, with the time since the one before. */
export const timelinePanel = (hops: Reads['event']['hops']): HTMLElement =>
  panel(
    'Its way',
    [],
    el(
      'ol',
      { class: 'timeline' },
      ...hops.map(({ at, gapMs, instance, what, detail }) =>
        el(
          'li',
          {},
          el(
            'span',
            { class: 'when' },
            at === undefined
              ? ''
              : el('time', { datetime: new Date(at).toISOString(), title: fullTime(at) }, clock(at)),
            gapMs !== undefined && el('small', {}, `+${duration(gapMs)}`),
          ),
          el(
            'div',
            {},
            el('p', {}, instance !== undefined && el('b', { class: 'to' }, instance), what),
            detail !== undefined && el('p', { class: 'hint' }, plainAnswer(detail)),
          ),
        ),
      ),
    ),
  )
