import type { StoredEvent } from '../../../shared/event.ts'
import { erasedKey, handleKey, orderKey, visitorKey } from '../keys.ts'
import {
  addErased,
  copyNames,
  type Erased,
  erasedCopy,
  isAbout,
  maskedNeedlesOf,
  needlesOf,
  nothingErased,
  type Person,
  valuesOf,
} from '../people.ts'
import type { ErasePlace, SentCopy } from './commands.ts'
import type { Deliveries } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

/** Bodies looked at in one go: what waits behind it in the queue shall not wait long. */
const portion = 500

type Body = { copy: number; event: number; body: string }
type Text = { event: number; text: string }

/** Erasure: who is kept out, and what there is of them taken away, a portion a call. */
export function createPeople({ db, secret }: Ledger, deliveries: Deliveries) {
  const any = db.prepare('SELECT 1 FROM erased LIMIT 1')
  const known = db.prepare('SELECT 1 FROM erased WHERE key = ?')
  const add = db.prepare('INSERT OR IGNORE INTO erased (key, at) VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM erased WHERE key = ?')
  const ofVisitor = db.prepare('SELECT event FROM visits WHERE visitor = ?')
  const ofOrder = db.prepare('SELECT event FROM aliases WHERE key = ?')
  const ofId = db.prepare(
    `SELECT id AS event FROM events WHERE site = ?1 AND (event_id = ?2 OR id IN (SELECT event FROM copies WHERE alias = ?2))`,
  )
  const bodies = db.prepare(
    `SELECT b.copy, c.event, b.body FROM bodies b JOIN copies c ON c.id = b.copy JOIN events e ON e.id = c.event
     WHERE b.copy > ? AND b.copy <= ? AND e.site = ?`,
  )
  const lastBody = db.prepare(
    'SELECT max(copy) AS n FROM (SELECT copy FROM bodies WHERE copy > ? ORDER BY copy LIMIT ?)',
  )
  const texts = db.prepare(
    `SELECT d.event, x.text FROM explained x JOIN deliveries d ON d.id = x.delivery
     JOIN events e ON e.id = d.event WHERE x.id > ? AND x.id <= ? AND e.site = ?`,
  )
  const lastText = db.prepare('SELECT max(id) AS n FROM (SELECT id FROM explained WHERE id > ? ORDER BY id LIMIT ?)')
  const dropVisitor = db.prepare('DELETE FROM visitors WHERE id = (SELECT visitor FROM handles WHERE key = ?)')
  const mark = db.prepare('UPDATE events SET erased = 1 WHERE id = ? AND erased = 0')
  const dropBodies = db.prepare('DELETE FROM bodies WHERE copy IN (SELECT id FROM copies WHERE event = ?)')
  const dropFacts = db.prepare("UPDATE copies SET facts = '{}' WHERE event = ?")
  const dropTexts = db.prepare(
    `DELETE FROM explained WHERE id IN (SELECT explained FROM deliveries WHERE event = ?1)
       AND delivery IN (SELECT id FROM deliveries WHERE event = ?1)`,
  )

  /** All of one event but its key and its states; once. */
  const eraseEvent = (event: number, now: number): Erased => {
    if (mark.run(event).changes === 0) return nothingErased
    const counted = deliveries.erase(event, now)
    for (const statement of [dropBodies, dropFacts, dropTexts]) statement.run(event)
    return { ...nothingErased, ...counted, events: 1 }
  }
  const eraseEvents = (events: readonly number[], now: number): Erased =>
    [...new Set(events)].reduce((sum, event) => addErased(sum, eraseEvent(event, now)), nothingErased)

  const forget = (site: string, names: readonly string[]): Erased => ({
    ...nothingErased,
    visitors: names.reduce((sum, name) => sum + Number(dropVisitor.run(handleKey(secret, site, name)).changes), 0),
  })

  /** What is found by its key: no text has to be read for it. */
  const byName = (person: Person, now: number): Erased => {
    const { site, names } = person
    for (const name of names) add.run(erasedKey(secret, site, name), now)
    const found = [
      ...valuesOf(person, 'visitor').flatMap((visitor) => ofVisitor.all(visitorKey(secret, site, visitor))),
      ...valuesOf(person, 'order').flatMap((order) => ofOrder.all(orderKey(secret, site, order))),
      ...valuesOf(person, 'event').flatMap((id) => ofId.all(site, id)),
    ] as { event: number }[]
    const events = found.map(({ event }) => event)
    return addErased(eraseEvents(events, now), forget(site, names))
  }

  const inBodies = (person: Person, from: number, last: number, now: number): Erased => {
    const needles = needlesOf(person)
    const rows = (bodies.all(from, last, person.site) as Body[]).flatMap(({ event, body }) => {
      if (!needles.some((needle) => body.includes(needle))) return []
      const said = JSON.parse(body) as StoredEvent // written by append
      return isAbout(person, said) ? [{ event, said }] : []
    })
    // Its order and its ID lead to the visitor who clicked.
    const ways = rows.flatMap(({ said }) => copyNames({ eventId: said.event_id }, said))
    return addErased(
      eraseEvents(
        rows.map(({ event }) => event),
        now,
      ),
      forget(person.site, ways),
    )
  }

  const inTexts = (person: Person, from: number, last: number, now: number): Erased => {
    const needles = maskedNeedlesOf(person)
    const rows = (texts.all(from, last, person.site) as Text[]).filter(({ text }) =>
      needles.some((needle) => text.includes(needle)),
    )
    return eraseEvents(
      rows.map(({ event }) => event),
      now,
    )
  }

  const holds = (site: string, names: readonly string[]): boolean =>
    names.some((name) => known.get(erasedKey(secret, site, name)) !== undefined)

  return {
    eraseEvent,
    /** Is anybody kept out? Next to never, and then no copy is looked at. */
    isAny: (): boolean => any.get() !== undefined,
    holds,
    /** A copy as it may be kept; `isErased`: of somebody who is kept out. */
    sift(copy: SentCopy, body: string | undefined) {
      const said = body === undefined ? undefined : (JSON.parse(body) as StoredEvent) // written by newCopy
      return holds(copy.site, copyNames(copy, said))
        ? { copy: erasedCopy(copy), body: undefined, isErased: true }
        : { copy, body, isErased: false }
    },
    /** One portion, and where the next begins; undefined: all is looked through. */
    erase(person: Person, { in: where, after }: ErasePlace, now: number): { erased: Erased; next?: ErasePlace } {
      if (where === 'names') return { erased: byName(person, now), next: { in: 'bodies', after: 0 } }
      const last = (where === 'bodies' ? lastBody : lastText).get(after, portion)?.['n'] as number | null
      if (last === null)
        return { erased: nothingErased, ...(where === 'bodies' && { next: { in: 'texts', after: 0 } }) }
      const erased = (where === 'bodies' ? inBodies : inTexts)(person, after, last, now)
      return { erased, next: { in: where, after: last } }
    },
    /** How many names are no longer kept out. */
    readmit: ({ site, names }: Person): number =>
      names.reduce((sum, name) => sum + Number(remove.run(erasedKey(secret, site, name)).changes), 0),
  }
}
export type People = ReturnType<typeof createPeople>
