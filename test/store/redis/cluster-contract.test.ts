import { afterAll, beforeAll } from 'vitest'
import { openRedisStore } from '../../../server/store/redis.ts'
import { storeContract } from '../contract.ts'
import { startCluster, type RedisCluster } from './servers.ts'

let cluster: RedisCluster
let stores = 0
beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

const open = () => openRedisStore({ url: `${cluster.url}?prefix=t${stores}`, clock: 'caller' })
storeContract('redis cluster', () => (stores++, open()), open)
