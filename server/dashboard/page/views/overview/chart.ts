import uPlot from 'uplot'
import { el } from '../../dom.ts'
import { clock, fullTime, number } from '../../format.ts'
import { panel } from '../../parts/pieces.ts'
import { rangeSentence } from '../../parts/choice.ts'
import type { Overview } from '../../types.ts'

type Series = Overview['series']

/** In the order they are drawn; dashes tell them apart where colours do not. */
const lines = [
  { name: 'received', words: 'Received', colour: '--waiting', dash: [], fill: true },
  { name: 'delivered', words: 'Delivered', colour: '--capi', dash: [], fill: false },
  { name: 'paired', words: 'Paired', colour: '--paired', dash: [7, 3], fill: false },
  { name: 'failed', words: 'Failed', colour: '--neither', dash: [2, 3], fill: false },
] as const
const height = 216

let chart: uPlot | undefined
let holder: Element | undefined
let drawnFor = ''

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0)

/** Received, delivered, paired and failed over the range; the same as a table for who does not see it. */
export function chartPanel({ series, range }: Overview): HTMLElement {
  return panel(
    'Over time',
    [el('span', { class: 'hint' }, `per ${stepWords(series.stepMs)}`)],
    el(
      'ul',
      { class: 'legend' },
      ...lines.map(({ name, words }) =>
        el('li', { class: name, 'data-key': name }, el('i'), words, el('b', {}, number(total(series[name])))),
      ),
    ),
    el('div', {
      class: 'chart',
      'data-own': 'chart',
      role: 'img',
      'aria-label': summary(series, rangeSentence[range]),
    }),
    el('details', { class: 'more' }, el('summary', {}, 'As a table'), table(series)),
  )
}

const summary = (series: Series, range: string): string =>
  `In ${range}: ${lines.map(({ name, words }) => `${words.toLowerCase()} ${number(total(series[name]))}`).join(', ')}.`

const stepWords = (ms: number): string =>
  ms === 60_000
    ? 'minute'
    : ms === 3_600_000
      ? 'hour'
      : ms < 60_000
        ? `${ms / 1000} s`
        : ms < 3_600_000
          ? `${ms / 60_000} min`
          : `${ms / 3_600_000} h`

/** Steps in which nothing happened are left out. */
function table(series: Series): HTMLElement {
  const steps = series.received
    .map((_, at) => at)
    .filter((at) => lines.some(({ name }) => series[name][at]))
    .toReversed()
  return el(
    'div',
    { class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': 'The figures of the chart' },
    el(
      'table',
      { class: 'plain' },
      el(
        'thead',
        {},
        el('tr', {}, ...['From', ...lines.map(({ words }) => words)].map((words) => el('th', { scope: 'col' }, words))),
      ),
      el(
        'tbody',
        {},
        ...steps.map((at) =>
          el(
            'tr',
            {},
            el(
              'th',
              { scope: 'row', title: fullTime(series.from + at * series.stepMs) },
              clock(series.from + at * series.stepMs),
            ),
            ...lines.map(({ name }) => el('td', {}, number(series[name][at] ?? 0))),
          ),
        ),
      ),
    ),
  )
}

/** Draws into the panel's own part: anew when colours or width changed, else the figures alone. */
export function placeChart(main: Element, { series }: Overview) {
  const place = main.querySelector('.chart')
  if (!(place instanceof HTMLElement)) return
  const width = place.clientWidth
  const style = getComputedStyle(document.documentElement)
  const look = `${width} ${style.getPropertyValue('color-scheme')} ${isDark()} ${series.stepMs}`
  const data: uPlot.AlignedData = [
    series.received.map((_, at) => (series.from + at * series.stepMs) / 1000),
    ...lines.map(({ name }) => [...series[name]]),
  ]
  if (chart && holder === place && look === drawnFor) {
    chart.setData(data)
    return
  }
  chart?.destroy()
  place.replaceChildren()
  holder = place
  drawnFor = look
  chart = new uPlot(optionsFor(width, place), data, place)
}

const isDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches

function optionsFor(width: number, place: HTMLElement): uPlot.Options {
  /** A custom property may name two colours; an element that wears it tells the one that holds. */
  const colour = (name: string): string => {
    const probe = el('i')
    probe.style.color = `var(${name})`
    place.append(probe)
    const value = getComputedStyle(probe).color
    probe.remove()
    return value
  }
  const axis = {
    stroke: colour('--quiet'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_self, _low, high) => [0, Math.max(4, Math.ceil(high * 1.1))] } },
    axes: [
      {
        ...axis,
        size: 30,
        space: 70,
        values: (_self, splits) => splits.map((seconds) => axisTime(seconds * 1000, splits)),
      },
      { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000] },
    ],
    series: [
      {},
      ...lines.map(({ words, colour: name, dash, fill }) => ({
        label: words,
        stroke: colour(name),
        width: 2,
        dash: [...dash],
        fill: fill ? colour('--waiting-soft') : undefined,
        points: { show: false },
      })),
    ],
  }
}

const hourAndMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const axisTime = (at: number, splits: readonly number[]): string =>
  (splits[1] ?? 0) - (splits[0] ?? 0) >= 43_200 ? dayAndMonth.format(at) : hourAndMinute.format(at)
