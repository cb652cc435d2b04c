import { el } from './dom.ts'
import type { Delivery } from './rows.ts'
import { kindWords, times } from './words.ts'

type Field = Delivery['fields'][number]

/** The fields of a request, folded away, grouped by the object they stand in. */
export function sentTable({ fields, explanation }: Delivery, focus: string, open: boolean): HTMLElement {
  const { request, name } = explanation ?? {}
  const details = el(
    'details',
    { class: 'sent', 'data-open': focus },
    el('summary', { 'data-focus': focus }, 'What was sent', el('small', {}, times(fields.length, 'field'))),
    request && el('p', { class: 'request' }, `${request.method} ${request.url}`, name ? ` (${name})` : ''),
    el(
      'table',
      {},
      el('caption', {}, 'Fields as sent, match keys masked'),
      el('thead', {}, el('tr', {}, ...['Field', 'Value', 'From'].map((title) => el('th', { scope: 'col' }, title)))),
      ...grouped(fields).map(([group, members]) =>
        el(
          'tbody',
          {},
          group !== '' && el('tr', { class: 'group' }, el('th', { scope: 'rowgroup', colspan: '3' }, group)),
          ...members.map(fieldLine),
        ),
      ),
    ),
  )
  details.open = open
  return details
}

function fieldLine({ path, value, from }: Field): HTMLElement {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, path.slice(path.lastIndexOf('.') + 1)),
    el('td', {}, value),
    el('td', {}, from ? el('span', { class: `from ${from}` }, kindWords[from]) : '–'),
  )
}

/** Neighbours under one outer name; what every path begins with (`data`) is left out. */
function grouped(fields: readonly Field[]): readonly (readonly [string, readonly Field[]])[] {
  const outer = fields.map(({ path }) => path.split('.').slice(0, -1))
  const first = outer[0] ?? []
  const differs = first.findIndex((name, at) => outer.some((names) => names[at] !== name))
  const common = differs < 0 ? first.length : differs
  const groups: [string, Field[]][] = []
  fields.forEach((field, at) => {
    const group = outer[at]!.slice(common).join('.')
    const last = groups.at(-1)
    if (last?.[0] === group) last[1].push(field)
    else groups.push([group, [field]])
  })
  return groups
}
