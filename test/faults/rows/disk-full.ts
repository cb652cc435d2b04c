import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 4,
  title: 'disk full: 503, ballast given up, recovery without help',
  async run({ lab, spawn, judge, until, settled, after }) {
    const disk = path.join(lab.folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      throw new Error('this row needs to mount a small file system, which is not allowed here')
    }
    after(() => execFileSync('umount', ['-l', disk]))
    const child = await spawn({ store: `sqlite:${disk}/store.db` })
    const ballast = `${disk}/store.db.ballast`
    await until('the ballast', () => existsSync(ballast) && statSync(ballast).size > 1_000_000)
    let sent = 0
    const post = () => lab.post(child.url, { kind: 'backend', events: [anOrder(`d${sent++}`)] })
    must((await post()) === 202, 'it takes nothing on a disk with room')
    // Another program takes all there is, so the next commit finds the disk full.
    const greedy = path.join(disk, 'greedy')
    const fill = () => {
      for (let size = 12 * 1024 * 1024; size >= 4096; size = Math.floor(size / 2))
        try {
          for (;;) writeFileSync(greedy, Buffer.alloc(size), { flag: 'a' })
        } catch {
          // Smaller parts may still fit.
        }
    }
    fill()
    await until('a refusal', async () => (await post()) === 503)
    await until('the ballast to be given up', () => !existsSync(ballast))
    const ready = await fetch(`${child.url}/readyz`)
    must(ready.status === 503, `readyz says ${ready.status} while the disk is full`)
    must((await ready.text()).includes('too little room'), 'readyz does not say why')
    must((await post()) === 503, 'it takes events while the disk is full')
    rmSync(greedy)
    await until('an event to be taken again', async () => (await post()) === 202)
    await until('the ballast to be made again', () => existsSync(ballast))
    await settled()
    const { acked } = await judge()
    return `${acked} of ${sent} events acknowledged, none of them lost`
  },
})
