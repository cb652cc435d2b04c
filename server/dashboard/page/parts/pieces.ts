import { el } from '../dom.ts'
import type { Attributes, Child } from '../dom.ts'
import { ago, fullTime } from '../format.ts'
import type { Notice } from '../types.ts'

/** A titled part of a view, with controls or a remark beside the title. */
export const panel = (title: string, aside: readonly Child[], ...children: readonly Child[]): HTMLElement =>
  el('section', { class: 'panel', 'aria-label': title }, el('header', {}, el('h2', {}, title), ...aside), ...children)

/** Terms and what they are; a term without a value is left out. */
export const facts = (entries: readonly (readonly [term: string, value: Child, hint?: string])[]): HTMLElement =>
  el(
    'dl',
    { class: 'facts' },
    ...entries.flatMap(([term, value, hint]) =>
      value === undefined || value === false || value === ''
        ? []
        : [el('div', {}, el('dt', { title: hint }, term), el('dd', {}, value))],
    ),
  )

/** How long ago, with the whole date for who rests on it. */
export const when = (at: number, now: number): HTMLElement =>
  el('time', { datetime: new Date(at).toISOString(), title: fullTime(at) }, ago(at, now))

/** A link that leads out; only an https address, or one of this machine, becomes one. */
export const outLink = (address: string, words: string, attributes: Attributes = {}): HTMLElement =>
  /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/.test(address)
    ? el('a', { ...attributes, href: address, target: '_blank', rel: 'noopener noreferrer' }, words)
    : el('span', {}, words)

/** What is the matter and what to do, one sentence each. */
export const trouble = (reason: string, fix?: string): HTMLElement =>
  el(
    'div',
    { class: 'trouble' },
    el('p', {}, reason),
    fix !== undefined && el('p', { class: 'fix' }, el('b', {}, 'Fix: '), fix),
  )

/** What there is to see to in a destination's settings. */
export const noticeList = (notices: readonly Notice[]): HTMLElement =>
  el(
    'ul',
    { class: 'notices', 'aria-label': 'Settings to see to' },
    ...notices.map(({ level, message, fix }) =>
      el('li', { class: level }, el('b', {}, `${noticeWords[level]}: `), message, fix !== undefined && ` ${fix}`),
    ),
  )
const noticeWords = { urgent: 'Now', warning: 'Soon', info: 'Note' } as const

export const empty = (title: string, words: string): HTMLElement =>
  el('div', { class: 'empty' }, el('p', { class: 'lead' }, title), el('p', {}, words))

/** A table that becomes a list of cards where the page is narrow: each cell knows its column's title. */
export function dataTable(
  caption: string,
  titles: readonly string[],
  rows: readonly { readonly key: string; readonly cells: readonly Child[]; readonly class?: string }[],
): HTMLElement {
  return el(
    'table',
    { class: 'data' },
    el('caption', { class: 'unseen' }, caption),
    el('thead', {}, el('tr', {}, ...titles.map((title) => el('th', { scope: 'col' }, title)))),
    el(
      'tbody',
      {},
      ...rows.map(({ key, cells, class: kind }) =>
        el(
          'tr',
          { 'data-key': key, class: kind },
          ...cells.map((cell, at) =>
            el(
              at ? 'td' : 'th',
              { scope: at ? undefined : 'row', 'data-title': titles[at], class: cell === '–' && 'nothing' },
              cell,
            ),
          ),
        ),
      ),
    ),
  )
}
