import { closeSync, copyFileSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { newCopy, writeEvent } from '../../server/copy.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { openStore } from '../../server/store/index.ts'
import { salvage, type Salvaged } from '../../server/store/sqlite/salvage/index.ts'
import type { NewCopy, Store } from '../../server/store/store.ts'
import type { Random } from '../faults/random.ts'
import { start } from './make.ts'

// A store of some hundred events, some sent and some waiting, and a copy of its file for each test to damage.

export const page = 4096
export const events = 240
export const instances = ['meta', 'reddit'] as const
const site = checkTree({
  url: 'https://shop.example',
  destinations: Object.fromEntries(instances.map((name) => [name, { pixel_id: '1', access_token: 't' }])),
}).sites[0]!

export const copyOf = (n: number, kind: 'browser' | 'backend' = 'backend'): NewCopy =>
  newCopy(
    site,
    kind,
    {
      ...{ event: 'purchase', event_id: `order-${n}`, order_id: `order-${n}`, event_time: start + n, currency: 'USD' },
      ...{ value: n, url: 'https://shop.example/thanks', user: { email: [`person${n}@shop.example`] } },
      context: { ip: '203.0.113.7', user_agent: `${kind} ${n} ${'Mozilla/5.0 '.repeat(n % 7)}` },
    },
    { n, kind },
    start + n,
  )
const keysOf = (instance: string, eventId: string) => [`${instance} ${eventId}`, `${instance} order ${eventId}`]
export const openAt = (file: string) => openStore(`sqlite:${file}`, { diskReserveBytes: 0 })

/** As a lane does: what may be reserved goes out. */
export async function sendDue(store: Store, instance: string, limit: number, now: number): Promise<string[]> {
  const { token, deliveries } = await store.claim(instance, limit, 30_000, now)
  const wishes = deliveries.map(({ delivery, eventId }) => ({ delivery, keys: keysOf(instance, eventId) }))
  const taken = await store.reserve(token, wishes, now)
  const sent = deliveries.filter(({ delivery }) => !taken.includes(delivery))
  const results = deliveries.map(({ delivery, eventId }) =>
    taken.includes(delivery)
      ? { delivery, state: 'suppressed' as const, reason: 'already_sent' as const, why: 'w' }
      : eventId.endsWith('7')
        ? { delivery, attempted: true, state: 'dead' as const, reason: 'rejected_by_platform' as const, why: 'w' }
        : {
            delivery,
            attempted: true,
            state: 'delivered' as const,
            explanation: { name: 'Purchase', sent: { eventId } },
          },
  )
  if (results.length) await store.settle(token, results, now)
  return sent.map(({ eventId }) => `${instance} ${eventId}`)
}

export const due = start + 60_000
export let folder = ''
export let good = ''
export let sent: ReadonlySet<string>
export let waiting: ReadonlySet<string>

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pairpixel-salvage-'))
  good = path.join(folder, 'good.db')
  const store = await openAt(good)
  for (let n = 0; n < events; n += 40)
    await store.append(
      Array.from({ length: 40 }, (_, k) => [copyOf(n + k), ...(k % 3 ? [] : [copyOf(n + k, 'browser')])]).flat(),
    )
  const gone: string[] = []
  for (const instance of instances)
    for (let n = 0; n < 3; n++) gone.push(...(await sendDue(store, instance, 60, due + n)))
  sent = new Set(gone)
  await store.erase({ site: 'default', names: ['order:order-5', 'email:nobody'] }, due)
  const clicks = { fbclid: { value: 'click', at: start } }
  await store.remember([{ site: 'default', visitor: 'v1', handles: ['order:order-9'], clicks }], start)
  await store.note('halts meta', '[]')
  await store.close()
  const db = new DatabaseSync(good, { readOnly: true })
  const rows = db
    .prepare("SELECT d.instance, e.event_id FROM deliveries d JOIN events e ON e.id = d.event WHERE state = 'pending'")
    .all()
  waiting = new Set(rows.map((row) => `${String(row['instance'])} ${String(row['event_id'])}`))
  db.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export let file = ''
export let target = ''
beforeEach(() => {
  file = path.join(folder, 'store.db')
  target = path.join(folder, 'new.db')
  copyFileSync(good, file)
})
afterEach(() => {
  for (const name of readdirSync(folder))
    if (!name.startsWith('good.db')) rmSync(path.join(folder, name), { recursive: true })
})

/** From here on this one is brought over. */
export const useFile = (name: string): void => void (file = name)

export const bring = (now = due + 10): Salvaged =>
  salvage({ file, target, now, digestOf: (event) => writeEvent(event).digest })
export const overwrite = (at: number, bytes: Uint8Array, name = file): void => {
  const handle = openSync(name, 'r+')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}
export const noise = (random: Random, length: number) => Buffer.from(Array.from({ length }, () => random.int(0, 255)))
export const rowsIn = (name: string, sql: string) => {
  const db = new DatabaseSync(name, { readOnly: true })
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}
