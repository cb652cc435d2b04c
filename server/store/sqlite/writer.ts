import type { DatabaseSync } from 'node:sqlite'
import { crashAt } from '../../crash-points/index.ts'
import type { Answer, Command, Reply } from './commands.ts'
import { checkWhole, type ConnectionOptions, openWriter, secretOf } from './connection.ts'
import { faultKind, faultWords, isStoreFault, needsReopen } from './faults.ts'
import { Leases } from './leases.ts'
import { Reservations } from './reservations.ts'
import { Tally } from './tally.ts'
import { createAttempt, createChanges, createExecute } from './write.ts'

export interface Writer {
  run(commands: readonly Command[], bodies: readonly string[]): Reply
  close(): void
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A connection with all that was prepared for it. Claims outlive it: they are the process's, not the connection's. */
function createSession(db: DatabaseSync, leases: Leases, { isBeside }: ConnectionOptions) {
  const tally = new Tally(db)
  const mode = { careful: false }
  const reservations = new Reservations(db)
  const ledger = { db, secret: secretOf(db), tally, leases, reservations, mode, isBeside }
  return {
    db,
    tally,
    reservations,
    mode,
    execute: createExecute(ledger),
    attempt: createAttempt(ledger),
    changes: createChanges(db),
  }
}

/** What may be killed half way, and is done again. */
const slow: ReadonlySet<Command['do']> = new Set(['tidy', 'replay', 'erase'])

type Session = ReturnType<typeof createSession>

/** Runs groups of commands, each group one transaction: all of it is on disk when `run` returns, or none. */
export function createWriter(options: ConnectionOptions): Writer {
  const leases = new Leases()
  let session: Session | undefined = createSession(openWriter(options), leases, options)

  const reopen = () => {
    const db = openWriter(options)
    try {
      checkWhole(db)
      return createSession(db, leases, options)
    } catch (error) {
      db.close()
      throw error
    }
  }

  const commit = (
    { db, tally, reservations, execute, attempt, changes }: Session,
    commands: readonly Command[],
    bodies: readonly string[],
  ): Reply => {
    let used = 0
    const nextBody = () => bodies[used++]
    const before = changes()
    db.exec('BEGIN IMMEDIATE') // a transaction that begins by reading would not wait for another program's lock
    const answers = commands.map((command): Answer => {
      const answer = (): Answer => ({ value: execute(command, nextBody) })
      // Copies fail one by one inside their command.
      return command.do === 'append' ? answer() : attempt(answer, (error) => ({ error: words(error) }))
    })
    tally.write()
    reservations.write()
    if (commands.some((command) => command.do === 'append')) crashAt('C2')
    if (commands.some((command) => slow.has(command.do))) crashAt('C9')
    db.exec('COMMIT')
    tally.rollbackTo(0)
    leases.commit()
    reservations.commit()
    if (commands.some((command) => command.do === 'shrink')) {
      crashAt('C9')
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    }
    return { answers, wrote: changes() > before }
  }

  /** All that an unfinished group did, in the file and in memory. */
  const takeBack = ({ db, tally, reservations }: Session): void => {
    leases.rollbackTo(0)
    reservations.rollbackTo(0)
    tally.rollbackTo(0)
    if (db.isTransaction) db.exec('ROLLBACK')
  }

  const runGroup = (session: Session, commands: readonly Command[], bodies: readonly string[]): Reply => {
    session.mode.careful = false
    try {
      return commit(session, commands, bodies)
    } catch (error) {
      if (isStoreFault(error)) throw error
      takeBack(session)
      session.mode.careful = true
      return commit(session, commands, bodies)
    }
  }

  /** Undefined: the connection is given up, and the next group opens the file anew. What is in memory has no file. */
  const recover = (broken: Session, error: unknown): Session | undefined => {
    const giveUp = needsReopen(error) && options.path !== ':memory:'
    try {
      takeBack(broken)
      if (giveUp) broken.db.close()
    } catch {
      // It has nothing more to say; the file is looked at when it is opened again.
    }
    return giveUp ? undefined : broken
  }

  return {
    run(commands, bodies) {
      try {
        session ??= reopen()
        return runGroup(session, commands, bodies)
      } catch (error) {
        if (session) session = recover(session, error)
        return { fault: faultWords(error), kind: faultKind(error) }
      }
    },
    close() {
      if (!options.isBeside) session?.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      session?.db.close()
      session = undefined
    },
  }
}
