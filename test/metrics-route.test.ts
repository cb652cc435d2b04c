import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { createAccess, digestOf } from '../server/dashboard/access/index.ts'
import { metricsGuard } from '../server/metrics-route.ts'

const token = 'pp_admin_'.padEnd(52, 'x')
const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

/** What a scrape with these headers is answered. */
async function scraping(publicUrl?: string) {
  const access = createAccess({ digest: digestOf(token), now: () => 0, publicUrl })
  const app = express().get('/metrics', ...metricsGuard(access), (_request, response) => void response.send('figures'))
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return (headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: '/metrics', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', reject).end()
    })
}
const bearer = (text: string) => ({ Authorization: `Bearer ${text}` })

describe('who may read figures', () => {
  test('whoever asks on this machine, where no proxy stands before it', async () => {
    const scrape = await scraping()
    expect(await scrape()).toBe(200)
    expect(await scrape({ Host: 'localhost:9' })).toBe(200)
    for (const name of ['X-Forwarded-For', 'Forwarded']) expect(await scrape({ [name]: 'for=203.0.113.9' })).toBe(401)
    expect(await scrape({ Host: 'rebound.example' })).toBe(403)
  })
  test('who brings the admin token, through the proxy of a public address too', async () => {
    const scrape = await scraping('https://admin.shop.example')
    expect(await scrape()).toBe(401)
    expect(await scrape({ Host: 'admin.shop.example' })).toBe(401)
    expect(await scrape({ Host: 'admin.shop.example', ...bearer(token) })).toBe(200)
    expect(await scrape(bearer(token))).toBe(200)
    expect(await scrape({ Host: 'other.example', ...bearer(token) })).toBe(403)
  })
  test('wrong tokens are counted as at the login: five, and then none is compared', async () => {
    const scrape = await scraping()
    for (let n = 0; n < 5; n++) expect(await scrape(bearer('wrong'))).toBe(401)
    expect(await scrape(bearer('wrong'))).toBe(429)
    expect(await scrape(bearer(token))).toBe(429)
  })
})
