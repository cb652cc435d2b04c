import { hourMs, minuteMs } from '../../../shared/limits.ts'
import { ranges, type Range } from '../shapes.ts'
import type { TrailView } from '../trail/index.ts'
import { readKey, startOf, type Counts, type Step } from '../trail/series.ts'

/** A range as steps: the last one is the step under way. */
export interface Window {
  readonly range: Range
  readonly step: Step
  readonly stepMs: number
  /** Begin of the first step, epoch ms. */
  readonly from: number
  readonly steps: number
}

export const isRange = (text: unknown): text is Range => typeof text === 'string' && Object.hasOwn(ranges, text)

export function windowOf(range: Range, now: number): Window {
  const step: Step = ranges[range] <= hourMs ? 'minute' : 'hour'
  const stepMs = step === 'minute' ? minuteMs : hourMs
  const steps = ranges[range] / stepMs
  return { range, step, stepMs, steps, from: startOf(step, now) - (steps - 1) * stepMs }
}

/** Counts of one series, added up over a window. */
export interface Line {
  readonly site: string
  readonly event: string
  readonly instance: string
  readonly counts: Counts
}

/** Every series with what was counted in the window, by all processes. @param site only of this one; of all where absent */
export function linesIn(view: TrailView, { step, from }: Window, site?: string): readonly Line[] {
  const lines = new Map<string, Record<string, number>>()
  for (const part of view.parts)
    for (const [at, bucket] of part[step])
      if (at >= from)
        for (const [key, counts] of bucket) {
          let line = lines.get(key)
          if (!line) lines.set(key, (line = {}))
          for (const [name, n] of Object.entries(counts)) line[name] = (line[name] ?? 0) + n
        }
  return [...lines]
    .map(([key, counts]) => ({ ...readKey(key), counts }))
    .filter((line) => site === undefined || line.site === site || line.site === '')
}

/** One number a step. */
export function steps(
  view: TrailView,
  { step, stepMs, from, steps: count }: Window,
  value: (key: ReturnType<typeof readKey>, name: string) => boolean,
): readonly number[] {
  const numbers = Array<number>(count).fill(0)
  for (const part of view.parts)
    for (const [at, bucket] of part[step]) {
      const place = (at - from) / stepMs
      if (place < 0 || place >= count) continue
      for (const [key, counts] of bucket) {
        const names = readKey(key)
        for (const [name, n] of Object.entries(counts)) if (value(names, name)) numbers[place]! += n
      }
    }
  return numbers
}

/** The sum of one count, or of all that fit. */
export const sumOf = (lines: readonly Line[], fits: string | ((name: string) => boolean)): number =>
  lines.reduce((total, { counts }) => total + countIn(counts, fits), 0)

export const countIn = (counts: Counts, fits: string | ((name: string) => boolean)): number =>
  typeof fits === 'string'
    ? (counts[fits] ?? 0)
    : Object.entries(counts).reduce((total, [name, n]) => (fits(name) ? total + n : total), 0)

/** The steps of a histogram whose counts begin so. */
export function histogram(lines: readonly Line[], mark: string, edges: readonly number[]): readonly number[] {
  const numbers = Array<number>(edges.length + 1).fill(0)
  for (const { counts } of lines)
    for (const [name, n] of Object.entries(counts))
      if (name.startsWith(mark)) numbers[Number(name.slice(mark.length))]! += n
  return numbers
}
