import { expect, test } from 'vitest'
import { ask } from '../dashboard/server.ts'
import { fakeCollector, openShop } from './open-shop.ts'

test('an event goes through with its body, cookies and sender, and its answer comes back whole', async () => {
  const collector = await fakeCollector((_taken, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': ['_fbp=1; Path=/', '_fbc=2; Path=/'] })
    response.end('{"refused":[]}')
  })
  const shop = await openShop({ collectorUrl: collector.url })
  const headers = {
    'content-type': 'text/plain;charset=UTF-8',
    cookie: '_fbp=fb.1.1.2; cart=mint',
    origin: 'http://shop.localhost',
    referer: 'http://shop.localhost/?q=1',
    'user-agent': 'Mozilla/5.0 (test)',
  }
  const body = '{"v":1,"events":[{"event":"näme"}]}'
  const answer = await ask(`${shop}/_p/e`, { method: 'POST', headers, body })
  expect(collector.taken).toMatchObject([{ method: 'POST', url: '/e', headers, body }])
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json', 'set-cookie': ['_fbp=1; Path=/', '_fbc=2; Path=/'] },
    body: '{"refused":[]}',
  })
})

test.each([
  ['the script', 'GET', '/_p/p.js', '/p.js'],
  ['the script with its query', 'GET', '/_p/p.js?site=shop&x=%2F', '/p.js?site=shop&x=%2F'],
  ['a preflight', 'OPTIONS', '/_p/e', '/e'],
])('%s goes to the collector’s own path', async (_sentence, method, path, url) => {
  const collector = await fakeCollector((_taken, response) => void response.writeHead(204).end())
  const answer = await ask((await openShop({ collectorUrl: collector.url })) + path, { method })
  expect(answer).toMatchObject({ status: 204, body: '' })
  expect(collector.taken).toMatchObject([{ method, url }])
})

test.each([304, 403, 413, 503])('a status of %i comes back as it is', async (status) => {
  const collector = await fakeCollector(
    (_taken, response) => void response.writeHead(status, { 'retry-after': '5' }).end(),
  )
  const answer = await ask(`${await openShop({ collectorUrl: collector.url })}/_p/e`)
  expect(answer).toMatchObject({ status, headers: { 'retry-after': '5' } })
})

test('the collector hears the visitor’s address from the proxy alone', async () => {
  const collector = await fakeCollector((_taken, response) => void response.end())
  const shop = await openShop({ collectorUrl: collector.url })
  const spoofed = {
    'x-forwarded-for': '198.51.100.66',
    forwarded: 'for=198.51.100.66',
    'x-real-ip': '198.51.100.66',
    'cf-connecting-ip': '198.51.100.66',
    'true-client-ip': '198.51.100.66',
    authorization: 'Bearer stolen',
  }
  await ask(`${shop}/_p/e`, { method: 'POST', headers: spoofed, body: '{}' })
  const [taken] = collector.taken
  expect(taken?.headers['x-forwarded-for']).toBe('203.0.113.7')
  expect(JSON.stringify(taken)).not.toMatch(/198\.51\.100\.66|stolen/)
})

test('a collector that is away is a 502, and the shop lives on', async () => {
  const shop = await openShop()
  expect(await ask(`${shop}/_p/p.js`)).toMatchObject({ status: 502, body: 'The collector does not answer.\n' })
  expect((await ask(`${shop}/`)).status).toBe(200)
})

test('a collector that breaks off breaks off, and the shop lives on', async () => {
  const collector = await fakeCollector((_taken, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
  })
  const shop = await openShop({ collectorUrl: collector.url })
  await expect(ask(`${shop}/_p/p.js`)).rejects.toThrow()
  expect((await ask(`${shop}/`)).status).toBe(200)
})
