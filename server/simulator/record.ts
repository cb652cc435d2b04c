import { countConversions, type Counted } from './counted.ts'
import type { Mode, ModeName } from './modes.ts'
import type { Answer, Arrival, Copy, Hit, Platform, ServerEvent, Side } from './platform.ts'

/** A request that was not accepted as a whole; `mode`: the one it came under, `ok` where the rules alone refused. */
export interface Refused {
  readonly at: number
  readonly path: string
  readonly mode: ModeName
  readonly status: number
  readonly answer: Answer['body']
  readonly body: unknown
}

export interface SimulatorState {
  readonly requests: number
  readonly accepted: readonly ServerEvent[]
  readonly refused: readonly Refused[]
  readonly hits: readonly Hit[]
  readonly counted: readonly Counted[]
}

/** Everything one platform has seen since the last reset, in order of arrival. */
export interface PlatformRecord {
  request(): void
  accept(events: readonly ServerEvent[], mode: Mode): void
  refuse(refused: Refused): void
  hit(hit: Hit, mode: Mode): void
  accepted(): readonly ServerEvent[]
  state(): SimulatorState
  reset(): void
}

/** Hits of other pixels are kept to be looked at, and never counted. */
export function createRecord(platform: Platform, pixelId: string): PlatformRecord {
  let requests = 0
  let accepted: ServerEvent[] = []
  let refused: Refused[] = []
  let hits: Hit[] = []
  let arrivals: Arrival[] = []
  const arrive = (side: Side, copy: Copy, { dedup_s: seconds }: Mode): void => {
    arrivals.push({ side, copy, mostMs: seconds === undefined ? undefined : seconds * 1000 })
  }
  return {
    request() {
      requests++
    },
    accept(events, mode) {
      for (const event of events) {
        accepted.push(event)
        if (event.counts) arrive('server', event, mode)
      }
    },
    refuse(entry) {
      refused.push(entry)
    },
    hit(hit, mode) {
      hits.push(hit)
      if (hit.pixel === pixelId) arrive('browser', hit, mode)
    },
    accepted: () => accepted,
    state: () => ({
      requests,
      accepted: [...accepted],
      refused: [...refused],
      hits: [...hits],
      counted: countConversions(arrivals, platform.dedup),
    }),
    reset() {
      requests = 0
      accepted = []
      refused = []
      hits = []
      arrivals = []
    },
  }
}
