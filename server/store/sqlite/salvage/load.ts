import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoredEvent } from '../../../../shared/event.ts'
import { hasEnd, readBothWays, readKeyed, readNumbered, topOf, type Row } from './scan.ts'
import { isSound } from './shapes.ts'

/** What is known beside the rows: does anything say that some are missing? */
export interface Loaded {
  /** Table → rows that were there and make no sense, or numbers on pages that cannot be read. */
  readonly lost: Readonly<Record<string, number>>
  /** Nothing that guards against a second send is missing. */
  readonly areReservationsWhole: boolean
  readonly areErasuresWhole: boolean
  readonly areEventsWhole: boolean
}

/** Kept beside the tables while they are read: what the indexes say, to be compared with the rows. */
const stage = `
PRAGMA temp_store = FILE;
CREATE TEMP TABLE event_keys (id INTEGER PRIMARY KEY, key BLOB NOT NULL);
CREATE TEMP TABLE pairs (id INTEGER PRIMARY KEY, event INTEGER NOT NULL, instance TEXT NOT NULL);
CREATE INDEX temp.pairs_event ON pairs (event, instance);
CREATE TEMP TABLE due (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE dark (event INTEGER PRIMARY KEY);
CREATE TEMP TABLE wrong_bodies (copy INTEGER PRIMARY KEY);
CREATE TEMP TABLE old_sums (name TEXT, instance TEXT, n INTEGER, PRIMARY KEY (name, instance));
`

/**
 * Everything that can be read of `from`, put into the new store `to` as it is. @param digestOf what the copy of a body says
 * of it, so that a body with other bytes is known
 */
export function load(from: DatabaseSync, to: DatabaseSync, digestOf: (event: StoredEvent) => string): Loaded {
  to.exec(stage)
  const lost: Record<string, number> = {}
  const lose = (table: string) => void (lost[table] = (lost[table] ?? 0) + 1)
  const put = createPut(to)
  const take = (table: string) => (row: Row) => {
    if (isSound[table]?.(row) !== false) put(table, row)
    else lose(table)
  }
  const numbered = (table: string, number: string, others: readonly string[], taken = take(table)): void => {
    // Of a table whose end cannot be read nobody knows how many rows it had.
    if (!hasEnd(from, table, number)) lose(table)
    readNumbered(
      from,
      { select: `SELECT * FROM ${table}`, number, top: topOf(from, table, number, ...others) },
      taken,
      () => lose(table),
    )
  }
  const keyed = (table: string, key: string, index = '', columns = '*', by: readonly string[] = []): boolean => {
    const isWhole = readKeyed(from, `SELECT * FROM ${table}`, key, take(table))
    // The same once more, from an index that has nearly all of it: what the table has stands.
    const isHere =
      index !== '' && readBothWays(from, `SELECT ${columns} FROM ${table} INDEXED BY ${index}`, by, take(table))
    if (!isWhole && !isHere) lose(table)
    return isWhole || isHere
  }

  const areEventsWhole = readKeyed(from, 'SELECT id, key FROM events INDEXED BY events_key', 'key', (row) =>
    put('temp.event_keys', row),
  )
  const maxOf = (table: string, column = 'id') => `SELECT max(${column}) AS n FROM ${table}`
  const topEvent = topOf(from, 'events', 'id', `${maxOf('deliveries', 'event')} INDEXED BY deliveries_event`)
  readNumbered(
    from,
    {
      select: 'SELECT id, event, instance FROM deliveries INDEXED BY deliveries_event',
      number: 'event',
      top: topEvent,
    },
    (row) => put('temp.pairs', row),
    (event) => put('temp.dark', { event }),
  )
  const pending = "SELECT id FROM deliveries INDEXED BY deliveries_due WHERE state = 'pending'"
  readBothWays(from, pending, ['instance', 'due_at'], (row) => put('temp.due', row))

  numbered('events', 'id', [])
  numbered('copies', 'id', [`${maxOf('copies')} INDEXED BY copies_event`])
  const topCopy = `${maxOf('copies')} INDEXED BY copies_event`
  const digest = to.prepare('SELECT digest FROM copies WHERE id = ?')
  numbered('bodies', 'copy', [topCopy], (row) => {
    take('bodies')(row)
    if (!isSound.bodies?.(row)) return
    const said = digest.get(row['copy'] ?? null)?.['digest']
    if (said !== digestOf(JSON.parse(String(row['body'])) as StoredEvent)) put('temp.wrong_bodies', row) // as append put it
  })
  numbered('deliveries', 'id', ["SELECT seq AS n FROM sqlite_sequence WHERE name = 'deliveries'"])
  numbered('explained', 'id', [])
  numbered('fresh_reservations', 'id', [])
  numbered('visitors', 'id', [`${maxOf('handles', 'visitor')} INDEXED BY handles_visitor`])
  keyed('meta', 'name')
  keyed('aliases', 'key', 'aliases_event', 'key, event', ['event', 'key'])
  // Nobody's: it refuses whoever asks.
  const isKept = keyed('reservations', 'key', 'reservations_until', 'key, 0 AS delivery, until', ['until', 'key'])
  keyed('handles', 'key', 'handles_visitor', 'key, visitor', ['visitor', 'key'])
  const areErasuresWhole = keyed('erased', 'key')
  keyed('visits', 'visitor', 'visits_at', 'visitor, event, at', ['at', 'visitor', 'event'])
  keyed('early_proofs', 'key')
  readBothWays(from, 'SELECT * FROM tallies', ['name', 'instance'], (row) => {
    if (isSound.tallies?.(row)) put('temp.old_sums', row)
  })
  return {
    lost,
    areReservationsWhole: isKept && !lost['reservations'] && !lost['fresh_reservations'],
    areErasuresWhole: areErasuresWhole && !lost['erased'],
    areEventsWhole,
  }
}

/** Puts rows into tables of today: columns they have not got keep their default, what is there already stands. */
function createPut(to: DatabaseSync): (table: string, row: Row) => void {
  const inserts = new Map<string, { readonly columns: readonly string[]; readonly insert: StatementSync }>()
  return (table, row) => {
    let known = inserts.get(table)
    if (!known) {
      const [schema, name] = table.startsWith('temp.') ? ['temp', table.slice(5)] : ['main', table]
      const today = to.prepare(`PRAGMA ${schema}.table_info(${name})`).all()
      const columns = today.map((column) => String(column['name'])).filter((column) => column in row)
      const places = columns.map(() => '?').join()
      known = { columns, insert: to.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join()}) VALUES (${places})`) }
      inserts.set(table, known)
    }
    const values = known.columns.map((column) => row[column] ?? null)
    if (!values.includes(null) || !table.startsWith('temp.')) known.insert.run(...values)
  }
}
