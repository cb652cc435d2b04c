import { anOrder } from '../lab.ts'
import { must, row } from '../row.ts'
import { aRedis, readinessOf } from '../redis.ts'
import { startTraffic } from '../traffic.ts'

const waiting = 200

export default row({
  number: 11,
  title: 'Redis out of memory: 503, what waits goes out, and on once there is room',
  async run({ lab, spawn, judge, look, until, settled, after }) {
    const redis = await aRedis({ after })
    const child = await spawn({ store: redis.url, hold: { default: '5s' } })
    for (let at = 0; at < waiting; at += 100) {
      const events = Array.from({ length: 100 }, (_, n) => anOrder(`w${at + n}`))
      await until('room for them', async () => (await lab.post(child.url, { kind: 'backend', events })) === 202)
    }
    await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
    const traffic = startTraffic(lab, child.url, 'full')
    await until('a refusal', () => traffic.refused() > 5)
    await until('the word of it', async () => (await readinessOf(child.url)).status === 503)
    const { meta, reddit, snapchat } = lab.platforms.simulators
    // Redis is full all the while.
    for (const platform of [meta, reddit, snapchat])
      await until('what waits to go out', () => platform.state().accepted.length >= waiting)
    await until('its end to be stored', () =>
      look(async (store) => (await store.counts()).deliveries.meta?.pending === 0),
    )
    must(traffic.taken() === 0, `${traffic.taken()} events were taken without room`)
    await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
    await until('events again', () => traffic.taken() > 20)
    const seen = await traffic.stop()
    await settled()
    const { acked } = await judge()
    return `${waiting} events delivered while there was no room, ${acked} acknowledged in all, none lost; ${seen}`
  },
})
