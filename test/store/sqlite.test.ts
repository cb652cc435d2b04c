import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { clickLifeMs, dayMs } from '../../shared/limits.ts'
import { openStore } from '../../server/store/index.ts'
import { migrations } from '../../server/store/migrations/index.ts'
import { openSqliteStore } from '../../server/store/sqlite.ts'
import { migrate } from '../../server/store/sqlite/migrate.ts'
import { startWorker } from '../../server/store/sqlite/thread.ts'
import { storeContract } from './contract.ts'
import { aFolder } from './folder.ts'
import { aCopy, claimAt, delivered, rowOf, settleAll, start, to } from './make.ts'

const folder = aFolder()
let files = 0
let file = ''
const nextFile = () => (file = path.join(folder, `${++files}`, 'store.db'))

storeContract(
  'sqlite',
  () => openStore(`sqlite:${nextFile()}`),
  () => openStore(`sqlite:${file}`),
)

describe('opening', () => {
  test.each(['', 'sqlite:', 'mysql://u:secret@h/d', 'memory:x', '/var/lib/x.db'])('%j is no store', async (url) => {
    const error: unknown = await openStore(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(String(error)).not.toContain('secret')
  })
  test('folder and files are the owner’s alone', async () => {
    const store = await openStore(`sqlite:${nextFile()}`)
    await store.append([aCopy()])
    const modes = readdirSync(path.dirname(file)).map(
      (name) => statSync(path.join(path.dirname(file), name)).mode & 0o777,
    )
    expect(modes.length).toBeGreaterThanOrEqual(4) // database, journal, its index, lock
    expect(new Set(modes)).toEqual(new Set([0o600]))
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
    await store.close()
  })
  test('a second opening is refused until the first is closed', async () => {
    const store = await openStore(`sqlite:${nextFile()}`)
    await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    expect(await store.append([aCopy()])).toEqual(['stored'])
    await store.close()
    await (await openStore(`sqlite:${file}`)).close()
  })
  test('a folder that cannot be made, and a file that is no database, are told in one sentence', async () => {
    const text = path.join(folder, 'text')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(text, 'no database '.repeat(500))
    await expect(openStore(`sqlite:${text}`)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(openStore(`sqlite:${text}/deeper/x.db`)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(readFileSync(text, 'utf8')).toContain('no database')
  })
  test('what a 2xx means is said: on disk, or in memory', async () => {
    const [disk, memory, loose] = await Promise.all([
      openStore(`sqlite:${nextFile()}`),
      openStore('memory:'),
      openSqliteStore({ path: nextFile(), synchronous: 'OFF' }),
    ])
    expect([disk, memory, loose].map((store) => store.health().durability)).toEqual(['fsync', 'memory', 'memory'])
    await Promise.all([disk.close(), memory.close(), loose.close()])
  })
})

describe('the journal', () => {
  test('is copied into the file while events come, and what waits in it is no less kept', async () => {
    const store = await openStore(`sqlite:${nextFile()}`)
    await store.append([aCopy({ eventId: 'first' })])
    const before = statSync(file).size
    for (let n = 0; n < 40; n++) await store.append([aCopy({ eventId: `e${n}`, orderId: undefined })])
    await expect.poll(() => statSync(file).size, { timeout: 10_000 }).toBeGreaterThan(before)
    expect(await store.counts()).toMatchObject({ events: 41 })
    await store.close()
  })
})

describe('schema', () => {
  test('a newer schema is refused, and left as it is', async () => {
    await (await openStore(`sqlite:${nextFile()}`)).close()
    const db = new DatabaseSync(file)
    db.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject({ code: 'STORE_NEWER' })
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length + 1 })
    db.close()
  })
  const steps = ['CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)', 'ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 2']
  const rows = (at: string) => {
    const db = new DatabaseSync(at)
    const found = db.prepare('SELECT * FROM a').all()
    db.close()
    return found
  }
  test('existing data is copied before it is migrated', () => {
    const at = path.join(folder, 'migrated.db')
    const db = new DatabaseSync(at)
    migrate(db, at, steps.slice(0, 1))
    expect(readdirSync(folder).filter((name) => name.endsWith('.bak'))).toEqual([])
    migrate(db, at, steps)
    migrate(db, at, steps)
    db.close()
    expect(rows(at)).toEqual([{ n: 1, m: 2 }])
    expect(rows(`${at}.v1.bak`)).toEqual([{ n: 1 }])
    expect(statSync(`${at}.v1.bak`).mode & 0o777).toBe(0o600)
  })
  test('a migration that fails changes nothing and can be tried again', () => {
    const at = path.join(folder, 'failed.db')
    const db = new DatabaseSync(at)
    migrate(db, at, steps.slice(0, 1))
    expect(() => migrate(db, at, [...steps, 'no such statement'])).toThrow()
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ n: 1 }])
    migrate(db, at, steps)
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ n: 1, m: 2 }])
    db.close()
  })
})

