import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoAccounts } from '../../server/demo/simulators.ts'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { adminToken } from './admin.ts'
import { aPurchase, postBackend, settingsTree, temporaryFolder, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'

interface Detail {
  readonly ready: boolean
  readonly reasons?: readonly string[]
  readonly durability: string
  readonly store: { readonly writable: boolean; readonly durability: string }
  readonly lanes: readonly {
    readonly destination: string
    readonly state?: string
    readonly fix?: string
    readonly since?: string
    readonly deliveries: Readonly<Record<string, number>>
    readonly last_delivered?: string
  }[]
  readonly conservation: { readonly created: number; readonly difference: number }
}

const folder = temporaryFolder()
const platforms = usePlatforms()
let running: Running
beforeAll(async () => {
  const tree = settingsTree(platforms.url, { store: `sqlite:${folder.path}/store.db`, disk_reserve: 0 })
  running = await run(checkTree(tree), { logLevel: 'silent' })
})
afterAll(async () => {
  await running.stop()
  folder.remove()
})

const read = async (at: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(at, { headers })
  return { status: answer.status, text: await answer.text() }
}
const detail = async () => JSON.parse((await read(`${running.adminUrl}/readyz?detail`)).text) as Detail

describe('readiness', () => {
  test('each lane by name with what it says and what to do; the public hears numbers alone', async () => {
    await fetch(`${platforms.url}/simulator/reddit/mode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: 'token_revoked', for: 1000 }),
    })
    await postBackend(running.url, { events: [aPurchase('r1')] })
    const lanes = await waitFor('a halted lane', async () => {
      const seen = (await detail()).lanes
      const states = Object.fromEntries(seen.map(({ destination, state }) => [destination, state]))
      const isSent = seen.filter(({ deliveries }) => deliveries.delivered === 1).length === 2
      return isSent && states.reddit === 'halted' ? seen : undefined
    })
    expect(lanes.map(({ destination, state }) => [destination, state])).toEqual([
      ['meta', 'ok'],
      ['reddit', 'halted'],
      ['snapchat', 'ok'],
    ])
    const [meta, reddit] = lanes
    expect(meta).toMatchObject({ deliveries: { delivered: 1, pending: 0 } })
    expect(Date.parse(meta?.last_delivered ?? '')).toBeLessThanOrEqual(Date.now())
    expect(reddit).toMatchObject({ deliveries: { pending: 1 } })
    expect(reddit?.fix).toMatch(/\w+ .*\./)
    expect(Date.parse(reddit?.since ?? '')).toBeLessThanOrEqual(Date.now())
    const all = await detail()
    expect(all).toMatchObject({
      ready: true,
      durability: 'fsync',
      store: { writable: true, durability: 'fsync' },
      conservation: { created: 3, difference: 0 },
    })
    expect(JSON.stringify(all)).not.toContain(demoAccounts.reddit.token)
    for (const at of [`${running.url}/readyz`, `${running.url}/readyz?detail`]) {
      const { status, text } = await read(at)
      expect([status, JSON.parse(text)]).toMatchObject([200, { ready: true, lanes: { ok: 2, halted: 1 } }])
      expect(text).not.toMatch(/reddit|token|fix/)
    }
  })

  test('the admin listener has the short answer too, and tells neither to a stranger', async () => {
    const { status, text } = await read(`${running.adminUrl}/readyz`)
    expect([status, JSON.parse(text)]).toMatchObject([200, { ready: true, lanes: { halted: 1 } }])
    const forwarded = { 'x-forwarded-for': '203.0.113.9' }
    expect((await read(`${running.adminUrl}/readyz?detail`, forwarded)).status).toBe(401)
    const asked = { ...forwarded, authorization: `Bearer ${adminToken}` }
    expect((await read(`${running.adminUrl}/readyz?detail`, asked)).status).toBe(200)
  })

  test('a store that cannot be written is 503 at both, with the reason', async () => {
    const { store } = running.collector
    const health = store.health()
    Object.assign(store, { health: () => ({ writable: false, durability: 'fsync', why: 'disk I/O error' }) })
    try {
      const inside = await read(`${running.adminUrl}/readyz?detail`)
      expect([inside.status, JSON.parse(inside.text)]).toMatchObject([
        503,
        { ready: false, reasons: ['the store cannot be written'], store: { writable: false, why: 'disk I/O error' } },
      ])
      const outside = await read(`${running.url}/readyz`)
      expect(outside.status).toBe(503)
      expect(outside.text).not.toContain('I/O')
    } finally {
      Object.assign(store, { health: () => health })
    }
  })
})
