import type { KeyObject } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { clickLifeMs } from '../../../shared/limits.ts'
import type { Clicks, Hint, Lent, Sighting } from '../store.ts'
import { lentBy, mostHandles, seenAgain, type KeptVisitor } from '../vault.ts'
import { handleKey } from '../keys.ts'
import type { Ledger } from './ledger.ts'

type VisitorRecord = { id: number; clicks: string; landing: string | null; last_at: number }

const columns = 'v.id, v.clicks, v.landing, v.last_at'
const keptOf = ({ clicks, landing, last_at: lastAt }: VisitorRecord): KeptVisitor => ({
  clicks: JSON.parse(clicks) as Clicks, // written below
  ...(landing !== null && { landing }),
  lastAt,
})

const finder = (db: DatabaseSync) =>
  db.prepare(`SELECT ${columns} FROM handles h JOIN visitors v ON v.id = h.visitor WHERE h.key = ?`)

/** Rows in one go, as of the rest that is tidied. */
const portion = 500

/** Keeps, forgets and tidies the vault's visitors. */
export function createVault({ db, secret }: Ledger) {
  const find = finder(db)
  const add = db.prepare('INSERT INTO visitors (clicks, landing, last_at) VALUES (?, ?, ?) RETURNING id')
  const change = db.prepare('UPDATE visitors SET clicks = ?, landing = ?, last_at = ? WHERE id = ?')
  const point = db.prepare('INSERT OR REPLACE INTO handles (key, visitor) VALUES (?, ?)')
  const handles = db.prepare('SELECT count(*) AS n FROM handles WHERE visitor = ?')
  const drop = db.prepare('DELETE FROM visitors WHERE id = ?')
  const dropOld = db.prepare(
    'DELETE FROM visitors WHERE id IN (SELECT id FROM visitors WHERE last_at <= ? ORDER BY last_at LIMIT ?)',
  )
  const keyOfVisitor = (site: string, visitor: string) => handleKey(secret, site, `visitor:${visitor}`)

  return {
    remember({ site, visitor, handles: ways, ...sighting }: Sighting, now: number): void {
      const own = visitor === undefined ? [] : [keyOfVisitor(site, visitor)]
      const others = ways.map((way) => handleKey(secret, site, way))
      // Without a cookie's word, whoever was found by one of these ways last.
      const lookIn = own.length ? own : others
      const row = lookIn.map((key) => find.get(key) as VisitorRecord | undefined).find(Boolean)
      const { clicks, landing = null, lastAt } = seenAgain(row && keptOf(row), sighting, now)
      const text = JSON.stringify(clicks)
      if (row) change.run(text, landing, lastAt, row.id)
      const id = row?.id ?? Number(add.get(text, landing, lastAt)?.['id'])
      const room = row ? mostHandles - Number(handles.get(id)?.['n']) : mostHandles
      for (const key of [...own, ...others].slice(0, Math.max(own.length, room))) point.run(key, id)
    },
    forget(site: string, visitor: string): number {
      const row = find.get(keyOfVisitor(site, visitor)) as VisitorRecord | undefined
      return row ? Number(drop.run(row.id).changes) : 0
    },
    /** True: there is more. */
    tidy: (now: number): boolean => Number(dropOld.run(now - clickLifeMs, portion).changes) >= portion,
  }
}

/** What the vault lends for one hint. */
export function createRecall(db: DatabaseSync, secret: KeyObject): (hint: Hint) => Lent | undefined {
  const find = finder(db)
  return ({ site, handles, before }) => {
    const rows = handles.map((way) => find.get(handleKey(secret, site, way)) as VisitorRecord | undefined)
    return lentBy(
      rows.flatMap((row) => (row ? keptOf(row) : [])),
      before,
    )
  }
}
