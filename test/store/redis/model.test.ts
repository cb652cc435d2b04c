import { afterAll, beforeAll } from 'vitest'
import { openRedisStore } from '../../../server/store/redis.ts'
import { storeModel } from '../model.ts'
import { startRedis, type RedisServer } from './servers.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

storeModel('redis', () => openRedisStore({ url: server.url, clock: 'caller' }), 15)
