import { read } from '../api.ts'
import { el } from '../dom.ts'
import type { Child } from '../dom.ts'
import { duration, number, percent, times } from '../format.ts'
import { rangeChoice, rangeIn, rangeSentence, viewHead } from '../parts/choice.ts'
import { pairMark } from '../parts/marks.ts'
import { dataTable, empty, panel, trouble } from '../parts/pieces.ts'
import { addressOf } from '../route.ts'
import { byEvent, eventWords, pairHints, pairStates, pairWords } from '../words.ts'
import { shown } from '../view.ts'
import type { View } from '../view.ts'
import type { Reads } from '../../shapes.ts'
import { instanceWords } from './overview/latest.ts'
import { meter } from './overview/side-panels.ts'

type PairingRow = Reads['pairing']['rows'][number]
type Browser = Reads['pairing']['browsers'][number]

/** Which events met their pixel's hit at each platform, and why the others did not. */
export const pairingView: View = async (place) => {
  const range = rangeIn(place)
  return shown(await read('pairing', { range, site: place.query.site }), ({ rows, browsers, warnings }) => ({
    title: 'Pairing',
    body: [
      viewHead('Pairing', rangeChoice(place)),
      el(
        'p',
        { class: 'hint', 'data-key': 'words' },
        `An event is paired where the platform got it twice, from its own pixel and from us, with one ID: it counts once. This is ${rangeSentence[range]}.`,
      ),
      ...warnings.map(({ what, fix }) => trouble(what, fix)),
      rows.length ? key() : undefined,
      rows.length
        ? panel('By event and destination', [], board(rows))
        : empty('Nothing to pair yet', 'Events of this range show up here with the state of each destination.'),
      browsers.length > 0 &&
        panel(
          'Pixel blocked, by browser',
          [el('span', { class: 'hint' }, 'events whose pixel could not load or send')],
          browserTable(browsers),
        ),
    ],
  }))
}

/** What the states mean, said once. */
const key = (): HTMLElement =>
  el(
    'ul',
    { class: 'key', 'data-key': 'key', 'aria-label': 'Pair states' },
    ...pairStates.map((state) =>
      el(
        'li',
        { class: state },
        pairMark(state),
        el('span', {}, el('b', {}, pairWords[state]), ` ${pairHints[state]}`),
      ),
    ),
  )

const board = (rows: readonly PairingRow[]): HTMLElement =>
  dataTable(
    'Pair states by event and destination',
    ['Event', 'Destination', 'Paired', 'States', 'Why not paired', 'Copies apart', 'Flags'],
    byEvent(rows).map((row) => ({
      key: `${row.event} ${row.instance}`,
      cells: [eventWords(row.event), instanceWords(row), rate(row), states(row), why(row), gap(row), flags(row)],
    })),
  )

const totalOf = ({ counts }: PairingRow): number => pairStates.reduce((sum, state) => sum + counts[state], 0)

/** Of those that are settled: what waits may still be paired. */
function rate(row: PairingRow): Child {
  const settled = totalOf(row) - row.counts.waiting
  return el('b', { class: 'big' }, settled ? percent(row.counts.paired / settled) : '–')
}

function states(row: PairingRow): HTMLElement {
  const { counts, event, instance } = row
  const present = pairStates.filter((state) => counts[state] > 0)
  return el(
    'div',
    { class: 'states' },
    el(
      'div',
      { class: 'bar', 'aria-hidden': 'true' },
      ...present.map((state) => {
        const piece = el('span', { class: `${state} pair` })
        piece.style.flexGrow = String(counts[state])
        return piece
      }),
    ),
    el(
      'ul',
      { class: 'sum' },
      ...present.map((state) =>
        el(
          'li',
          { class: state },
          el(
            'a',
            { href: addressOf('events', { event, instance, pair: state }), title: pairHints[state] },
            el('b', {}, number(counts[state])),
            ` ${pairWords[state].toLowerCase().replace('capi', 'CAPI')}`,
          ),
        ),
      ),
    ),
  )
}

const why = ({ why: sentences }: PairingRow): Child =>
  sentences.length === 0
    ? '–'
    : el(
        'ul',
        { class: 'whys' },
        ...sentences.slice(0, 3).map(({ words, count }) => el('li', {}, el('b', {}, `${number(count)} × `), words)),
      )

const gap = ({ gapMs }: PairingRow): Child =>
  gapMs
    ? el('span', { class: 'gap' }, `${duration(gapMs.p50)} median`, el('small', {}, `${duration(gapMs.p95)} p95`))
    : '–'

function flags({ conflicts, late, event, instance }: PairingRow): Child {
  if (!conflicts && !late) return '–'
  const flag = (count: number, words: string, result: string) =>
    count > 0 && el('a', { class: 'flag', href: addressOf('events', { event, instance, result }) }, words)
  return el(
    'span',
    {},
    flag(conflicts, times(conflicts, 'conflict'), 'conflict'),
    flag(late, `${number(late)} late`, 'late'),
  )
}

const browserTable = (browsers: readonly Browser[]): HTMLElement =>
  dataTable(
    'Pixels blocked, by browser',
    ['Browser', 'Events', 'Blocked', 'Share'],
    browsers.map(({ browser, events, blocked }) => ({
      key: browser,
      cells: [
        browser,
        number(events),
        number(blocked),
        el('span', { class: 'share' }, meter(events ? blocked / events : 0), events ? percent(blocked / events) : '–'),
      ],
    })),
  )