describe('what rests on disk', () => {
  const bytes = () =>
    readdirSync(path.dirname(file))
      .filter((name) => !name.endsWith('.lock')) // reading it in this process would drop the lock
      .map((name) => readFileSync(path.join(path.dirname(file), name), 'latin1'))
      .join()
  test('order numbers and bodies are gone once all is sent and tidied', async () => {
    const store = await openStore(`sqlite:${nextFile()}`)
    const copy = aCopy({ orderId: 'ORDER-4711', facts: { order: 'ORDER-4711' } })
    const event = { ...copy.event!, title: 'a-title-to-forget', order_id: 'ORDER-4711' }
    await store.append([{ ...copy, event }])
    expect(bytes()).toContain('a-title-to-forget')
    await settleAll(store, delivered)
    await store.tidy(start + dayMs)
    expect(bytes()).not.toContain('a-title-to-forget')
    expect(bytes()).not.toContain('ORDER-4711')
    await store.close()
    expect(bytes()).not.toContain('ORDER-4711')
  })
  test('closing leaves one whole file and the empty lock, and the sums are those of the rows', async () => {
    const store = await openStore(`sqlite:${nextFile()}`)
    await store.append(
      Array.from({ length: 30 }, (_, n) => aCopy({ eventId: `e${n % 20}`, deliveries: to('meta', `to-${n % 3}`) })),
    )
    await settleAll(store, (delivery) => ({ delivery, state: 'dead', reason: 'too_old', why: 'w' }))
    const counts = await store.counts()
    await store.close()
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['store.db', 'store.db.lock'])
    const db = new DatabaseSync(file)
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    const found: Record<string, Record<string, unknown>> = {}
    for (const row of db.prepare('SELECT instance, state, count(*) AS n FROM deliveries GROUP BY 1, 2').all())
      (found[String(row['instance'])] ??= {})[String(row['state'])] = row['n']
    expect(counts.deliveries).toMatchObject(found)
    expect(db.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: counts.events })
    expect(db.prepare('SELECT count(*) AS n FROM copies').get()).toEqual({ n: counts.copies })
    db.close()
  })
})

