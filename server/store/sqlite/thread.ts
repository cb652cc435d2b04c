import { Worker } from 'node:worker_threads'
import { type ErrorCode, errorCodes, PairpixelError } from '../../../shared/errors.ts'
import type { Ask, Reply, Started } from './commands.ts'
import type { ThreadOptions } from './thread-main.ts'

export interface Thread {
  /** Answers come in the order of the questions. Rejects when the thread dies. */
  ask(ask: Exclude<Ask, 'end'>): Promise<Reply>
  isDead(): boolean
  /** Lets it finish and waits until it is gone. */
  end(): Promise<void>
}

/** The compiled worker lies beside the compiled driver; `new URL` texts are not rewritten by the compiler. */
const workerFile = new URL(`./thread-main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export const startWorker = (options: ThreadOptions): Worker => new Worker(workerFile, { workerData: options })

const codeOf = (text: string): ErrorCode => errorCodes.find((code) => code === text) ?? 'STORE_UNAVAILABLE'

/** Speaks with one worker. Resolves when it has its file open. */
export function createThread(worker: Worker): Promise<Thread> {
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = []
  let death: PairpixelError | undefined
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  const die = (cause?: unknown) => {
    death ??= new PairpixelError('STORE_UNAVAILABLE', 'The thread that works on the database stopped.', { cause })
    for (const { reject } of waiting.splice(0)) reject(death)
  }
  const thread: Thread = {
    ask: (ask) =>
      new Promise((resolve, reject) => {
        if (death) return reject(death)
        waiting.push({ resolve, reject })
        worker.postMessage(ask)
      }),
    isDead: () => death !== undefined,
    async end() {
      if (!death) worker.postMessage('end' satisfies Ask)
      await gone
    },
  }

  return new Promise((resolve, reject) => {
    worker.on('error', die)
    worker.once('exit', () => {
      die()
      reject(death ?? new Error('unreachable'))
    })
    worker.once('message', (first: Started) => {
      if (!('started' in first)) return reject(new PairpixelError(codeOf(first.code), first.message))
      worker.on('message', (reply: Reply) => waiting.shift()?.resolve(reply))
      resolve(thread)
    })
  })
}

/** A thread that is started when it is needed, and anew when it is found dead: one try for each question. */
export function createRevivable(start: () => Promise<Thread>, first?: Thread): Pick<Thread, 'ask' | 'end'> {
  let thread = first
  return {
    async ask(ask) {
      if (!thread || thread.isDead()) thread = await start()
      return thread.ask(ask)
    },
    async end() {
      await thread?.end()
    },
  }
}
