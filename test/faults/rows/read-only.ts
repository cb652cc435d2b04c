import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Refused } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 7,
  title: 'read-only file system',
  async run({ lab, spawn, after }) {
    const disk = path.join(lab.folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,ro', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      throw new Error('this row needs to mount a read-only file system, which is not allowed here')
    }
    after(() => execFileSync('umount', ['-l', disk]))
    const refused = await spawn({ store: `sqlite:${disk}/store.db` }).catch((error: unknown) => error)
    must(refused instanceof Refused, 'it starts on a read-only file system')
    must(refused.code === 78, `it ends with ${refused.code}`)
    must(/CONFIG_INVALID .*cannot be written by this user \(EROFS\)/.test(refused.message), refused.message)
  },
})
