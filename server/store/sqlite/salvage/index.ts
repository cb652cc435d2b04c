import { existsSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { PairpixelError } from '../../../../shared/errors.ts'
import type { StoredEvent } from '../../../../shared/event.ts'
import { orderFact } from '../../keys.ts'
import type { Facts } from '../../store.ts'
import { openWriter, secretOf } from '../connection.ts'
import { lock, prepareFile } from '../lock.ts'
import { decide, type Decided } from './decide.ts'
import { openGround } from './ground.ts'
import { load, type Loaded } from './load.ts'

export interface SalvageOptions {
  /** The damaged file; it is only read, and so is its journal. */
  readonly file: string
  /** The new one, which must not be there yet. */
  readonly target: string
  /** The digest of a body as its copy was given it. */
  readonly digestOf: (event: StoredEvent) => string
  readonly now: number
}

/** What came over, and what did not. */
export interface Salvaged extends Decided, Omit<Loaded, 'lost'> {
  /** Table → rows in the new file, and rows of the old one that could not be read or make no sense, as far as one can tell. */
  readonly tables: Readonly<Record<string, { readonly kept: number; readonly lost: number }>>
  readonly pending: number
  readonly isJournalWhole: boolean
}

/** In the order in which they are told. */
const tables = [
  'events',
  'copies',
  'bodies',
  'deliveries',
  'explained',
  'aliases',
  'reservations',
  'fresh_reservations',
  'visitors',
  'handles',
  'erased',
  'visits',
  'early_proofs',
  'meta',
] as const

/**
 * Brings what can be read of a damaged store into a new file of today's schema. Nothing that may have been sent is pending
 * there. Throws STORE_LOCKED where a collector works on it, STORE_UNAVAILABLE where nothing can be read, CONFIG_INVALID where
 * the new file is there already.
 */
export function salvage({ file, target, digestOf, now }: SalvageOptions): Salvaged {
  if (existsSync(target))
    throw new PairpixelError(
      'CONFIG_INVALID',
      `${target} is there already: take it away, or name another file with --out.`,
    )
  const held = lock(file)
  const part = `${target}.part`
  const clear = () => ['', '-wal', '-shm'].forEach((end) => rmSync(part + end, { force: true }))
  clear()
  prepareFile(part)
  const ground = openGround(file, `${target}.work`)
  try {
    if (!ground) throw lostStore(file)
    const to = openWriter({ path: part, synchronous: 'FULL', busyTimeoutMs: 5000 })
    let salvaged: Salvaged
    try {
      salvaged = bringOver(ground.db, to, { file, digestOf, now }, ground.isJournalWhole)
    } finally {
      to.close()
    }
    renameSync(part, target)
    return salvaged
  } finally {
    ground?.close()
    clear()
    held.release()
  }
}

function bringOver(
  from: DatabaseSync,
  to: DatabaseSync,
  { file, digestOf, now }: Pick<SalvageOptions, 'file' | 'digestOf' | 'now'>,
  isJournalWhole: boolean,
): Salvaged {
  to.exec("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; DELETE FROM meta WHERE name = 'secret'")
  const { lost, ...whole } = load(from, to, digestOf)
  if (!isSecretRight(to)) throw lostStore(file)
  const decided = decide(to, { lost, ...whole }, isJournalWhole, now)
  to.exec('COMMIT')
  const count = (sql: string) => Number(to.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.['n'])
  return {
    ...decided,
    ...whole,
    isJournalWhole,
    pending: count("deliveries WHERE state = 'pending'"),
    tables: Object.fromEntries(tables.map((table) => [table, { kept: count(table), lost: lost[table] ?? 0 }] as const)),
  }
}

/** Rows by which the secret is tried. */
const tried = 200

/** All that guards against a second send, and all marks of erasure, are found by the secret: with another it is all gone. */
function isSecretRight(db: DatabaseSync): boolean {
  const secret = secretOf(db)
  const rows = db
    .prepare(
      `SELECT e.site, c.facts, b.body FROM bodies b JOIN copies c ON c.id = b.copy JOIN events e ON e.id = c.event
       WHERE c.facts LIKE '%"order":%' LIMIT ?`,
    )
    .all(tried)
  const said = rows.flatMap(({ site, facts, body }) => {
    const { order } = JSON.parse(String(facts)) as Facts // as append wrote them
    const { order_id: told } = JSON.parse(String(body)) as StoredEvent
    return order !== undefined && told !== undefined ? [order === orderFact(secret, String(site), told)] : []
  })
  return said.length === 0 || said.includes(true)
}

const lostStore = (file: string): PairpixelError =>
  new PairpixelError(
    'STORE_UNAVAILABLE',
    `Of ${file} nothing can be brought over: without its secret nobody can tell what was sent, and who asked for erasure. Restore a copy, or start with another file.`,
  )
