import { countConversions, type Arrival, type Counted } from './counted.ts'
import type { Answer, Hit, Platform, ServerEvent } from './platform.ts'
import type { ModeName } from './modes.ts'

/** A request that was not accepted; `mode` other than `ok`: refused by the switch, not by the rules. */
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
  accept(events: readonly ServerEvent[]): void
  refuse(refused: Refused): void
  hit(hit: Hit): void
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
  return {
    request() {
      requests++
    },
    accept(events) {
      for (const event of events) {
        accepted.push(event)
        if (event.counts) arrivals.push({ side: 'server', copy: event })
      }
    },
    refuse(entry) {
      refused.push(entry)
    },
    hit(hit) {
      hits.push(hit)
      if (hit.pixel === pixelId) arrivals.push({ side: 'browser', copy: hit })
    },
    accepted: () => accepted,
    state: () => ({
      requests,
      accepted: [...accepted],
      refused: [...refused],
      hits: [...hits],
      counted: countConversions(arrivals, (copy) => platform.dedupKeys(copy)),
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
