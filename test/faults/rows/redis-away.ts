import { must, row } from '../row.ts'
import { aRedis, readinessOf } from '../redis.ts'
import { startTraffic } from '../traffic.ts'

export default row({
  number: 9,
  title: 'Redis away at the start, and killed under load',
  async run({ lab, spawn, judge, until, settled, after }) {
    const redis = await aRedis({ after })
    await redis.kill()
    const child = await spawn({ store: redis.url })
    must((await fetch(`${child.url}/healthz`)).status === 200, 'it is not alive without Redis')
    must((await readinessOf(child.url)).status === 503, 'it says it is ready without Redis')
    const traffic = startTraffic(lab, child.url, 'away')
    await until('refusals', () => traffic.refused() > 10)
    await redis.restart()
    await until('readiness by itself', async () => (await readinessOf(child.url)).status === 200)
    for (let round = 1; round <= 3; round++) {
      const { taken, refused } = { taken: traffic.taken(), refused: traffic.refused() }
      await until('events that are taken', () => traffic.taken() > taken + 20)
      await redis.kill()
      await until('refusals', () => traffic.refused() > refused + 10)
      await redis.restart()
    }
    const before = traffic.taken()
    await until('events again', () => traffic.taken() > before + 20)
    const seen = await traffic.stop()
    must(child.process.exitCode === null, 'the collector ended')
    await settled()
    const { acked, resends } = await judge()
    return `${acked} events acknowledged, none lost, 3 kills of Redis, ${resends} counted resends; ${seen}`
  },
})
