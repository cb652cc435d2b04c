import { PairpixelError } from '../../../shared/errors.ts'
import type { Reply } from './commands.ts'
import type { FaultKind } from './faults.ts'
import type { Thread } from './thread.ts'

/** A command as it travels: JSON, with the bodies of its copies beside it. */
export interface Parcel {
  readonly command: string
  readonly bodies: readonly string[]
  /** Copies in it, or 1: what a group's size is measured in. */
  readonly weight: number
}

interface Asker {
  readonly resolve: (value: string) => void
  readonly reject: (error: Error) => void
}
interface Waiting extends Asker {
  readonly parcel: Parcel
}

/** Bounds how long one transaction can take, and so how long the next group waits. */
const groupWeight = 1000

const charsOf = ({ command, bodies }: Parcel): number => bodies.reduce((sum, body) => sum + body.length, command.length)

const isReply = (outcome: Reply | Error): outcome is Reply => !(outcome instanceof Error)

/**
 * Group commit: while one transaction runs, the next group gathers. Commands keep their order; a promise settles when the
 * transaction of its group is over.
 */
export function createGroup(thread: Pick<Thread, 'ask'>, heard: (fault: string | undefined, kind?: FaultKind) => void) {
  const queue: Waiting[] = []
  let waitingChars = 0
  let running: Promise<void> | undefined

  const next = (): Waiting[] => {
    let weight = 0
    let size = 0
    while (size < queue.length && (size === 0 || weight + queue[size]!.parcel.weight <= groupWeight))
      weight += queue[size++]!.parcel.weight
    const group = queue.splice(0, size)
    waitingChars -= group.reduce((sum, { parcel }) => sum + charsOf(parcel), 0)
    return group
  }

  const settle = (askers: readonly Asker[], outcome: Reply | Error): void => {
    const fault = isReply(outcome) ? ('fault' in outcome ? outcome.fault : undefined) : outcome.message
    if (fault !== undefined) heard(fault, isReply(outcome) && 'fault' in outcome ? outcome.kind : undefined)
    else if (isReply(outcome) && 'wrote' in outcome && outcome.wrote) heard(undefined)
    askers.forEach(({ resolve, reject }, index) => {
      const answer = isReply(outcome) && 'answers' in outcome ? outcome.answers[index] : undefined
      if (answer && 'value' in answer) resolve(answer.value)
      else if (answer) reject(new PairpixelError('INTERNAL', `The store could not do this: ${answer.error}`))
      else reject(new PairpixelError('STORE_UNAVAILABLE', fault ?? 'The store gave no answer.', { cause: outcome }))
    })
  }

  /** Hands a group over. Of what was handed over nothing is kept but whom to tell: it may be megabytes. */
  const wrap = (group: readonly Waiting[]) => ({
    askers: group.map(({ resolve, reject }): Asker => ({ resolve, reject })),
    ask: thread.ask({
      commands: `[${group.map(({ parcel }) => parcel.command).join()}]`,
      bodies: group.flatMap(({ parcel }) => parcel.bodies),
    }),
  })

  const run = async (): Promise<void> => {
    await Promise.resolve() // whatever this turn of the event loop still asks for comes along
    while (queue.length > 0) {
      const { ask, askers } = wrap(next())
      settle(askers, await ask.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))))
    }
    running = undefined
  }

  return {
    push: (parcel: Parcel): Promise<string> =>
      new Promise((resolve, reject) => {
        queue.push({ parcel, resolve, reject })
        waitingChars += charsOf(parcel)
        running ??= run()
      }),
    /** Text in the queue, that of the running transaction not included. */
    waitingChars: () => waitingChars,
    /** Resolves when nothing is queued any more. */
    drained: async (): Promise<void> => {
      while (running) await running
    },
  }
}
