import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { aRedis, readinessOf } from '../redis.ts'
import { startTraffic } from '../traffic.ts'

export default row({
  number: 12,
  title: 'Redis slow (two seconds a call) and hung: every post is answered while it lasts',
  async run({ lab, spawn, judge, until, settled, after }) {
    const redis = await aRedis({ after })
    const way = await startProxy(redis.url)
    after(() => way.close())
    const child = await spawn({ store: way.url.replace('http:', 'redis:') })
    const traffic = startTraffic(lab, child.url, 'slow')
    await until('events that are taken', () => traffic.taken() > 20)
    way.set({ kind: 'pass', latencyMs: 1000 }) // on the way there, and on the way back
    // The trouble lasts until posts that were sent meanwhile have been answered, whatever the machine's speed.
    const slow = traffic.refused()
    await until('answers while it is slow', () => traffic.refused() >= slow + 20)
    way.set({ kind: 'pass' })
    const between = traffic.taken()
    await until('events again', () => traffic.taken() > between + 20)
    process.kill(redis.pid, 'SIGSTOP')
    try {
      const hung = traffic.refused()
      await until('answers while it hangs', () => traffic.refused() >= hung + 20)
      await until('the word of it', async () => (await readinessOf(child.url)).status === 503)
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
    const before = traffic.taken()
    await until('events again', () => traffic.taken() > before + 20)
    const seen = await traffic.stop()
    must(child.process.exitCode === null, 'the collector ended')
    await settled()
    const { acked, resends } = await judge()
    return `${acked} events acknowledged, none lost, ${resends} counted resends; ${seen}`
  },
})
