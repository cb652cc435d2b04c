import { read } from '../api.ts'
import { el } from '../dom.ts'
import { number } from '../format.ts'
import { rangeChoice, rangeIn, viewHead } from '../parts/choice.ts'
import { dataTable, empty, panel, when } from '../parts/pieces.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import { instanceWords } from './overview/latest.ts'

/** What the platforms found fault with, commonest first, and what to do. */
export const errorsView: View = async (place) => {
  const answer = await read('errors', { range: rangeIn(place), site: place.query.site })
  return shown(answer, (rows) => ({
    title: 'Errors',
    body: [
      viewHead('Errors', rangeChoice(place)),
      rows.length
        ? panel(
            'By platform and code',
            [],
            dataTable(
              'Errors by platform and code',
              ['Destination', 'Code', 'What the platform says', 'How to fix it', 'Times', 'First', 'Last'],
              rows.map((row) => ({
                key: `${row.instance} ${row.code}`,
                cells: [
                  instanceWords(row),
                  el('code', {}, row.code),
                  row.words,
                  el('b', { class: 'fix' }, row.fix),
                  number(row.count),
                  when(row.firstAt, Date.now()),
                  when(row.lastAt, Date.now()),
                ],
              })),
            ),
          )
        : empty('No errors in this range', 'Every answer was a good one.'),
    ],
  }))
}
