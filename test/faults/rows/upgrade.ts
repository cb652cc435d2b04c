import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { migrations } from '../../../server/store/migrations/index.ts'
import { Refused } from '../lab.ts'
import { oldStore } from '../old-store.ts'
import { must, row } from '../row.ts'

export default row({
  number: 50,
  title: 'upgrade with a backlog, and a downgrade that is refused',
  smoke: true,
  async run({ lab, spawn, judge, until, settled }) {
    const file = `${lab.folder}/store.db`
    oldStore(file, (db) => withBacklog(db, 5))
    const child = await spawn()
    must(existsSync(`${file}.v1.bak`), 'there is no backup of what was before')
    await until('the backlog', () => lab.platforms.simulators.meta.state().accepted.length === 5)
    await settled()
    await judge()
    process.kill(child.pid, 'SIGTERM')
    await child.gone

    const db = new DatabaseSync(file)
    db.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    db.close()
    const before = readFileSync(file)
    const refused = await spawn().catch((error: unknown) => error)
    must(refused instanceof Refused && refused.code === 78, 'an older version starts on a newer store')
    must(/STORE_NEWER .*written by a newer Pairpixel/.test(refused.message), refused.message)
    must(readFileSync(file).equals(before), 'the newer store was changed')
  },
})

/** Pending events as the first version wrote them. */
function withBacklog(db: DatabaseSync, count: number): void {
  const at = Date.now() - 60_000
  const bump = db.prepare('INSERT INTO tallies (name, instance, n) VALUES (?, ?, ?)')
  for (let n = 1; n <= count; n++) {
    const id = `old-${n}`
    const email = ['a'.repeat(64)]
    const event = {
      event: 'purchase',
      event_id: id,
      event_time: at,
      url: 'https://shop.example/thanks',
      value: 10,
      currency: 'USD',
      order_id: id,
      context: { ip: '203.0.113.7', user_agent: 'an old browser' },
      keys: { meta: { em: email }, reddit: { email }, snapchat: { em: email } },
    }
    db.prepare(
      "INSERT INTO events (id, key, site, name, event_id, first_at, fired, browser, backend) VALUES (?, ?, 'default', 'purchase', ?, ?, '{}', 0, 1)",
    ).run(n, Buffer.from(`key of ${id}`.padEnd(16)), id, at)
    db.prepare(
      "INSERT INTO copies (id, event, kind, origin, received_at, digest, bytes_digest, facts, result) VALUES (?, ?, 'backend', 'api', ?, 'd', 'b', '{}', 'stored')",
    ).run(n, n, at)
    db.prepare('INSERT INTO bodies (copy, body) VALUES (?, ?)').run(n, JSON.stringify(event))
    for (const instance of ['meta', 'reddit', 'snapchat'])
      db.prepare("INSERT INTO deliveries (event, instance, state, due_at) VALUES (?, ?, 'pending', ?)").run(
        n,
        instance,
        at,
      )
  }
  for (const name of ['events', 'copies']) bump.run(name, '', count)
  for (const instance of ['meta', 'reddit', 'snapchat']) bump.run('pending', instance, count)
}
