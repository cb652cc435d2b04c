import { el, svg, unseen } from '../dom.ts'
import type { Card, PairState } from '../types.ts'
import { cardWords, pairHints, pairWords, platformOf } from '../words.ts'

/** Two rings that stand for pixel and server: filled when it arrived, joined when both did. */
const rings: Readonly<Record<PairState, { readonly pixel: boolean; readonly server: boolean }>> = {
  paired: { pixel: true, server: true },
  'capi-only': { pixel: false, server: true },
  'pixel-only': { pixel: true, server: false },
  waiting: { pixel: false, server: false },
  neither: { pixel: false, server: false },
}

export function pairMark(state: PairState): SVGElement {
  const { pixel, server } = rings[state]
  const ring = (cx: string, filled: boolean) => svg('circle', { cx, cy: '6', r: '4', class: filled ? 'on' : 'off' })
  return svg(
    'svg',
    { class: 'mark', viewBox: '0 0 28 12', width: '28', height: '12', 'aria-hidden': 'true' },
    svg('path', { d: 'M10.5 6h7', class: state === 'paired' ? 'joined' : 'apart' }),
    ring('6', pixel),
    ring('22', server),
    ...(state === 'neither' ? [svg('path', { d: 'M11.5 3.5l5 5m0-5l-5 5', class: 'crossed' })] : []),
  )
}

export const pairBadge = (state: PairState): HTMLElement =>
  el('span', { class: `badge ${state}`, title: pairHints[state] }, pairMark(state), pairWords[state])

/** The same where many stand side by side: platform and rings, the state's word for those who hear it. */
export const smallPair = (platform: string, state: PairState): HTMLElement =>
  el(
    'span',
    { class: `small ${state}`, title: `${platform}: ${pairWords[state]}` },
    el('span', { 'aria-hidden': 'true' }, platform),
    pairMark(state),
    unseen(`${platform}: ${pairWords[state]}`),
  )

/** A shape of its own for each state, so that no state is told by its colour alone. */
const shapes = {
  good: ['M3.6 8.4l3 3 5.8-6.6'],
  warn: ['M8 4.2v4.4', 'M8 11.4v.4'],
  paused: ['M6 5v6', 'M10 5v6'],
  none: ['M4.5 8h7'],
  bad: ['M5 5l6 6', 'M11 5l-6 6'],
} as const
export type Shape = keyof typeof shapes

export const icon = (shape: Shape): SVGElement =>
  svg(
    'svg',
    { class: `icon ${shape}`, viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' },
    shape === 'warn'
      ? svg('path', { d: 'M8 .8l7.4 13.6H.6z', class: 'disc' })
      : svg('circle', { cx: '8', cy: '8', r: '7.5', class: 'disc' }),
    ...shapes[shape].map((d) => svg('path', { d, class: 'sign' })),
  )

export const cardShapes: Readonly<Record<Card['state'], Shape>> = {
  healthy: 'good',
  degraded: 'warn',
  paused: 'paused',
  not_set: 'none',
}

export const stateBadge = (state: Card['state']): HTMLElement =>
  el('span', { class: `state ${state}` }, icon(cardShapes[state]), cardWords[state])

export const tile = (platform: string | undefined, name: string): HTMLElement =>
  el(
    'span',
    { class: `tile ${platform ?? 'removed'}`, 'aria-hidden': 'true' },
    platformOf(platform, name).charAt(0).toUpperCase(),
  )
