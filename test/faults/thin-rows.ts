import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../server/store/index.ts'
import type { EventRow, Store } from '../../server/store/store.ts'

type Row = { event_id: string; instance: string; state: string; ambiguous: number; reason: string | null }

/**
 * What the oracle asks of a store, read from the file of SQLite without the explanations: those of a hundred thousand
 * events are more text than a string can hold.
 */
export async function thinRows(file: string): Promise<Pick<Store, 'recent' | 'counts'>> {
  const db = new DatabaseSync(file, { readOnly: true })
  const rows = db
    .prepare(
      'SELECT e.event_id, d.instance, d.state, d.ambiguous, d.reason FROM deliveries d JOIN events e ON e.id = d.event',
    )
    .all() as Row[]
  db.close()
  const byEvent = new Map<string, { eventId: string; copies: []; deliveries: Omit<Row, 'event_id'>[] }>()
  for (const { event_id: eventId, ...delivery } of rows) {
    const known = byEvent.get(eventId)
    if (known) known.deliveries.push(delivery)
    else byEvent.set(eventId, { eventId, copies: [], deliveries: [delivery] })
  }
  const store = await openStore(`sqlite:${file}`, { beside: true })
  const counts = await store.counts()
  await store.close()
  return {
    recent: () => Promise.resolve([...byEvent.values()] as unknown as EventRow[]), // as much of them as is asked for
    counts: () => Promise.resolve(counts),
  }
}
