import { describe, expect, test } from 'vitest'
import { clickLifeMs, dayMs } from '../../shared/limits.ts'
import type { Clicks, Sighting, Store } from '../../server/store/store.ts'
import { start } from './make.ts'

const click = (value: string, at = start): Clicks => ({ rdt_cid: { value, at } })
const seen = (visitor: string | undefined, handles: readonly string[], clicks: Clicks, landing?: string): Sighting => ({
  site: 'shop',
  ...(visitor !== undefined && { visitor }),
  handles,
  clicks,
  ...(landing !== undefined && { landing }),
})

/** The click-ID vault: what is lent, to whom, and for how long. */
export function vaultContract(fresh: () => Promise<Store>): void {
  describe('vault', () => {
    const lentFor = async (store: Store, handle: string, before = start + dayMs, site = 'shop') =>
      (await store.recall([{ site, handles: [handle], before }]))[0]

    test('clicks come back by any handle of their visitor, with where they landed and when they were last seen', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['order:7', 'person:x'], click('A'), 'https://shop.example/')], start + 5)
      const lent = { clicks: click('A'), landing: 'https://shop.example/', lastAt: start + 5 }
      expect(await lentFor(store, 'order:7')).toEqual(lent)
      expect(await lentFor(store, 'person:x')).toEqual(lent)
      expect(await lentFor(store, 'order:8')).toBeUndefined()
      expect(await lentFor(store, 'order:7', start + dayMs, 'other')).toBeUndefined()
    })
    test('answers stand in the order of the hints, and no hint asks for nothing', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['order:7'], click('A'))], start)
      const hint = (handle: string) => ({ site: 'shop', handles: [handle], before: start })
      expect((await store.recall([hint('order:1'), hint('order:7')])).map((lent) => lent?.clicks)).toEqual([
        undefined,
        click('A'),
      ])
      expect(await store.recall([])).toEqual([])
    })
    test('another value replaces the old one, the same value keeps its first time, absence clears nothing', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['order:7'], click('A', start - 50), 'https://shop.example/a')], start)
      await store.remember([seen('v', [], click('A', start), 'https://shop.example/b')], start + 1)
      await store.remember([seen('v', [], { fbclid: { value: 'F', at: start } }, 'https://shop.example/c')], start + 2)
      expect(await lentFor(store, 'order:7')).toEqual({
        clicks: { ...click('A', start - 50), fbclid: { value: 'F', at: start } },
        landing: 'https://shop.example/c',
        lastAt: start + 2,
      })
      await store.remember([seen('v', [], click('B', start + 3))], start + 3)
      expect((await lentFor(store, 'order:7'))?.clicks.rdt_cid).toEqual({ value: 'B', at: start + 3 })
    })
    test('a click that came after the event is not lent, nor one past its life', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['order:7'], click('A', start))], start)
      expect(await lentFor(store, 'order:7', start - 1)).toBeUndefined()
      expect(await lentFor(store, 'order:7', start)).toBeDefined()
      expect(await lentFor(store, 'order:7', start + clickLifeMs - 1)).toBeDefined()
      expect(await lentFor(store, 'order:7', start + clickLifeMs)).toBeUndefined()
    })
    test('the newest visitor has a handle; of several handles the newest click counts', async () => {
      const store = await fresh()
      await store.remember([seen('phone', ['person:x', 'order:1'], click('A', start))], start)
      await store.remember([seen('laptop', ['person:x', 'order:2'], click('B', start + 1))], start + 1)
      expect((await lentFor(store, 'person:x'))?.clicks).toEqual(click('B', start + 1))
      expect((await lentFor(store, 'order:1'))?.clicks).toEqual(click('A', start))
      const [both] = await store.recall([{ site: 'shop', handles: ['order:1', 'order:2'], before: start + 1 }])
      expect(both?.clicks).toEqual(click('B', start + 1))
    })
    test('a visitor without our cookie is whoever was found by a handle last', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['person:x'], click('A'))], start)
      await store.remember([seen(undefined, ['person:x', 'order:7'], { fbclid: { value: 'F', at: start } })], start + 1)
      expect((await lentFor(store, 'order:7'))?.clicks).toEqual({ ...click('A'), fbclid: { value: 'F', at: start } })
    })
    test('a visitor who takes consent back is forgotten, with every way to them', async () => {
      const store = await fresh()
      await store.remember([seen('v', ['order:7', 'person:x'], click('A')), seen('w', ['order:8'], click('B'))], start)
      expect(await store.forget('other', 'v')).toBe(0)
      expect(await store.forget('shop', 'v')).toBe(1)
      expect(await store.forget('shop', 'v')).toBe(0)
      expect(await lentFor(store, 'order:7')).toBeUndefined()
      expect(await lentFor(store, 'person:x')).toBeUndefined()
      expect((await lentFor(store, 'order:8'))?.clicks).toEqual(click('B'))
    })
    test('a visitor’s ways do not grow without end', async () => {
      const store = await fresh()
      for (let n = 0; n < 70; n++) await store.remember([seen('v', [`order:${n}`], click('A'))], start)
      expect(await lentFor(store, 'order:0')).toBeDefined()
      expect(await lentFor(store, 'order:69')).toBeUndefined()
      await store.remember([seen('v', [], click('B', start + 1))], start + 1)
      expect((await lentFor(store, 'order:0'))?.clicks).toEqual(click('B', start + 1))
    })
  })
}
