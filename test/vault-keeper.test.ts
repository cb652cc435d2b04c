import { describe, expect, test } from 'vitest'
import type { Sighting } from '../server/store/store.ts'
import { createVaultKeeper } from '../server/vault-keeper.ts'
import { checkTree } from '../server/settings/settings.ts'
import { aCopy } from './store/make.ts'

const site = checkTree({ url: 'https://shop.example' }).sites[0]!
const id = '019a7f00-0000-7000-a000-00000000000a'
const stranger = undefined

/** A keeper, what it has told the store, and its clock. */
function aKeeper(fails = false) {
  const told: Sighting[] = []
  const logged: unknown[] = []
  const clock = { now: 1_795_000_000_000 }
  const keeper = createVaultKeeper({
    store: {
      remember: (sightings) => {
        if (fails) return Promise.reject(new Error('no room'))
        told.push(...sightings)
        return Promise.resolve()
      },
      forget: () => Promise.resolve(1),
    },
    now: () => clock.now,
    log: (entry) => logged.push(entry),
  })
  return { keeper, told, logged, clock }
}

const page = (change: object = {}) => {
  const copy = aCopy({ eventId: '019a7f00-0000-7000-a000-0000000000ff' })
  const context = { click_ids: { fbclid: { value: 'F', at: 1 } } }
  return { ...copy, event: { ...copy.event!, context, url: 'https://shop.example/cap?e=jane#top', ...change } }
}

describe('what a page’s events teach', () => {
  test('visitor, clicks and the page, without its query', () => {
    const { keeper, told } = aKeeper()
    keeper.remember(site, [page()], id)
    expect(told).toEqual([
      {
        site: 'default',
        visitor: id,
        handles: [],
        clicks: { fbclid: { value: 'F', at: 1 } },
        landing: 'https://shop.example/cap',
      },
    ])
  })
  test('the same again is written once an hour', () => {
    const { keeper, told, clock } = aKeeper()
    keeper.remember(site, [page(), page()], id)
    clock.now += 3_599_999
    keeper.remember(site, [page()], id)
    expect(told).toHaveLength(1)
    clock.now += 1
    keeper.remember(site, [page()], id)
    expect(told).toHaveLength(2)
  })
  test('nothing without a click ID, and nothing of a stranger whom nothing would find again', () => {
    const { keeper, told } = aKeeper()
    keeper.remember(site, [page({ context: {} })], id)
    keeper.remember(site, [page()], stranger)
    expect(told).toEqual([])
    keeper.remember(site, [page({ order_id: '7' })], stranger)
    expect(told).toMatchObject([{ handles: ['order:7'] }])
  })
  test('what is seen in a while is written together, and before anything is forgotten', () => {
    const calls: string[] = []
    const delayed: (() => void)[] = []
    const keeper = createVaultKeeper({
      store: {
        remember: (sightings) => (calls.push(`remember ${sightings.length}`), Promise.resolve()),
        forget: () => (calls.push('forget'), Promise.resolve(1)),
      },
      now: () => 1,
      log: () => undefined,
      later: (work) => void delayed.push(work),
    })
    for (const order of ['1', '2', '3']) keeper.remember(site, [page({ order_id: order })], stranger)
    expect([calls, delayed.length]).toEqual([[], 1])
    delayed.shift()?.()
    keeper.remember(site, [page({ order_id: '4' })], id)
    keeper.forget(site, id)
    delayed.shift()?.()
    expect(calls).toEqual(['remember 3', 'remember 1', 'forget'])
    const many = Array.from({ length: 1000 }, (_, n) => page({ order_id: `m${n}` }))
    keeper.remember(site, many, stranger)
    expect(calls.at(-1)).toBe('remember 1000')
  })
  test('a store that cannot write it is a line in the log, no more', async () => {
    const { keeper, logged } = aKeeper(true)
    keeper.remember(site, [page()], id)
    await new Promise((resolve) => setImmediate(resolve))
    expect(logged).toEqual([{ level: 'warn', message: 'The click-ID vault was not written: Error: no room' }])
  })
})
