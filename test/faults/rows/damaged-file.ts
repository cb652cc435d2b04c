import { spawnSync } from 'node:child_process'
import { closeSync, copyFileSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import path from 'node:path'
import { logInAt } from '../../integration/admin.ts'
import { anOrder, Refused, type Child } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 6,
  title: 'damaged database file: refused, left as it is, and what can be read of it goes on in a new one',
  async run({ lab, spawn, random, until, settled }) {
    const file = `${lab.folder}/store.db`
    const given = Array.from({ length: 60 }, (_, n) => `c${n}`)
    const first = await spawn()
    for (const id of given) await lab.post(first.url, { kind: 'backend', events: [anOrder(id)] })
    await until('the deliveries', () => lab.platforms.simulators.meta.state().accepted.length === 60)
    process.kill(first.pid, 'SIGTERM')
    await first.gone
    copyFileSync(file, `${file}.good`)
    const { size } = statSync(file)
    let refusals = 0
    let salvages = 0
    /** The new store takes events, and of those it has nothing arrives twice. */
    const goOn = async (store: string, what: string, { isGuarded }: { isGuarded: boolean }) => {
      const begun = lab.platforms.simulators.meta.state().accepted.length
      const child = await spawn({ store: `sqlite:${store}` })
      const fresh = `after-${salvages}`
      const again = isGuarded ? given : []
      for (const id of [...again, fresh]) await lab.post(child.url, { kind: 'backend', events: [anOrder(id)] })
      await settled()
      const { accepted } = lab.platforms.simulators.meta.state()
      const orders = accepted.slice(begun).map(({ id }) => id)
      must(orders.join() === fresh, `${what}: after the salvage ${orders.join()} went out, not ${fresh} alone`)
      await child.kill()
      for (const end of ['', '-wal', '-shm', '.lock', '.ballast', '.starts']) rmSync(`${store}${end}`, { force: true })
    }
    const damages: [string, () => void][] = [
      ['half of it is missing', () => truncateSync(file, Math.floor(size / 8192) * 4096)],
      ['its head is no database', () => overwrite(file, 0, 100, random.int)],
      ...Array.from({ length: 4 }, (): [string, () => void] => {
        const page = random.int(2, Math.floor(size / 4096) - 1)
        return [`page ${page} is noise`, () => overwrite(file, page * 4096, 4096, random.int)]
      }),
    ]
    for (const [what, damage] of damages) {
      for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
      copyFileSync(`${file}.good`, file)
      damage()
      const before = readFileSync(file)
      const child: Child | Refused = await spawn().catch((error: unknown) => {
        if (error instanceof Refused) return error
        throw error
      })
      if (child instanceof Refused) {
        must(/STORE_UNAVAILABLE .{20,}/.test(child.message), `${what}: no sentence says why (${child.message})`)
        const after = readFileSync(file)
        const changed = after.findIndex((byte, at) => byte !== before[at])
        must(
          after.equals(before),
          `${what}: the file was changed from byte ${changed} on (${after.length}, ${before.length})`,
        )
        refusals++
        must(child.message.includes('doctor --salvage'), `${what}: the sentence names no way on`)
        const salvaged = salvage(file, `${file}.new`)
        must(readFileSync(file).equals(before), `${what}: the salvage changed the file`)
        if (!salvaged) continue
        salvages++
        await goOn(`${file}.new`, what, salvaged)
        continue
      }
      // A page that nothing used may be noise. Then all is there, or nothing more is acknowledged.
      const admin = await logInAt(child.adminUrl)
      const rows = await admin.get('events?limit=200').then((answer) => answer.text())
      must(rows.includes('c0') || rows.includes('c59'), `${what}: it began with an empty store`)
      await child.kill()
    }
    must(refusals >= 2, `only ${refusals} of ${damages.length} were noticed at the start`)
    for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    copyFileSync(`${file}.good`, file)
    await spawn()
    must(salvages >= 1, 'of no file anything could be brought over')
    return `${refusals} of ${damages.length} damaged files refused with a sentence, none changed; ${salvages} went on in a new file, nothing sent twice`
  },
})

/** `doctor --salvage` as an operator runs it; undefined: it says that nothing can be brought over. */
function salvage(file: string, target: string): { readonly isGuarded: boolean } | undefined {
  const start = path.join(import.meta.dirname, '../../../server/start.mjs')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [start, 'doctor', '--salvage', file, '--out', target, '--json'],
    { encoding: 'utf8' },
  )
  if (status === 70) {
    must(/^STORE_UNAVAILABLE: .{20,}/.test(stderr), `the salvage gave up without a sentence: ${stderr}`)
    return undefined
  }
  must(status === 0 || status === 1, `the salvage ended with ${status}: ${stderr}`)
  const { areReservationsWhole, areEventsWhole } = JSON.parse(stdout) as Record<string, boolean>
  return { isGuarded: areReservationsWhole === true || areEventsWhole === true }
}

function overwrite(file: string, at: number, length: number, int: (least: number, most: number) => number): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.from(Array.from({ length }, () => int(0, 255))), 0, length, at)
  closeSync(handle)
}
