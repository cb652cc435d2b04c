import { el, part } from './dom.ts'
import { noticeList } from './notice-list.ts'
import type { Row, Setup, Totals } from './rows.ts'
import { deliveryWords, number, pairHints, pairWords } from './words.ts'
import { pairMark } from './pair-mark.ts'

const shown = ['delivered', 'pending', 'suppressed', 'dead', 'expired'] as const
const pairStates = ['paired', 'capi-only', 'pixel-only', 'waiting', 'neither'] as const

export type PairFilter = (typeof pairStates)[number] | undefined

/** Headline numbers and the line that says whether every delivery is accounted for. */
export function showTotals({ events, copies, duplicates, conservation }: Totals) {
  part('numbers').replaceChildren(
    stat('Events', events),
    stat('Copies', copies),
    stat('Duplicates dropped', duplicates),
    stat('Deliveries', conservation.created),
  )
  part('bar').replaceChildren(
    ...shown.flatMap((state) => {
      const count = conservation[state]
      if (!count) return []
      const piece = el('span', { class: state })
      piece.style.flexGrow = String(count)
      return [piece]
    }),
  )
  const sum = shown.map((state) =>
    el('span', { class: state }, el('b', {}, number(conservation[state])), ` ${deliveryWords[state].toLowerCase()}`),
  )
  part('sum').replaceChildren(
    el('span', {}, el('b', {}, number(conservation.created)), ' created ='),
    ...sum.flatMap((piece, at) => (at ? [el('i', {}, '+'), piece] : [piece])),
    conservation.addsUp
      ? el('span', { class: 'adds' }, '✓ every one accounted for')
      : el('span', { class: 'off' }, '✗ does not add up'),
  )
}

const stat = (name: string, value: number) => el('div', {}, el('dt', {}, name), el('dd', {}, number(value)))

/** One button a pair state; a second press shows all again. */
export function showFilters(rows: readonly Row[], chosen: PairFilter, choose: (state: PairFilter) => void) {
  const focused = document.activeElement?.getAttribute('data-filter')
  const all = rows.flatMap(({ deliveries }) => deliveries)
  part('filters').replaceChildren(
    ...pairStates.map((state) => {
      const count = all.filter(({ pair }) => pair.state === state).length
      const button = el(
        'button',
        {
          type: 'button',
          class: state,
          title: pairHints[state],
          'data-filter': state,
          'aria-pressed': String(chosen === state),
        },
        pairMark(state),
        `${pairWords[state]} `,
        el('b', {}, number(count)),
      )
      button.addEventListener('click', () => choose(chosen === state ? undefined : state))
      return button
    }),
  )
  if (focused) part('filters').querySelector<HTMLElement>(`[data-filter="${focused}"]`)?.focus()
}

/** What to do while there is nothing to see. */
export function showEmpty({ instances, demo }: Setup, filtered: boolean) {
  const steps = demo
    ? [
        ['Open the demo shop', 'and walk to the till: look at a product, put it into the cart, order.'],
        ['Come back here.', 'Each event appears within a second, with every copy of it.'],
        ['Send the back-end copy too', 'on the thank-you page, and watch it join instead of counting twice.'],
      ]
    : [
        ['Paste the tag', 'into your pages, before the closing head tag.'],
        ['Open a page', 'of your site in another tab. Its page view appears here.'],
        ['Place a test order.', 'Give pixel and back end the same order number, and they meet here.'],
      ]
  const link = demo && /^https?:\/\//.test(demo.shopUrl)
  part('empty').replaceChildren(
    ...(filtered
      ? [el('h2', {}, 'No event fits'), el('p', {}, 'Press the chosen filter again, or clear the search.')]
      : [
          pairMark('waiting'),
          el('h2', {}, 'Waiting for the first event'),
          el('p', {}, 'Events show up here by themselves; there is no need to reload.'),
          el('ol', {}, ...steps.map(([what, more]) => el('li', {}, el('b', {}, what), ` ${more ?? ''}`))),
          ...(link
            ? [el('a', { class: 'go', href: demo.shopUrl, target: '_blank', rel: 'noopener' }, 'Open the demo shop')]
            : []),
          ...(demo ? [] : [el('pre', {}, '<script async src="/_p/p.js" data-pairpixel></script>')]),
          ...instances.flatMap(({ name, notices }) => (notices.length ? [noticeList(notices, name)] : [])),
          ...(instances.length
            ? []
            : [el('p', { class: 'why' }, 'No destination is configured: events are kept and shown, nothing is sent.')]),
        ]),
  )
}
