import { pairState, type PairView } from '../../pair/pair-state.ts'
import { readEnd, type End } from '../trail/count-names.ts'
import type { Counts } from '../trail/series.ts'

export interface CountedEnd extends End {
  readonly pair: PairView
  readonly count: number
}

/** The ends in a line of counts, each with its pair state and the sentence for it. */
export const endsIn = (counts: Counts, platform: string): readonly CountedEnd[] =>
  Object.entries(counts).flatMap(([name, count]) => {
    const end = readEnd(name)
    if (!end || count <= 0) return []
    const { pixel, reason, state } = end
    return [{ ...end, count, pair: pairState(platform, pixel, { state, ...(reason && { reason }) }) }]
  })

/** Is it a count of this end, whatever the pixel and the reason? */
export const isEnd =
  (state: End['state']) =>
  (name: string): boolean =>
    name.startsWith(`p|${state}|`)