describe('faults', () => {
  test('a full disk fails what does not fit, keeps what was stored, and recovers when space is free', async () => {
    const store = await openSqliteStore({ path: nextFile(), maxPages: 120 })
    const results: string[] = []
    for (let n = 0; n < 400 && !results.includes('failed'); n++)
      results.push(...(await store.append([aCopy({ eventId: `e${n}`, origin: 'x'.repeat(900), deliveries: [] })])))
    expect(results.at(-1)).toBe('failed')
    expect(store.health()).toMatchObject({ writable: false, why: expect.stringContaining('full') as string })
    expect(await store.counts()).toMatchObject({ events: results.length - 1 })
    expect(await rowOf(store, `e${results.length - 2}`)).toMatchObject({ copies: [{ result: 'stored' }] })
    await store.tidy(start + 31 * dayMs)
    expect(await store.append([aCopy()])).toEqual(['stored'])
    expect(store.health()).toEqual({ writable: true, durability: 'fsync' })
    await store.close()
  })
  test('a group that cannot be committed leaves no claim behind', async () => {
    const store = await openSqliteStore({ path: nextFile(), maxPages: 120 })
    await store.append([aCopy({ eventId: 'kept' })])
    const big = Array.from({ length: 400 }, () => aCopy({ origin: 'x'.repeat(900) }))
    const claiming = claimAt(store, start + 5000).catch(() => undefined)
    const [claim, results] = await Promise.all([claiming, store.append(big)])
    expect(new Set(results)).toEqual(new Set(['failed']))
    expect(claim).toBeUndefined()
    expect((await claimAt(store, start + 5000)).deliveries).toMatchObject([{ eventId: 'kept' }])
    await store.close()
  })

  const openWatched = async (at: string) => {
    const workers: Worker[] = []
    const store = await openSqliteStore({
      path: at,
      startWorker: (options) => {
        const worker = startWorker(options)
        workers.push(worker)
        return worker
      },
    })
    return { store, workers }
  }
  test('a dead writing thread fails what waits and is started again by the next call', async () => {
    const { store, workers } = await openWatched(nextFile())
    await store.append([aCopy({ eventId: 'before' })])
    const waiting = Array.from({ length: 50 }, () => store.append([aCopy()]))
    const proof = store.prove('shop', 'purchase', 'before', { meta: 'sent' }, start)
    await Promise.resolve()
    await workers[0]!.terminate()
    expect(new Set((await Promise.all(waiting)).flat())).toEqual(new Set(['failed']))
    await expect(proof).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(store.health().writable).toBe(false)
    expect(await store.append([aCopy({ eventId: 'before' }), aCopy()])).toEqual(['joined', 'stored'])
    expect(store.health().writable).toBe(true)
    await store.close()
  })
  test('a dead reading thread is started again', async () => {
    const { store, workers } = await openWatched(nextFile())
    await store.append([aCopy()])
    await store.counts()
    await workers[1]!.terminate()
    expect(await store.counts()).toMatchObject({ events: 1 })
    await store.close()
  })
  test('what was in memory is not replaced by an empty store', async () => {
    const { store, workers } = await openWatched(':memory:')
    await workers[0]!.terminate()
    expect(await store.append([aCopy()])).toEqual(['failed'])
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await store.close()
  })
})

test('while the disk is silent copies wait up to a limit; then they are refused at once, and taken again after it', async () => {
  const path = nextFile()
  const store = await openSqliteStore({ path, mostWaitingChars: 5000 })
  const other = new DatabaseSync(path)
  try {
    other.exec('BEGIN IMMEDIATE') // nobody else can write now
    const body = {
      event: 'x',
      event_id: 'x',
      event_time: start,
      title: 'x'.repeat(4000),
      keys: { meta: {}, reddit: {}, snapchat: {} },
    }
    const first = store.append([aCopy({ event: body })]) // with the writer
    await new Promise((resolve) => setTimeout(resolve, 50))
    const waiting = [store.append([aCopy({ event: body })]), store.append([aCopy({ event: body })])]
    expect(await store.append([aCopy({ event: body })])).toEqual(['failed'])
    other.exec('ROLLBACK')
    expect(await Promise.all([first, ...waiting])).toEqual([['stored'], ['stored'], ['stored']])
    expect(await store.append([aCopy({ event: body })])).toEqual(['stored'])
  } finally {
    other.close()
    await store.close()
  }
})

test('a visitor who has not been seen for a click’s life is tidied out of the vault', async () => {
  const store = await openStore(`sqlite:${nextFile()}`)
  const clicks = { rdt_cid: { value: 'A', at: start } }
  await store.remember([{ site: 'shop', visitor: 'v', handles: ['order:7'], clicks }], start)
  await store.tidy(start + clickLifeMs - 1)
  expect(await store.recall([{ site: 'shop', handles: ['order:7'], before: start }])).toHaveLength(1)
  await store.tidy(start + clickLifeMs)
  expect(await store.forget('shop', 'v')).toBe(0)
  await store.close()
})
