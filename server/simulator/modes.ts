import { isFields } from './check.ts'

/**
 * `reset` drops the connection before the body is read; `lost_answer` takes and counts the events, then drops it;
 * `html` answers 200 with a page, as a proxy in front of the platform does.
 */
export const modeNames = [
  'ok',
  'rate_limited',
  'down',
  'slow',
  'token_revoked',
  'html',
  'reset',
  'lost_answer',
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
}

const slowMs = 5000
const numbers = ['for', 'retry_after', 'delay_ms'] as const

/** The mode asked for, or what is wrong with the request. */
export function parseMode(input: unknown): Mode | string {
  if (!isFields(input)) return 'a JSON object with "mode" is needed'
  const mode = modeNames.find((name) => name === input['mode'])
  if (!mode) return `"mode" must be one of ${modeNames.join(', ')}`
  const bad = numbers.find(
    (key) => input[key] !== undefined && !(Number.isInteger(input[key]) && Number(input[key]) >= 0),
  )
  if (bad) return `"${bad}" must be an integer of 0 or more`
  return {
    mode,
    ...Object.fromEntries(numbers.filter((key) => input[key] !== undefined).map((key) => [key, input[key]])),
  }
}

export interface ModeSwitch {
  set(mode: Mode): void
  current(): Mode
  /** The mode for the next request; counts it. */
  take(): Mode
}

export function createModeSwitch(): ModeSwitch {
  let mode: Mode = { mode: 'ok' }
  const set = (next: Mode): void => {
    mode = next.for === 0 ? { mode: 'ok' } : next
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

export const waitMs = ({ mode, delay_ms }: Mode): number => delay_ms ?? (mode === 'slow' ? slowMs : 0)
