import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createRoutes, type CollectDeps } from '../../server/collect/routes.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { PairpixelError } from '../../shared/errors.ts'

const origin = 'https://www.shop.example'
const key = 'k'.repeat(16)
const sites = checkTree({
  origins: [origin],
  server_keys: [key],
  destinations: { meta: { pixel_id: '1', access_token: 'fake' } },
}).sites
type Deps = Partial<CollectDeps<(typeof sites)[number]>>

const running: Server[] = []
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

/** A collector's two routes, asked once each; the headers that a client's next try depends on. */
async function ask(deps: Deps, path: '/e' | '/v1/events', from = origin) {
  const routes = createRoutes({ sites, accept: () => Promise.resolve([]), stopping: () => false, ...deps })
  const server = createServer(
    (request, response) => void routes[request.url === '/e' ? 'fromBrowser' : 'fromBackend'](request, response),
  )
  running.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    method: 'POST',
    body: '{"event":"lead"}',
    headers: path === '/e' ? { Origin: from } : { Authorization: `Bearer ${key}` },
  })
  const names = ['retry-after', 'access-control-allow-origin', 'access-control-expose-headers']
  return [answer.status, ...names.map((name) => answer.headers.get(name))]
}

const gone = () => Promise.reject(new PairpixelError('STORE_UNAVAILABLE', 'The store is away.'))

describe('when to send again is told, and a page of another origin may read it', () => {
  test.each<[string, Deps]>([
    ['stopping', { stopping: () => true }],
    ['without its store', { accept: gone }],
    ['with a store that cannot write', { accept: () => Promise.resolve([{ index: 0, result: 'failed' as const }]) }],
  ])('by a collector %s', async (_what, deps) => {
    expect(await ask(deps, '/e')).toEqual([503, '5', origin, 'Retry-After'])
    expect((await ask(deps, '/v1/events')).slice(0, 2)).toEqual([503, '5'])
  })

  test('but not by a page that is nobody’s', async () => {
    expect(await ask({ stopping: () => true }, '/e', 'https://evil.example')).toEqual([503, '5', null, null])
  })

  test('an answer without it says nothing of it', async () => {
    expect(await ask({}, '/e')).toEqual([204, null, origin, null])
  })
})
