import type { Destination, HttpResponse, Outcome } from '../destinations/destination.ts'
import type { Ready } from './prepare.ts'

/** What an answer means for each event of a batch; where our own code stumbles over it, nobody can read it. */
export function readAnswer(
  destination: Destination,
  answer: HttpResponse,
  batch: readonly Ready[],
  report: (fault: unknown) => void,
): readonly Outcome[] {
  try {
    return destination.respond(
      answer,
      batch.map(({ payload }) => payload),
    )
  } catch (error) {
    report(error)
    return batch.map(() => ({ kind: 'retry', why: 'Our own code stumbled over the answer.', unreadable: true }))
  }
}
