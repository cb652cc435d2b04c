import { describe, expect, test } from 'vitest'
import type { Store } from '../../server/store/store.ts'
import { dead } from './contract-replay.ts'
import { aCopy, claimAt, holdMs, rowOf, settleAll, start, stateOf } from './make.ts'

const due = start + holdMs

/** Answers that got lost, after which a person decides. */
export function lostContract(fresh: () => Promise<Store>): void {
  describe('what waits for a person because its answer got lost', () => {
    const lost = dead({ reason: 'answer_lost' })
    const resends = async (store: Store) => (await rowOf(store, 'e')).deliveries[0]?.ambiguous
    /** Claims and reserves it again; what the worker is told. */
    const again = async (store: Store, now: number) => {
      const { token, deliveries } = await claimAt(store, now)
      const [{ delivery, inFlight }] = deliveries as [(typeof deliveries)[0]]
      await store.reserve(token, [{ delivery, keys: ['e'] }], now)
      return { token, delivery, inFlight }
    }
    const held = async (store: Store) => {
      await store.append([aCopy({ eventId: 'e' })])
      const { token, delivery } = await again(store, due)
      await store.settle(token, [lost(delivery)], due)
      await store.replay([delivery], { forced: false }, due + 1)
    }
    test('goes once a person says so, and counts as a resend', async () => {
      const store = await fresh()
      await held(store)
      expect(await resends(store)).toBe(0)
      const { token, delivery, inFlight } = await again(store, due + 1)
      expect(inFlight).toBe(false)
      expect(await resends(store)).toBe(1)
      await store.settle(token, [{ delivery, attempted: true, state: 'delivered' }], due + 1)
      expect(await stateOf(store, 'e')).toBe('delivered')
      expect((await store.counts()).ambiguousResends).toBe(1)
    })
    test('whose worker dies before its answer: a person has to say so once more', async () => {
      const store = await fresh()
      await held(store)
      await again(store, due + 1)
      expect((await claimAt(store, due + 30_001)).deliveries).toMatchObject([{ inFlight: true }])
    })
    test('put off before a request was written: the word still counts, the resend does not', async () => {
      const store = await fresh()
      await held(store)
      const { token, delivery } = await again(store, due + 1)
      await store.settle(token, [{ delivery, state: 'retry', at: due + 2, why: 'w' }], due + 1)
      expect(await resends(store)).toBe(0)
      expect((await again(store, due + 2)).inFlight).toBe(false)
      expect(await resends(store)).toBe(1)
    })
  })

  test('expired after an answer that got lost, tried again by hand: a resend all the same', async () => {
    const store = await fresh()
    await store.append([aCopy({ eventId: 'e' })])
    const lost = { attempted: true, state: 'retry', at: due, why: 'w', ambiguous: true } as const
    await settleAll(store, (delivery) => ({ ...lost, delivery }))
    const { token, deliveries } = await claimAt(store, due)
    const [{ delivery }] = deliveries as [(typeof deliveries)[0]]
    await store.settle(token, [{ delivery, state: 'expired', reason: 'window_passed', why: 'w' }], due)
    await store.replay([delivery], { forced: true }, due)
    await settleAll(store, (one) => ({ delivery: one, attempted: true, state: 'delivered' }))
    expect((await rowOf(store, 'e')).deliveries[0]?.ambiguous).toBe(1)
  })
}
