import { closeSync, copyFileSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { logInAt } from '../../integration/admin.ts'
import { anOrder, Refused, type Child } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 6,
  title: 'damaged database file: refused, and left as it is',
  async run({ lab, spawn, random, until }) {
    const file = `${lab.folder}/store.db`
    const first = await spawn()
    for (let n = 0; n < 60; n++) await lab.post(first.url, { kind: 'backend', events: [anOrder(`c${n}`)] })
    await until('the deliveries', () => lab.platforms.simulators.meta.state().accepted.length === 60)
    process.kill(first.pid, 'SIGTERM')
    await first.gone
    copyFileSync(file, `${file}.good`)
    const { size } = statSync(file)
    let refusals = 0
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
    return `${refusals} of ${damages.length} damaged files refused with a sentence, none changed`
  },
})

function overwrite(file: string, at: number, length: number, int: (least: number, most: number) => number): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.from(Array.from({ length }, () => int(0, 255))), 0, length, at)
  closeSync(handle)
}
