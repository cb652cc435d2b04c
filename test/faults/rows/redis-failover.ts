import { startProxy } from '../proxy.ts'
import { must, row } from '../row.ts'
import { aRedis, readinessOf } from '../redis.ts'
import { startTraffic } from '../traffic.ts'
import type { RedisServer } from '../../store/redis/servers.ts'

/** The other one is master now; the name that the collector knows leads there a moment later. */
async function changePlaces(from: RedisServer, target: RedisServer): Promise<void> {
  await target.ask('REPLICAOF', 'NO', 'ONE')
  await from.ask('REPLICAOF', '127.0.0.1', String(target.port))
}

export default row({
  number: 10,
  title: 'Redis made a replica and back, under load; an event counts once a replica has it',
  async run({ lab, spawn, judge, until, settled, after }) {
    const settings = { appendonly: 'yes', appendfsync: 'everysec', 'repl-diskless-sync-delay': '0' }
    const [first, second] = [await aRedis({ after }, settings), await aRedis({ after }, settings)]
    await second.ask('REPLICAOF', '127.0.0.1', String(first.port))
    const isCopied = (of: RedisServer) => async () =>
      String(await of.ask('INFO', 'replication')).includes('master_link_status:up')
    await until('the copy of all data', isCopied(second))
    const name = await startProxy(first.url)
    after(() => name.close())
    const child = await spawn({ store: `${name.url.replace('http:', 'redis:')}?replicas=1` })
    must((await readinessOf(child.url)).durability === 'replicated(1)', 'it promises something else than a replica')
    const traffic = startTraffic(lab, child.url, 'turn')
    for (let [master, replica, flips] = [first, second, 0]; flips < 4; flips++) {
      const { taken, refused } = { taken: traffic.taken(), refused: traffic.refused() }
      await until('events that are taken', () => traffic.taken() > taken + 20)
      await changePlaces(master, replica)
      await until('refusals by what is a replica now', () => traffic.refused() > refused + 5)
      await until('the word of it', async () => (await readinessOf(child.url)).status === 503)
      await until('the copy of all data', isCopied(master))
      name.aim(replica.url)
      ;[master, replica] = [replica, master]
    }
    const before = traffic.taken()
    await until('events again', () => traffic.taken() > before + 20)
    const seen = await traffic.stop()
    await settled()
    const { acked, resends } = await judge()
    return `4 changes of places, ${acked} events acknowledged, none lost, ${resends} counted resends; ${seen}`
  },
})
