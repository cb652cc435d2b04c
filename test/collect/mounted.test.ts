import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { createCollector } from '../../server/collector.ts'
import { checkTree } from '../../server/settings/settings.ts'

const key = `test-server-key-${'0'.repeat(16)}`

/** Posts to a collector that stands in an app of somebody's own, behind these middlewares. */
async function post(before: readonly express.RequestHandler[], path: string, headers: Record<string, string>) {
  const collector = await createCollector(
    checkTree({ store: 'memory:', url: 'https://shop.example', server_keys: [key] }),
  )
  const app = express()
  for (const handler of before) app.use(handler)
  app.use('/_p', collector)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/_p${path}`, {
      method: 'POST',
      headers,
      body: '{"event":"login"}',
    })
    return { status: answer.status, said: await answer.text() }
  } finally {
    server.close()
    server.closeAllConnections()
    await collector.stop()
  }
}

const page = ['/e', { 'content-type': 'text/plain', origin: 'https://shop.example' }] as const
const backend = ['/v1/events', { 'content-type': 'application/json', authorization: `Bearer ${key}` }] as const

test.each([
  ['a page', page, 204],
  ['a back end', backend, 202],
])('in an app of one’s own %s is answered', async (_, [path, headers], status) =>
  expect((await post([], path, headers)).status).toBe(status),
)

test.each([
  ['a page', page],
  ['a back end', backend],
])(
  'behind what reads bodies %s is told to come again, and the operator where to mount it',
  async (_, [path, headers]) => {
    const { status, said } = await post([express.json(), express.text()], path, headers)
    expect(status).toBe(500)
    expect(said).toContain('mount the collector before all that reads bodies')
  },
)
