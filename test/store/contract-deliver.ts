import { describe, expect, test } from 'vitest'
import { rememberKeysMs } from '../../shared/limits.ts'
import type { Settlement, Store } from '../../server/store/store.ts'
import { aCopy, claimAt, delivered, holdMs, rowOf, start, stateOf, to } from './make.ts'

const due = start + holdMs
/** Who may send what: claims and reservations. */
export function deliverContract(fresh: () => Promise<Store>): void {
  describe('claims', () => {
    test('a claimed delivery is nobody else’s until its lease ends', async () => {
      const store = await fresh()
      await store.append([aCopy()])
      const one = await store.claim('meta', 10, 1000, due)
      expect(await store.claim('meta', 10, 1000, due + 999)).toMatchObject({ deliveries: [], nextDueAt: due + 1000 })
      const two = await store.claim('meta', 10, 1000, due + 1000)
      expect(two.deliveries).toEqual(one.deliveries)
      expect(two.token).not.toBe(one.token)
      expect(await store.stillMine(one.token, due + 1000)).toBe(false)
      expect(await store.stillMine(two.token, due + 1000)).toBe(true)
    })
    test('claims that wait together share nothing', async () => {
      const store = await fresh()
      await store.append(Array.from({ length: 20 }, () => aCopy()))
      const claims = await Promise.all(Array.from({ length: 6 }, () => claimAt(store, due, 'meta', 4)))
      const ids = claims.flatMap(({ deliveries }) => deliveries.map(({ delivery }) => delivery))
      expect(new Set(ids).size).toBe(20)
      expect(ids).toHaveLength(20)
    })
    test('a limited claim takes the ones due first and says more is due', async () => {
      const store = await fresh()
      const at = (dueAt: number) => aCopy({ eventId: `at-${dueAt}`, deliveries: [{ instance: 'meta', dueAt }] })
      await store.append([at(start + 30), at(start + 10), at(start + 20)])
      const claim = await claimAt(store, start + 50, 'meta', 2)
      expect(claim.deliveries.map(({ eventId }) => eventId)).toEqual([`at-${start + 10}`, `at-${start + 20}`])
      expect(claim.nextDueAt).toBe(start + 30)
      expect((await claimAt(store, start + 50, 'meta', 2)).deliveries).toHaveLength(1)
    })
    test('an instance sees its own deliveries only, and nothing waits in an empty one', async () => {
      const store = await fresh()
      await store.append([aCopy({ deliveries: to('reddit') })])
      expect((await claimAt(store, due, 'meta')).nextDueAt).toBeUndefined()
      expect((await claimAt(store, due, 'reddit')).deliveries).toHaveLength(1)
    })
    test('renewing moves the end of a lease, but not after it', async () => {
      const store = await fresh()
      await store.append([aCopy()])
      const { token } = await store.claim('meta', 10, 1000, due)
      expect(await store.renew(token, 1000, due + 900)).toBe(true)
      expect(await store.stillMine(token, due + 1899)).toBe(true)
      expect(await store.stillMine(token, due + 1900)).toBe(false)
      expect(await store.renew(token, 1000, due + 1900)).toBe(false)
      expect(await store.renew('no such token', 1000, due)).toBe(false)
    })
    test('a stale token changes nothing and is counted', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const one = await store.claim('meta', 10, 1000, due)
      await store.claim('meta', 10, 1000, due + 1000)
      expect(await store.settle(one.token, [delivered(one.deliveries[0]!.delivery)], due + 1000)).toBe(false)
      expect(await stateOf(store, 'e')).toBe('pending')
      expect(await store.counts()).toMatchObject({ staleSettlements: 1 })
    })
    test('an answer that comes after the lease counts while nobody else took the delivery', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const { token, deliveries } = await store.claim('meta', 10, 1000, due)
      expect(await store.settle(token, [delivered(deliveries[0]!.delivery)], due + 5000)).toBe(true)
      expect(await stateOf(store, 'e')).toBe('delivered')
    })
    test('half of a claim can be settled while the other half is still worked on', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e1' }), aCopy({ eventId: 'e2' })])
      const { token, deliveries } = await claimAt(store, due)
      expect(await store.settle(token, [delivered(deliveries[0]!.delivery)], due)).toBe(true)
      expect(await store.settle(token, [delivered(deliveries[0]!.delivery)], due)).toBe(false)
      expect(await store.stillMine(token, due)).toBe(true)
      expect(await store.settle(token, [delivered(deliveries[1]!.delivery)], due)).toBe(true)
      expect(await store.stillMine(token, due)).toBe(false)
    })
  })

  describe('reservations', () => {
    const claimTwo = async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e1' }), aCopy({ eventId: 'e2' })])
      const { token, deliveries } = await claimAt(store, due)
      return { store, token, one: deliveries[0]!.delivery, two: deliveries[1]!.delivery }
    }
    test('a key another delivery holds is refused, with nothing marked for it', async () => {
      const { store, token, one, two } = await claimTwo()
      const wanted = [
        { delivery: one, keys: ['id 1', 'order 1'] },
        { delivery: two, keys: ['id 2', 'order 1'] },
      ]
      expect(await store.reserve(token, wanted, due)).toEqual([two])
      expect(await store.reserve(token, [{ delivery: one, keys: ['id 2'] }], due)).toEqual([])
      const again = await claimAt(store, due + 30_000)
      expect(again.deliveries.map(({ inFlight }) => inFlight)).toEqual([true, false])
    })
    test('a key stays taken after its delivery went, for thirty days', async () => {
      const { store, token, one, two } = await claimTwo()
      await store.reserve(token, [{ delivery: one, keys: ['k'] }], due)
      await store.settle(token, [delivered(one)], due)
      expect(await store.reserve(token, [{ delivery: two, keys: ['k'] }], due)).toEqual([two])
      const later = due + rememberKeysMs - 1
      const second = await claimAt(store, later)
      expect(await store.reserve(second.token, [{ delivery: two, keys: ['k'] }], later)).toEqual([two])
      expect(await store.reserve(second.token, [{ delivery: two, keys: ['k'] }], later + 1)).toEqual([])
    })
    test('only the holder of a live claim may reserve', async () => {
      const { store, token, one } = await claimTwo()
      expect(await store.reserve('no such token', [{ delivery: one, keys: ['k'] }], due)).toEqual([one])
      expect(await store.reserve(token, [{ delivery: one, keys: ['k'] }], due + 30_000)).toEqual([one])
    })
    test('reserved again after a lease ended without an answer: in flight, and one counted resend', async () => {
      const { store, token, one } = await claimTwo()
      await store.reserve(token, [{ delivery: one, keys: ['k'] }], due)
      await store.reserve(token, [{ delivery: one, keys: ['k'] }], due) // a half of a split batch
      expect(await store.counts()).toMatchObject({ ambiguousResends: 0 })
      const later = due + 30_000
      const second = await claimAt(store, later)
      expect(second.deliveries[0]).toMatchObject({ delivery: one, inFlight: true })
      expect(await store.reserve(second.token, [{ delivery: one, keys: ['k'] }], later)).toEqual([])
      expect(await store.counts()).toMatchObject({ ambiguousResends: 1 })
      await store.settle(second.token, [delivered(one)], later)
      expect((await rowOf(store, 'e1')).deliveries).toMatchObject([{ state: 'delivered', ambiguous: 1, attempts: 1 }])
    })
    test.each<[string, Partial<Settlement>, boolean]>([
      ['an answer clears the mark', { attempted: true }, false],
      ['a lost answer keeps it', { attempted: true, ambiguous: true }, true],
      ['nothing written takes it back', { attempted: false }, false],
    ])('retry: %s', async (_sentence, changes, inFlight) => {
      const { store, token, one } = await claimTwo()
      await store.reserve(token, [{ delivery: one, keys: ['k'] }], due)
      const retry = { delivery: one, state: 'retry', at: due + 1, why: 'x', ...changes } as Settlement
      await store.settle(token, [retry], due)
      expect((await claimAt(store, due + 1)).deliveries).toMatchObject([{ delivery: one, inFlight }])
    })
    test('a counted resend that was not written after all is taken back', async () => {
      const { store, token, one } = await claimTwo()
      await store.reserve(token, [{ delivery: one, keys: ['k'] }], due)
      await store.settle(
        token,
        [{ delivery: one, attempted: true, state: 'retry', at: due, why: 'x', ambiguous: true }],
        due,
      )
      const second = await claimAt(store, due)
      await store.reserve(second.token, [{ delivery: one, keys: ['k'] }], due)
      await store.settle(second.token, [{ delivery: one, state: 'retry', at: due, why: 'no connection' }], due)
      expect(await store.counts()).toMatchObject({ ambiguousResends: 0 })
      expect((await claimAt(store, due)).deliveries).toMatchObject([{ inFlight: true, attempts: 1 }])
    })
  })
}
