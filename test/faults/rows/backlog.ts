import { readFileSync } from 'node:fs'
import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'

const count = 100_000
const mostMib = 300

export default row({
  number: 49,
  title: 'a backlog of 100,000 events: memory, claim time, start',
  async run({ lab, spawn, look }) {
    const change = { hold: { default: '1h' } }
    const child = await spawn(change, { nodeArgs: ['--max-semi-space-size=4'] })
    const resident = (pid: number) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    let most = 0
    for (let at = 0; at < count; at += 500) {
      const events = Array.from({ length: 500 }, (_, n) => anOrder(`q${at + n}`))
      must((await lab.post(child.url, { kind: 'backend', events })) === 202, `refused at ${at}`)
      most = Math.max(most, resident(child.pid))
    }
    await child.kill()
    const begun = performance.now()
    const again = await spawn(change)
    const startMs = performance.now() - begun
    await fetch(`${again.url}/readyz`)
    const standing = resident(again.pid)
    must(standing < mostMib, `with the backlog it holds ${Math.round(standing)} MiB`)
    await again.kill()
    const times = await look(async (store) => {
      const later = Date.now() + 2 * 3_600_000
      const measured: number[] = []
      for (let n = 0; n < 200; n++) {
        const at = performance.now()
        const { deliveries } = await store.claim('meta', 50, 30_000, later)
        measured.push(performance.now() - at)
        must(deliveries.length === 50, `a claim found ${deliveries.length}`)
      }
      return measured.sort((a, b) => a - b)
    })
    const [median, p99] = [times[100] ?? 0, times[198] ?? 0]
    return `${Math.round(standing)} MiB with the backlog, ${Math.round(most)} MiB while it was posted as fast as it is taken; start in ${Math.round(startMs)} ms, a claim of 50 in ${median.toFixed(1)} ms (p99 ${p99.toFixed(1)} ms)`
  },
})
