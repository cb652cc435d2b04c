import type { DatabaseSync } from 'node:sqlite'
import type { AppendResult } from '../store.ts'
import { createAppend } from './append.ts'
import { createClaim } from './claim.ts'
import type { Command, SentCopy } from './commands.ts'
import { createDeliveries } from './deliveries.ts'
import { isStoreFault } from './faults.ts'
import { createFind } from './find.ts'
import { createFire } from './fire.ts'
import type { Ledger } from './ledger.ts'
import { createPeople } from './people.ts'
import { createEarlyProofs } from './proofs.ts'
import { createRead } from './read.ts'
import { createDiscard, createNotes, createReplay } from './replay.ts'
import { createReserve } from './reserve.ts'
import { createSettle } from './settle.ts'
import { createRemove, createTidy } from './tidy.ts'
import { createVault } from './vault.ts'
import { createVisits } from './visits.ts'

/**
 * Runs `work` so that its failure takes back its own changes alone. A fault of the store is thrown on: it is everybody's.
 * Savepoints cost a fifth of the writer's time and are needed next to never, so a group runs without them first, where any
 * failure is thrown on, and again with them when something in it was bad.
 */
export function createAttempt({ db, tally, leases, reservations, mode }: Ledger) {
  const savepoint = db.prepare('SAVEPOINT part')
  const rollback = db.prepare('ROLLBACK TO part')
  const release = db.prepare('RELEASE part')
  return <T>(work: () => T, failed: (error: unknown) => T): T => {
    if (!mode.careful) return work()
    const tallied = tally.mark()
    const leased = leases.mark()
    const reserved = reservations.mark()
    savepoint.run()
    try {
      const value = work()
      release.run()
      return value
    } catch (error) {
      if (isStoreFault(error) || !db.isTransaction) throw error
      rollback.run()
      release.run()
      tally.rollbackTo(tallied)
      leases.rollbackTo(leased)
      reservations.rollbackTo(reserved)
      return failed(error)
    }
  }
}

/** One command → its answer as JSON. `nextBody` hands out the bodies that came beside the commands, in order. */
export function createExecute(ledger: Ledger): (command: Command, nextBody: () => string | undefined) => string {
  const { leases } = ledger
  const deliveries = createDeliveries(ledger)
  const find = createFind(ledger)
  const fire = createFire(ledger)
  const proofs = createEarlyProofs(ledger)
  const visits = createVisits(ledger, deliveries)
  const append = createAppend(ledger, find, deliveries, proofs, visits)
  const claim = createClaim(ledger, deliveries)
  const reserve = createReserve(ledger)
  const settle = createSettle(ledger, deliveries)
  const tidy = createTidy(ledger, deliveries)
  const remove = createRemove(ledger, deliveries)
  const replay = createReplay(ledger)
  const discard = createDiscard(ledger, deliveries)
  const notes = createNotes(ledger.db)
  const read = createRead(ledger.db)
  const vault = createVault(ledger)
  const people = createPeople(ledger, deliveries)
  const attempt = createAttempt(ledger)

  /** What somebody says who is kept out is kept out, and so is all else of the same event. */
  const appendSifted = (copy: SentCopy, body: string | undefined): AppendResult => {
    const sifted = people.sift(copy, body)
    const result = append(sifted.copy, sifted.body)
    const event = sifted.isErased ? find.find(copy.site, copy.name, copy.eventId) : undefined
    if (event) people.eraseEvent(event.id, copy.receivedAt)
    return result
  }

  const appendAll = ({ copies }: Extract<Command, { do: 'append' }>, nextBody: () => string | undefined) => {
    const put = people.isAny() ? appendSifted : append
    return copies.map((copy) => {
      const body = copy.hasBody ? nextBody() : undefined
      return attempt<AppendResult>(
        () => put(copy, body),
        () => 'failed',
      )
    })
  }

  const remember = ({ sightings, now }: Extract<Command, { do: 'remember' }>): void => {
    const isSifted = people.isAny()
    for (const sighting of sightings) {
      const { site, visitor, handles } = sighting
      const names = visitor === undefined ? handles : [...handles, `visitor:${visitor}`]
      if (!isSifted || !people.holds(site, names)) vault.remember(sighting, now)
    }
  }

  const settleAll = (
    { token, results, now }: Extract<Command, { do: 'settle' }>,
    nextBody: () => string | undefined,
  ) => {
    // All of them first: whatever fails after that, the next command finds its own texts.
    const explanations = results.map(({ isExplained }) => (isExplained ? nextBody() : undefined))
    return settle(token, results, explanations, now)
  }

  const prove = ({ site, name, eventId, fired, now }: Extract<Command, { do: 'prove' }>): boolean => {
    const event = find.find(site, name, eventId)
    if (event) fire(event, fired)
    else proofs.keep(site, name, eventId, fired, now)
    return event !== undefined
  }

  return (command, nextBody) => {
    switch (command.do) {
      case 'append':
        return JSON.stringify(appendAll(command, nextBody))
      case 'claim':
        return claim(command.instance, command.limit, command.leaseMs, command.now)
      case 'prove':
        return JSON.stringify(prove(command))
      case 'renew':
        return JSON.stringify(leases.renew(command.token, command.now + command.leaseMs, command.now))
      case 'stillMine':
        return JSON.stringify(leases.live(command.token, command.now) !== undefined)
      case 'reserve':
        return JSON.stringify(reserve(command.token, command.reservations, command.now))
      case 'settle':
        return JSON.stringify(settleAll(command, nextBody))
      case 'removeInstances':
        return JSON.stringify(remove(command.known, command.now))
      case 'remember':
        remember(command)
        return 'null'
      case 'forget':
        return JSON.stringify(vault.forget(command.site, command.visitor))
      case 'revoke':
        return JSON.stringify(visits.revoke(command.site, command.visitor, command.now))
      case 'replay':
        return JSON.stringify(replay(command.deliveries, command.forced, command.now))
      case 'discard':
        return JSON.stringify(discard(command.deliveries, command.why))
      case 'erase':
        return JSON.stringify(people.erase(command.person, command.at, command.now))
      case 'readmit':
        return JSON.stringify(people.readmit(command.person))
      case 'note':
        notes.note(command.name, command.text)
        return 'null'
      case 'tidy':
        proofs.tidy(command.now)
        ledger.reservations.tidy()
        return JSON.stringify([tidy, visits.tidy, vault.tidy].map((some) => some(command.now)).includes(true))
      case 'shrink':
        ledger.db.exec('PRAGMA incremental_vacuum(10000)')
        return 'null'
      case 'recent':
      case 'counts':
      case 'recall':
      case 'ended':
      case 'endings':
      case 'noted':
        return JSON.stringify(read(command))
    }
  }
}

/** How many rows this connection has changed so far: did a transaction write at all? */
export function createChanges(db: DatabaseSync): () => number {
  const changes = db.prepare('SELECT total_changes() AS n')
  return () => Number(changes.get()?.['n'])
}
