import { el, svg } from './dom.ts'
import type { PairState } from './rows.ts'
import { pairWords } from './words.ts'

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
  )
}

export const pairBadge = (state: PairState): HTMLElement =>
  el('span', { class: `badge ${state}` }, pairMark(state), pairWords[state])
