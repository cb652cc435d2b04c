import type { DatabaseSync } from 'node:sqlite'
import type { Fired } from '../../../shared/pixel-state.ts'
import type { AppendResult, CopyKind, Counts, DeliveryState, EventRow, Facts, RecentFilter } from '../store.ts'
import { countsOf, type Sum } from '../counts.ts'
import type { Query } from './commands.ts'
import { secretOf } from './connection.ts'
import { createEnded, createEndings } from './ended.ts'
import { readExplanation } from './explained.ts'
import { createNotes } from './replay.ts'
import { createRecall } from './vault.ts'

type EventRecord = {
  id: number
  site: string
  name: string
  event_id: string
  first_at: number
  conflict: number
  fired: string
}
type CopyRecord = {
  kind: CopyKind
  origin: string
  received_at: number
  repeats: number
  result: AppendResult
  alias: string | null
  facts: string
}
type DeliveryRecord = {
  instance: string
  state: DeliveryState
  reason: string | null
  why: string | null
  attempts: number
  ambiguous: number
  due_at: number
  settled_at: number | null
  reopen_until: number | null
  trace: string | null
  text: string | null
}

/** What is asked and changes nothing. Runs in the read-only thread, or in the writer when the database is in memory. */
export function createRead(db: DatabaseSync): (query: Query) => unknown {
  const recall = createRecall(db, secretOf(db))
  const ended = createEnded(db)
  const endings = createEndings(db)
  const { noted } = createNotes(db)
  const newest = db.prepare(
    `SELECT id, site, name, event_id, first_at, conflict, fired FROM events e
     WHERE (?1 IS NULL OR site = ?1)
       AND (?2 IS NULL OR event_id = ?2 OR id IN (SELECT event FROM copies WHERE alias = ?2))
     ORDER BY id DESC LIMIT ?3`,
  )
  const copiesOf = db.prepare(
    `SELECT kind, origin, received_at, duplicates + retransmits AS repeats, result, alias, facts
     FROM copies WHERE event = ? ORDER BY id`,
  )
  const deliveriesOf = db.prepare(
    `SELECT instance, state, reason, why, attempts, ambiguous, due_at, settled_at, reopen_until, trace, x.text
     FROM deliveries d LEFT JOIN explained x ON x.id = d.explained AND x.delivery = d.id WHERE event = ? ORDER BY d.id`,
  )
  const tallies = db.prepare('SELECT name, instance, n FROM tallies')

  const copyOf = (row: CopyRecord) => ({
    kind: row.kind,
    origin: row.origin,
    receivedAt: row.received_at,
    duplicates: row.repeats,
    result: row.result,
    alias: row.alias ?? undefined,
    facts: JSON.parse(row.facts) as Facts, // this and the other texts were written by the store
  })
  const deliveryOf = (row: DeliveryRecord): EventRow['deliveries'][number] => ({
    instance: row.instance,
    state: row.state,
    reason: (row.reason ?? undefined) as EventRow['deliveries'][number]['reason'],
    why: row.why ?? undefined,
    attempts: row.attempts,
    ambiguous: row.ambiguous,
    dueAt: row.due_at,
    settledAt: row.settled_at ?? undefined,
    reopenUntil: row.reopen_until ?? undefined,
    trace: row.trace ?? undefined,
    explanation: row.text === null ? undefined : readExplanation(row.text),
  })

  const recent = ({ limit, site, eventId }: RecentFilter): readonly EventRow[] =>
    (newest.all(site ?? null, eventId ?? null, limit) as EventRecord[]).map((row) => ({
      site: row.site,
      name: row.name,
      eventId: row.event_id,
      firstAt: row.first_at,
      conflict: row.conflict === 1,
      fired: JSON.parse(row.fired) as Fired,
      copies: (copiesOf.all(row.id) as CopyRecord[]).map(copyOf),
      deliveries: (deliveriesOf.all(row.id) as DeliveryRecord[]).map(deliveryOf),
    }))

  const counts = (): Counts => countsOf(tallies.all() as unknown as Sum[])

  /** One read transaction, so that an event, its copies and its deliveries are of one moment. */
  return (query) => {
    const alone = !db.isTransaction
    if (alone) db.exec('BEGIN')
    try {
      switch (query.do) {
        case 'counts':
          return counts()
        case 'recent':
          return recent(query.filter)
        case 'recall':
          return query.hints.map(recall)
        case 'endings':
          return endings(query.limit, query.after)
        case 'ended':
          return ended(query.filter, query.limit, query.after)
        case 'noted':
          return noted(query.name) ?? null
      }
    } finally {
      if (alone) db.exec('COMMIT')
    }
  }
}
