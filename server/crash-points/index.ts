import { subscribe } from 'node:diagnostics_channel'

/** The moments at which the fault suite kills the collector; docs/crash-safety.md says what must hold after each. */
export const crashPoints = {
  C1: 'the request is there, its body is not read',
  C2: 'the events are written, and not committed',
  C3: 'the events are on disk, the answer is not written',
  C4: 'the answer is written, nothing is claimed',
  C5: 'the deliveries are claimed and marked in flight, no request is written',
  C6: 'the request is written, no answer is read',
  C7: 'the answer is read, and not stored',
  C8: 'a refused batch is being halved',
  C9: 'a migration, a replay or the tidying is under way',
  C10: 'settings are being read anew, or the collector is stopping',
} as const
export type CrashPoint = keyof typeof crashPoints

/** `C3:17` dies at the 17th time that the third point is passed, as a killed process does: nothing is flushed, no handler runs. */
function createCrash(wanted: string | undefined): (point: CrashPoint) => void {
  const [, name, nth = '1'] = /^(C\d+)(?::(\d+))?$/.exec(wanted ?? '') ?? []
  if (name === undefined) return () => undefined
  let left = Number(nth)
  const pass = (point: CrashPoint): void => {
    if (point === name && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
  // The HTTP client says when the last byte of a request was handed over; nothing of ours is called at that moment.
  subscribe('undici:request:bodySent', () => pass('C6'))
  return pass
}

/** Does nothing unless PAIRPIXEL_CRASH_AT names the point: for tests of what a killed process leaves behind. */
export const crashAt = createCrash(process.env.PAIRPIXEL_CRASH_AT)
