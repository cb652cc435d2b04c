import type { Destination, InstanceSettings, Outcome } from '../destinations/destination.ts'

/**
 * Never more at once, whatever the platform takes: a request has ten seconds, and what is written for it holds up the
 * posts that wait for the disk.
 */
export const mostAtOnce = 400

/**
 * How many events a lane asks for. One that is behind takes twice as many with each full claim that went well, for a
 * claim, a request and its results cost nearly the same for many events as for few. Any trouble, and the end of what
 * waits, bring it back to the usual number. An operator's own number, and the one event of a test mode, stay.
 */
export function createBatchSize(destination: Destination) {
  const { batch } = destination.limits
  let times = 1
  let isBehind = false
  return {
    of(settings: InstanceSettings): number {
      const usual = destination.batchSize(settings)
      const isOurs = settings.batch_size === undefined && usual === batch.usual
      return isOurs ? Math.max(usual, Math.min(usual * times, batch.most, mostAtOnce)) : usual
    },
    /** A claim of so many events, where as many as `limit` were asked for. */
    claimed(count: number, limit: number): void {
      isBehind = count === limit
      if (!isBehind) times = 1
    },
    /** What became of a request. */
    answered(outcomes: readonly Outcome[]): void {
      if (!outcomes.every(({ kind }) => kind === 'accepted')) {
        times = 1
        isBehind = false // nor do the good halves of a refused batch say that all is well
      } else if (isBehind) times = Math.min(times * 2, mostAtOnce)
    },
  }
}
