import { afterAll, beforeAll } from 'vitest'
import { openRedisStore } from '../../../server/store/redis.ts'
import { storeContract } from '../contract.ts'
import { startRedis, type RedisServer } from './servers.ts'

let server: RedisServer
let stores = 0
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const open = () => openRedisStore({ url: `${server.url}?prefix=t${stores}`, clock: 'caller' })
storeContract('redis', () => (stores++, open()), open)
