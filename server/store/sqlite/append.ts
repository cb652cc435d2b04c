import { isBornOpen, isFull } from '../rules.ts'
import type { AppendResult, CopyKind, Facts } from '../store.ts'
import type { Append, SentCopy } from './commands.ts'
import type { Deliveries } from './deliveries.ts'
import { erasedCopy } from '../people.ts'
import { factsDiffer, restingFacts } from '../facts.ts'
import type { createFind } from './find.ts'
import { mergeFired } from '../fired.ts'
import { createFire } from './fire.ts'
import { eventKey } from '../keys.ts'
import type { FoundEvent, Ledger } from './ledger.ts'
import type { EarlyProofs } from './proofs.ts'
import type { Visits } from './visits.ts'

type CopyRow = { id: number; kind: CopyKind; digest: string; bytes_digest: string; facts: string }

export function createAppend(
  ledger: Ledger,
  { findForCopy, ownOrder }: ReturnType<typeof createFind>,
  deliveries: Deliveries,
  proofs: EarlyProofs,
  visits: Visits,
): Append {
  const { db, secret, tally } = ledger
  const fire = createFire(ledger)
  const insertEvent = db.prepare(
    'INSERT INTO events (key, site, name, event_id, first_at, fired, browser, backend) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const insertCopy = db.prepare(
    'INSERT INTO copies (event, kind, origin, received_at, digest, bytes_digest, facts, alias, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const insertBody = db.prepare('INSERT INTO bodies (copy, body) VALUES (?, ?)')
  const copiesOf = db.prepare('SELECT id, kind, digest, bytes_digest, facts FROM copies WHERE event = ? ORDER BY id')
  const repeat = db.prepare('UPDATE copies SET duplicates = duplicates + ?, retransmits = retransmits + ? WHERE id = ?')
  const updateEvent = db.prepare('UPDATE events SET conflict = ?, browser = ?, backend = ? WHERE id = ?')

  const keep = (
    event: number,
    copy: SentCopy,
    facts: Facts,
    alias: string | null,
    result: AppendResult,
    body: string | undefined,
  ): void => {
    const { kind, origin, receivedAt, digest, bytesDigest } = copy
    const text = JSON.stringify(facts)
    const { lastInsertRowid } = insertCopy.run(
      event,
      kind,
      origin,
      receivedAt,
      digest,
      bytesDigest,
      text,
      alias,
      result,
    )
    if (body !== undefined) insertBody.run(lastInsertRowid, body)
    tally.add('copies')
  }

  const create = (copy: SentCopy, facts: Facts, body: string | undefined, order?: Uint8Array): 'stored' => {
    const { site, name, eventId, receivedAt, kind } = copy
    const event = Number(
      insertEvent.run(
        eventKey(site, name, eventId),
        site,
        name,
        eventId,
        receivedAt,
        mergeFired(mergeFired('{}', copy.fired), proofs.take(site, name, eventId)),
        kind === 'browser' ? 1 : 0,
        kind === 'backend' ? 1 : 0,
      ).lastInsertRowid,
    )
    tally.add('events')
    if (order) ownOrder(order, event)
    if (copy.visitor !== undefined) visits.note(site, copy.visitor, event, receivedAt)
    deliveries.create(event, copy.deliveries, receivedAt)
    keep(event, copy, facts, null, 'stored', copy.deliveries.some(isBornOpen) ? body : undefined)
    return 'stored'
  }

  /** To the byte a resend of one post: it changes nothing. Said again in another post: nothing new, but a denial counts. */
  const countRepeat = (event: number, copy: SentCopy, known: CopyRow, isResend: boolean): 'duplicate' => {
    repeat.run(isResend ? 0 : 1, isResend ? 1 : 0, known.id)
    tally.add(isResend ? 'retransmits' : 'duplicates')
    if (!isResend) {
      deliveries.denyAgain(event, copy.deliveries, copy.receivedAt)
      deliveries.scrubIfDone(event)
    }
    return 'duplicate'
  }

  const join = (event: FoundEvent, copy: SentCopy, facts: Facts, body: string | undefined, foreignOrder: boolean) => {
    const kept = copiesOf.all(event.id) as CopyRow[]
    fire(event, copy.fired)
    const known = kept.find(({ kind, digest }) => kind === copy.kind && digest === copy.digest)
    if (known) return countRepeat(event.id, copy, known, known.bytes_digest === copy.bytesDigest)
    const kinds = kept.map(({ kind }) => kind)
    if (isFull(kinds, copy.kind)) return countRepeat(event.id, copy, kept.at(-1)!, false)

    const result = deliveries.join(event.id, copy.deliveries, copy.receivedAt) ? 'joined' : 'late'
    if (result === 'late') tally.add('late')
    const browser = event.browser || copy.kind === 'browser' ? 1 : 0
    const backend = event.backend || copy.kind === 'backend' ? 1 : 0
    // Facts were written by `keep`.
    const differs = foreignOrder || kept.some((other) => factsDiffer(JSON.parse(other.facts) as Facts, facts))
    const conflict = event.conflict || differs ? 1 : 0
    if (conflict !== event.conflict || browser !== event.browser || backend !== event.backend)
      updateEvent.run(conflict, browser, backend, event.id)
    if (browser && backend) deliveries.hurry(event.id, copy.receivedAt)

    const open = deliveries.isOpen(event.id)
    keep(event.id, copy, facts, copy.eventId === event.event_id ? null : copy.eventId, result, open ? body : undefined)
    if (!open) deliveries.scrubIfDone(event.id)
    return result
  }

  return (told, said) => {
    const { event, foreignOrder, order } = findForCopy(told)
    const [copy, body] = event?.erased ? [erasedCopy(told), undefined] : [told, said]
    const facts = restingFacts(secret, copy.site, copy.facts)
    if (!event) return create(copy, facts, body, order)
    if (copy.visitor !== undefined) visits.note(copy.site, copy.visitor, event.id, copy.receivedAt)
    // A proof may have come for the ID under which this copy joins by its order.
    fire(event, proofs.take(copy.site, copy.name, copy.eventId))
    return join(event, copy, facts, body, foreignOrder)
  }
}
