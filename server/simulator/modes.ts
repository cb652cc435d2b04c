/** Answered in the platform's own words, whatever the request says. */
export const faultNames = [
  ...(['rate_limited', 'down', 'transient', 'error'] as const),
  ...(['token_revoked', 'token_expired', 'token_other_pixel'] as const),
  ...(['no_permission', 'pixel_unknown', 'policy_blocked'] as const),
] as const
export type FaultName = (typeof faultNames)[number]

/** Answered by something that stands in front of the platform. */
export const proxyNames = ['html', 'empty', 'redirect'] as const
export type ProxyName = (typeof proxyNames)[number]

/**
 * `reset` drops the connection before the body is read; `lost_answer` takes and counts the events, then drops it;
 * `cut` takes them and breaks off in the middle of the answer; `busy` takes them and says that its limits are nearly
 * used up; `batch_refused` takes an event only when it comes alone, and says nothing about why; `html` and `empty`
 * answer 200 without having seen the platform, `redirect` sends the request elsewhere.
 */
export const modeNames = [
  ...(['ok', 'slow', 'busy', 'batch_refused', 'cut', 'lost_answer', 'reset'] as const),
  ...faultNames,
  ...proxyNames,
] as const
export type ModeName = (typeof modeNames)[number]

export interface Mode {
  readonly mode: ModeName
  /** Back to `ok` after so many requests; without it the mode stays. */
  readonly for?: number
  /** Seconds, in the platform's own way of saying so. */
  readonly retry_after?: number
  /** Wait before the request is handled. */
  readonly delay_ms?: number
  /** What `error` answers with. Codes and subcodes are Meta's; Snapchat shows a code among its `errors`. */
  readonly code?: number
  readonly subcode?: number
  readonly status?: number
  readonly message?: string
  /** Event IDs and order numbers that are refused, however well formed the event. */
  readonly poison?: readonly string[]
  /** Whether an answer names the bad events. Left out, each platform has its own way; Meta never names any. */
  readonly names?: boolean
  /** Whether the good neighbours of a bad event are processed. Meta refuses a request whole in any case. */
  readonly partial?: boolean
  readonly requests_per_second?: number
  readonly events_per_second?: number
  /** Copies that arrive later than this after the first join no more, whatever the platform's window. */
  readonly dedup_s?: number
}

export interface ModeSwitch {
  set(mode: Mode): void
  current(): Mode
  /** The mode for the next request; counts it. */
  take(): Mode
}

/** Holds the mode of one platform; `ok` to begin with. */
export function createModeSwitch(): ModeSwitch {
  let mode: Mode = { mode: 'ok' }
  const set = (next: Mode): void => {
    mode = next.for === 0 ? afterwards(next) : next
  }
  return {
    set,
    current: () => mode,
    take() {
      const taken = mode
      if (taken.for !== undefined) set({ ...taken, for: taken.for - 1 })
      return taken
    },
  }
}

/** What a mode's end leaves behind: how events are judged was asked for until the next call, not for so many requests. */
function afterwards({ poison, names, partial, requests_per_second, events_per_second, dedup_s }: Mode): Mode {
  const judging = { poison, names, partial, requests_per_second, events_per_second, dedup_s }
  return { mode: 'ok', ...Object.fromEntries(Object.entries(judging).filter(([, value]) => value !== undefined)) }
}

const slowMs = 5000
/** How long a request waits under a mode. */
export const waitMs = ({ mode, delay_ms }: Mode): number => delay_ms ?? (mode === 'slow' ? slowMs : 0)
