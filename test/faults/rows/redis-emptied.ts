import { must, row } from '../row.ts'
import { aRedis, readinessOf } from '../redis.ts'
import { startTraffic } from '../traffic.ts'

export default row({
  number: 13,
  title: 'FLUSHALL: told to who runs it, no crash, new events are taken and delivered',
  smoke: true,
  async run({ lab, spawn, judge, until, settled, after }) {
    const redis = await aRedis({ after })
    const child = await spawn({ store: redis.url })
    const early = startTraffic(lab, child.url, 'gone')
    await until('events that are taken', () => early.taken() > 20)
    await redis.ask('FLUSHALL')
    const before = early.taken()
    await until('the word of it', async () =>
      (await readinessOf(child.url)).alerts.some((alert) => alert.includes('16 of 16 parts')),
    )
    await until('events again', () => early.taken() > before + 20)
    const seen = await early.stop()
    await settled()
    must(child.process.exitCode === null, 'the collector ended')
    // What was in it is gone, and said to be; from here on the three ledgers must agree again.
    await redis.ask('FLUSHALL')
    lab.reset()
    const late = startTraffic(lab, child.url, 'new')
    await until('events after the second time', () => late.taken() > 20)
    await late.stop()
    await settled()
    const { acked } = await judge()
    return `told at /readyz; ${acked} events acknowledged afterwards, none lost; ${seen}`
  },
})
