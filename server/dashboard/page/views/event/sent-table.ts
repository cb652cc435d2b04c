import { el } from '../../dom.ts'
import { times } from '../../format.ts'
import type { Delivery, Field } from '../../types.ts'
import { kindWords } from '../../words.ts'
import { ruleFor } from './field-rules.ts'

/** The fields of a request, folded away, grouped by the object they stand in, each with the rule that made it. */
export function sentTable({ fields, explanation }: Delivery): HTMLElement {
  const { request, name } = explanation ?? {}
  return el(
    'details',
    { class: 'sent' },
    el('summary', {}, 'What was sent', el('small', {}, ` ${times(fields.length, 'field')}`)),
    request && el('p', { class: 'request' }, `${request.method} ${request.url}`, name ? ` (${name})` : ''),
    el(
      'table',
      {},
      el('caption', { class: 'unseen' }, 'Fields as sent, match keys masked'),
      el('thead', {}, el('tr', {}, ...['Field', 'Value', 'From'].map((title) => el('th', { scope: 'col' }, title)))),
      ...grouped(fields).map(([group, members]) =>
        el(
          'tbody',
          {},
          group !== '' && el('tr', { class: 'group' }, el('th', { scope: 'rowgroup', colspan: '3' }, group)),
          ...members.map((field) => fieldLine(field)),
        ),
      ),
    ),
  )
}

function fieldLine(field: Field): HTMLElement {
  const { path, value, from } = field
  const rule = ruleFor(path)
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, path.slice(path.lastIndexOf('.') + 1)),
    el('td', {}, value, rule !== undefined && el('small', { class: 'rule' }, rule)),
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
