import { dayMs } from '../../../shared/limits.ts'
import type { Fired } from '../../../shared/pixel-state.ts'
import { mergeFired } from '../fired.ts'
import { eventKey } from '../keys.ts'
import type { Ledger } from './ledger.ts'

/** A proof waits this long for its event, as long as a page keeps what it could not post. */
const keptMs = 2 * dayMs
/** Anybody can post proofs of events that never come: of more than this the oldest go. */
const mostKept = 10_000

/** Words on pixels whose event has not come yet. */
export function createEarlyProofs({ db }: Pick<Ledger, 'db'>) {
  const find = db.prepare('SELECT fired FROM early_proofs WHERE key = ?')
  const put = db.prepare('INSERT OR REPLACE INTO early_proofs (key, fired, at) VALUES (?, ?, ?)')
  const drop = db.prepare('DELETE FROM early_proofs WHERE key = ?')
  const dropOld = db.prepare('DELETE FROM early_proofs WHERE at <= ?')
  const dropMost = db.prepare(
    `DELETE FROM early_proofs WHERE key IN (SELECT key FROM early_proofs ORDER BY at DESC LIMIT -1 OFFSET ${mostKept})`,
  )
  const count = db.prepare('SELECT count(*) AS n FROM early_proofs')
  const kept = (): number => Number(count.get()?.['n'])
  /** Nearly always there is none, and then an event is not asked for one. */
  let some = kept() > 0
  let sinceTrim = 0

  return {
    keep(site: string, name: string, eventId: string, fired: Fired, now: number): void {
      const key = eventKey(site, name, eventId)
      const before = find.get(key) as { fired: string } | undefined
      put.run(key, mergeFired(before?.fired ?? '{}', fired), now)
      some = true
      if (++sinceTrim < 1000) return
      sinceTrim = 0
      dropMost.run()
    },
    /** What was said of an event that comes now, as text; it is kept with the event from here on. */
    take(site: string, name: string, eventId: string): Fired | undefined {
      if (!some) return undefined
      const key = eventKey(site, name, eventId)
      const found = find.get(key) as { fired: string } | undefined
      if (found) drop.run(key)
      return found && (JSON.parse(found.fired) as Fired) // written by `keep`
    },
    tidy(now: number): void {
      if (!some) return
      dropOld.run(now - keptMs)
      dropMost.run()
      some = kept() > 0
    },
  }
}
export type EarlyProofs = ReturnType<typeof createEarlyProofs>
