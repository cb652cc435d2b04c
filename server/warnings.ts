import type { Clock } from './deliver/clock.ts'

/** What keeps the collector from doing all it should while it goes on; each is a sentence for who runs it. */
export interface Troubles {
  readonly clock: Clock
  readonly isDegraded: boolean
  /** The disk's own sentence; absent: there is room. */
  readonly disk?: string
}

const minuteMs = 60_000
const lookEveryMs = 15_000
/** What lasts is said again, for a log is read from its end. */
const repeatMs = 10 * minuteMs

/** The troubles of this moment, in plain words. */
export function warningsOf({ clock, isDegraded, disk }: Troubles): readonly string[] {
  const minutes = Math.round(clock.partedMs() / minuteMs)
  return [
    ...(isDegraded
      ? [
          'Degraded: the last starts ended in crashes, so events are kept and none is delivered. Read the log, mend the cause, then stop and start the collector.',
        ]
      : []),
    ...(minutes
      ? [
          `The clock was set ${minutes > 0 ? 'ahead' : 'back'} by ${Math.abs(minutes)} minutes: nothing expires until it is set right, or an hour has passed.`,
        ]
      : []),
    ...(disk === undefined ? [] : [disk]),
  ]
}

/** Logs each warning when it begins, every ten minutes while it lasts, and its end. */
export function watchWarnings(
  warnings: () => readonly string[],
  log: (entry: Readonly<Record<string, unknown>>) => void,
): NodeJS.Timeout {
  const said = new Map<string, number>()
  const look = () => {
    const now = performance.now()
    const current = warnings()
    for (const message of current) {
      if (now - (said.get(message) ?? -Infinity) < repeatMs) continue
      said.set(message, now)
      log({ level: 'error', message })
    }
    for (const message of said.keys()) {
      if (current.includes(message)) continue
      said.delete(message)
      log({ level: 'warn', message: `Over: ${message}` })
    }
  }
  look()
  return setInterval(look, lookEveryMs).unref()
}
