import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { PairpixelError } from '../../../shared/errors.ts'
import type { Ask, Checkpoint, Command, Query, Reply, Started } from './commands.ts'
import { type ConnectionOptions, createCheckpoint, openReader } from './connection.ts'
import { faultWords } from './faults.ts'
import { createRead } from './read.ts'
import { createWriter, type Writer } from './writer.ts'

export interface ThreadOptions extends ConnectionOptions {
  readonly role: 'write' | 'read'
}

/** Answers queries on a connection that cannot write; another one beside it copies from the journal. */
function createReader(options: ConnectionOptions): Writer {
  const db = openReader(options)
  const read = createRead(db)
  const checkpoint = createCheckpoint(options)
  const answer = (asked: Query | Checkpoint): string => {
    if (asked.do !== 'checkpoint') return JSON.stringify(read(asked))
    checkpoint.run()
    return 'null'
  }
  return {
    run(commands) {
      try {
        const asked = commands as readonly (Query | Checkpoint)[] // the main thread sends a reader nothing else
        return { answers: asked.map((one) => ({ value: answer(one) })), wrote: false }
      } catch (error) {
        return { fault: faultWords(error) }
      }
    },
    close() {
      checkpoint.close()
      db.close()
    },
  }
}

/** The whole life of a thread: open, answer, end. */
function main(port: NonNullable<typeof parentPort>, options: ThreadOptions): void {
  const say = (message: Started | Reply) => port.postMessage(message)
  let part: Writer
  try {
    part = options.role === 'write' ? createWriter(options) : createReader(options)
  } catch (error) {
    const known = error instanceof PairpixelError
    say({ code: known ? error.code : 'STORE_UNAVAILABLE', message: known ? error.message : faultWords(error) })
    port.close()
    return
  }
  port.on('message', (ask: Ask) => {
    if (ask === 'end') {
      try {
        part.close()
      } finally {
        port.close()
      }
      return
    }
    say(part.run(JSON.parse(ask.commands) as Command[], ask.bodies)) // written by the main thread
  })
  say({ started: true })
}

if (!isMainThread && parentPort) main(parentPort, workerData as ThreadOptions)
