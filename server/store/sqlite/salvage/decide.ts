import type { DatabaseSync } from 'node:sqlite'
import { dayMs } from '../../../../shared/limits.ts'
import type { Loaded } from './load.ts'

/** As a dead letter can be tried again for that long. */
const replayMs = 7 * dayMs
const why =
  'The store was damaged: whether this was sent can no longer be read. Look for it at the platform, then try it again with replay, or leave it.'

/** What was found while the rows were put in order. */
export interface Decided {
  /** Deliveries that nobody sends by itself, for they may have been sent. */
  readonly held: number
  /** Events of which the name is lost: known again when a copy of them comes, and not sent. */
  readonly closed: number
}

/**
 * Rows that hang together, and no delivery pending that may have been sent: it stays so only where the row and two indexes
 * agree on it, a body of it is whole, and nothing is missing that would have refused it.
 */
export function decide(db: DatabaseSync, loaded: Loaded, isJournalWhole: boolean, now: number): Decided {
  // A body with other bytes says something else. Where most differ, an older version counted otherwise.
  const { wrong, all } = db
    .prepare('SELECT (SELECT count(*) FROM temp.wrong_bodies) AS wrong, (SELECT count(*) FROM bodies) AS "all"')
    .get() as { wrong: number; all: number }
  if (2 * wrong <= all) db.exec('DELETE FROM bodies WHERE copy IN (SELECT copy FROM temp.wrong_bodies)')
  // A number that is in doubt would lead to another event's deliveries: nothing more is sent of it.
  db.exec(
    'DELETE FROM events WHERE EXISTS (SELECT 1 FROM temp.event_keys k WHERE k.key = events.key AND k.id <> events.id)',
  )
  const closed = db
    .prepare(
      `INSERT OR IGNORE INTO events (id, key, site, name, event_id, first_at, fired, browser, backend, erased)
       SELECT id, key, '', '', '', ?, '{}', 0, 0, 1 FROM temp.event_keys k
       WHERE length(key) = 16 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = k.id OR e.key = k.key)`,
    )
    .run(now).changes
  db.exec(`
    DELETE FROM deliveries WHERE event NOT IN (SELECT id FROM events);
    DELETE FROM copies WHERE event NOT IN (SELECT id FROM events);
    DELETE FROM bodies WHERE copy NOT IN (SELECT c.id FROM copies c JOIN events e ON e.id = c.event WHERE e.erased = 0);
    DELETE FROM aliases WHERE event NOT IN (SELECT id FROM events);
    DELETE FROM handles WHERE visitor NOT IN (SELECT id FROM visitors);
    DELETE FROM explained WHERE delivery NOT IN (SELECT id FROM deliveries);
    UPDATE deliveries SET explained = NULL WHERE explained NOT IN (SELECT id FROM explained);
  `)
  dropMisnamed(db)
  numberOn(db)
  holdUnsure(db, loaded.areReservationsWhole && isJournalWhole, now)
  holdMissing(db, (loaded.lost['deliveries'] ?? 0) > 0, now)
  db.exec('UPDATE deliveries SET reopen_until = NULL WHERE event IN (SELECT id FROM events WHERE erased = 1)')
  sumUp(db)
  const held = db
    .prepare("SELECT count(*) AS n FROM deliveries WHERE reason = 'store_damaged' AND settled_at = ?")
    .get(now)
  return { held: Number(held?.['n']), closed: Number(closed) }
}

/** Where row and index name two destinations, and one of them is named nowhere else, that one has a byte turned. */
function dropMisnamed(db: DatabaseSync): void {
  const known = `(SELECT DISTINCT o.instance FROM deliveries o JOIN temp.pairs q ON q.id = o.id AND q.instance = o.instance)`
  const twoNames = 'FROM deliveries d JOIN temp.pairs p ON p.id = d.id AND p.instance <> d.instance'
  db.exec(`
    DELETE FROM deliveries WHERE id IN
      (SELECT d.id ${twoNames} WHERE p.instance IN ${known} AND d.instance NOT IN ${known});
    DELETE FROM temp.pairs WHERE id IN
      (SELECT d.id ${twoNames} WHERE d.instance IN ${known} AND p.instance NOT IN ${known});
  `)
}

/** A number of a delivery never comes back: reservations go by it. */
function numberOn(db: DatabaseSync): void {
  const top = db
    .prepare(
      `SELECT max(coalesce((SELECT max(id) FROM deliveries), 0), coalesce((SELECT max(id) FROM temp.pairs), 0),
         coalesce((SELECT max(delivery) FROM reservations), 0)) AS n`,
    )
    .get()?.['n']
  db.exec("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
  db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', ?)").run(top ?? 0)
}

function holdUnsure(db: DatabaseSync, canTell: boolean, now: number): void {
  const unsure = `state = 'pending' AND NOT (${canTell ? 1 : 0}
    AND EXISTS (SELECT 1 FROM temp.due u WHERE u.id = deliveries.id)
    AND EXISTS (SELECT 1 FROM temp.pairs p
      WHERE p.id = deliveries.id AND p.event = deliveries.event AND p.instance = deliveries.instance)
    AND EXISTS (SELECT 1 FROM copies c JOIN bodies b ON b.copy = c.id WHERE c.event = deliveries.event))`
  // A no that came while a request was under way stays one.
  db.prepare(
    `UPDATE deliveries SET state = 'suppressed', reason = CASE denied WHEN 1 THEN 'consent_denied' ELSE 'erased' END, why = ?,
       settled_at = ?, reopen_until = NULL, held = 0, denied = 0 WHERE denied > 0 AND ${unsure}`,
  ).run(why, now)
  db.prepare(
    `UPDATE deliveries SET state = 'dead', reason = 'store_damaged', why = ?, settled_at = ?, held = 0,
       in_flight = max(in_flight, 1), reopen_until = ? WHERE ${unsure}`,
  ).run(why, now, now + replayMs)
}

/** Deliveries of which an index knows, or may have known: without a row, the next copy would make and send them anew. */
function holdMissing(db: DatabaseSync, areSomeLost: boolean, now: number): void {
  const hold = (wanted: string) =>
    db
      .prepare(
        `INSERT OR IGNORE INTO deliveries (id, event, instance, state, due_at, held, in_flight, reason, why, settled_at, reopen_until)
         SELECT w.id, w.event, w.instance, 'dead', ?1, 0, 1, 'store_damaged', ?2, ?1, ?3 FROM (${wanted}) w
         JOIN events e ON e.id = w.event
         WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = w.event AND d.instance = w.instance)`,
      )
      .run(now, why, now + replayMs)
  hold(
    'SELECT CASE WHEN EXISTS (SELECT 1 FROM deliveries o WHERE o.id = p.id) THEN NULL ELSE p.id END AS id, event, instance FROM temp.pairs p',
  )
  if (areSomeLost)
    hold('SELECT NULL AS id, k.event, i.instance FROM temp.dark k, (SELECT DISTINCT instance FROM deliveries) i')
}

/** Sums of what there is now; those of what happened, as they stood. */
function sumUp(db: DatabaseSync): void {
  db.exec(`
    DELETE FROM tallies;
    INSERT INTO tallies SELECT 'events', '', count(*) FROM events;
    INSERT INTO tallies SELECT 'copies', '', count(*) FROM copies;
    INSERT INTO tallies SELECT state, instance, count(*) FROM deliveries GROUP BY state, instance;
    INSERT OR IGNORE INTO tallies SELECT name, instance, n FROM temp.old_sums
      WHERE instance = '' AND name IN ('duplicates', 'retransmits', 'late', 'stale', 'ambiguous');
  `)
}
