import { execFileSync } from 'node:child_process'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

export default row({
  number: 5,
  title: 'fsync and write answer EIO',
  async run({ lab, spawn, judge, random }) {
    try {
      execFileSync('strace', ['-V'], { stdio: 'pipe' })
    } catch {
      throw new Error('this row needs strace, which is not here')
    }
    const ends: (number | string)[] = []
    let refused = 0
    // Early ones meet the start, later ones the running collector.
    for (const [call, least, most] of [
      ['fsync,fdatasync', 1, 12],
      ['fsync,fdatasync', 30, 60],
      ['fsync,fdatasync', 60, 90],
      ['pwrite64', 1, 30],
      ['pwrite64', 300, 500],
    ] as const) {
      const when = random.int(least, most)
      const inject = `inject=${call}:error=EIO:when=${when}+`
      const wrap = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
      const child = await spawn({ hold: { default: '10m' } }, { wrap }).catch((error: unknown) => error as Error)
      if (child instanceof Error) {
        ends.push('refused to start')
        continue
      }
      let last: number | undefined = 202
      for (let n = 0; n < 80 && last !== undefined; n++) {
        last = await lab.post(child.url, { kind: 'backend', events: [anOrder(`e${ends.length}-${n}`)] })
        if (last === 503) refused++
      }
      ends.push(last === undefined ? await child.gone : 'alive')
      await child.kill()
    }
    must(refused > 0, 'no running collector ever met a fault: the injection did nothing')
    must(
      ends.every((end) => end === 70 || end === 'alive' || end === 'refused to start'),
      `it ended with ${ends.join(', ')}`,
    )
    await spawn()
    const { acked } = await judge({ pending: true })
    return `ends: ${ends.join(', ')}; ${acked} events acknowledged, none lost, ${refused} refused`
  },
})
