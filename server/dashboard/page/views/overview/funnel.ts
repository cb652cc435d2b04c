import { el } from '../../dom.ts'
import type { Child } from '../../dom.ts'
import { number } from '../../format.ts'
import { icon } from '../../parts/marks.ts'
import { panel } from '../../parts/pieces.ts'
import { addressOf } from '../../route.ts'
import type { Overview } from '../../types.ts'

type Funnel = Overview['funnel']
type Stage = keyof Funnel

/** Word, and the filter of the events it counts; refused ones were never kept, so there is none to open. */
const stages: Readonly<
  Partial<Record<Stage, readonly [words: string, hint: string, to?: Readonly<Record<string, string>>]>>
> = {
  stored: ['stored', 'New events', {}],
  duplicate: ['duplicates', 'Identical copies, dropped', { result: 'duplicate' }],
  late: ['late', 'Copies that came after sending; never sent again', { result: 'late' }],
  refused: ['refused', 'No event could be read from them; the sender was told why'],
  delivered: ['delivered', 'Taken by the platform', { state: 'delivered' }],
  held: ['held', 'Waiting for a further copy', { state: 'pending' }],
  queued: ['queued', 'Due, waiting for their turn', { state: 'pending' }],
  retrying: ['retrying', 'Tried, and to be tried again', { state: 'pending' }],
  suppressed: ['suppressed', 'Held back on purpose, with a reason', { state: 'suppressed' }],
  dead: ['dead', 'Refused for good; can be replayed by hand', { state: 'dead' }],
  expired: ['expired', 'Past the time in which the platform would take them', { state: 'expired' }],
}
const copies = ['stored', 'duplicate', 'late', 'refused'] as const
const deliveries = ['delivered', 'held', 'queued', 'retrying', 'suppressed', 'dead', 'expired'] as const

/** Where everything went. Each number opens its events, and each line says whether it adds up. */
export function funnelPanel({ funnel, totals, range }: Overview, site: string | undefined): HTMLElement {
  const sent = deliveries.reduce((sum, stage) => sum + funnel[stage], 0)
  const { conservation } = totals
  return panel(
    'Where everything went',
    [],
    el('h3', {}, el('b', {}, number(funnel.received)), ' copies received'),
    bar(funnel, copies),
    sum(funnel, copies, site),
    balance(
      funnel.received === copies.reduce((total, stage) => total + funnel[stage], 0),
      'Every copy received is one of these.',
      'The copies do not add up: please report it.',
    ),
    el('h3', {}, el('b', {}, number(sent)), ' deliveries to destinations'),
    bar(funnel, deliveries),
    sum(funnel, deliveries, site),
    balance(
      conservation.addsUp,
      `Of all ${number(conservation.created)} deliveries ever made, every one is accounted for.`,
      `Of ${number(conservation.created)} deliveries ever made, some are in no known state: please report it.`,
    ),
    el('p', { class: 'unseen' }, `Range ${range}.`),
  )
}

function bar(funnel: Funnel, shown: readonly Stage[]): HTMLElement {
  const pieces = shown.filter((stage) => funnel[stage] > 0)
  return el(
    'div',
    { class: 'bar', 'aria-hidden': 'true' },
    ...pieces.map((stage) => {
      const piece = el('span', { class: stage, 'data-key': stage })
      // The root, so that one dead letter among thousands is still a visible sliver.
      piece.style.flexGrow = String(Math.sqrt(funnel[stage]))
      return piece
    }),
  )
}

const sum = (funnel: Funnel, shown: readonly Stage[], site: string | undefined): HTMLElement =>
  el(
    'ul',
    { class: 'sum' },
    ...shown.map((stage) => {
      const [words, hint, to] = stages[stage]!
      const line: readonly Child[] = [el('b', {}, number(funnel[stage])), ` ${words}`]
      return el(
        'li',
        { class: funnel[stage] ? stage : `${stage} none`, title: hint, 'data-key': stage },
        to && funnel[stage]
          ? el('a', { href: addressOf('events', { site, ...to }) }, ...line)
          : el('span', {}, ...line),
      )
    }),
  )

const balance = (holds: boolean, yes: string, no: string): HTMLElement =>
  el('p', { class: holds ? 'adds' : 'off' }, icon(holds ? 'good' : 'bad'), holds ? yes : no)
