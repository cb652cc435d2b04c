import { describe, expect, test } from 'vitest'
import { dayMs, hourMs } from '../../shared/limits.ts'
import type { Ending, Reservation, Settlement, Store } from '../../server/store/store.ts'
import { aCopy, claimAt, delivered, denied, holdMs, rowOf, settleAll, start, stateOf, suppressed, to } from './make.ts'

const due = start + holdMs

export const dead =
  (change: Partial<Settlement> = {}) =>
  (delivery: number): Settlement =>
    ({ delivery, attempted: true, state: 'dead', reason: 'rejected_by_platform', why: 'w', ...change }) as Settlement

const endingsOf = async (store: Store) => {
  const found: Ending[] = []
  for await (const portion of store.endings()) found.push(...portion)
  return found
}

const numbersOf = async (store: Store, filter = {}) =>
  (await store.ended(filter, 10)).map(({ eventId, instance }) => `${eventId} ${instance}`)

/** Trying again by hand, reservations given back, proofs that come first, consent taken back, and the engine's notes. */
export function replayContract(fresh: () => Promise<Store>): void {
  describe('trying again', () => {
    test('dead and expired deliveries are found with their copies, the rest is not', async () => {
      const store = await fresh()
      for (const [eventId, result] of [
        ['dead', dead()],
        ['expired', (delivery: number) => ({ delivery, state: 'expired', reason: 'window_passed', why: 'w' }) as const],
        ['gone', suppressed('not_mapped')],
        ['lacks', suppressed('no_match_key')],
        ['went', (delivery: number) => ({ delivery, attempted: true, state: 'delivered' }) as const],
      ] as const) {
        await store.append([aCopy({ eventId })])
        await settleAll(store, result)
      }
      await store.append([aCopy({ eventId: 'waits' })])
      expect(await numbersOf(store)).toEqual(['dead meta', 'expired meta'])
      expect(await numbersOf(store, { state: 'suppressed' })).toEqual(['lacks meta'])
      const [found] = await store.ended({ reason: 'rejected_by_platform' }, 10)
      expect(found).toMatchObject({ eventId: 'dead', state: 'dead', why: 'w', settledAt: due, attempts: 1 })
      expect(found?.copies[0]?.event?.event_id).toBe('dead')
    })

    test.each<[string, object, string[]]>([
      ['an instance', { instance: 'reddit' }, ['b reddit']],
      ['an event ID', { eventId: 'a' }, ['a meta']],
      ['a reason', { reason: 'rejected_by_platform' }, ['a meta', 'b reddit']],
      ['another reason', { reason: 'window_passed' }, []],
      ['a state', { state: 'expired' }, []],
      ['since', { since: due + 1 }, ['b reddit']],
      ['until', { until: due }, ['a meta']],
    ])('%s narrows it down', async (_what, filter, expected) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'a' }), aCopy({ eventId: 'b', deliveries: to('reddit') })])
      await settleAll(store, dead())
      await settleAll(store, dead(), due + 1, 'reddit')
      expect(await numbersOf(store, filter)).toEqual(expected)
    })

    test('goes page by page', async () => {
      const store = await fresh()
      await store.append(['a', 'b', 'c'].map((eventId) => aCopy({ eventId })))
      await settleAll(store, dead())
      const page = await store.ended({}, 2)
      const rest = await store.ended({}, 2, page.at(-1)!.delivery)
      expect([...page, ...rest].map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c'])
    })

    test('sets it going once, at once, with its body; sums follow; it can end again', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, dead())
      const later = due + hourMs
      const [{ delivery } = { delivery: 0 }] = await store.ended({}, 10)
      expect(await store.replay([delivery], { forced: true }, later)).toBe(1)
      expect(await store.replay([delivery], { forced: true }, later)).toBe(0)
      expect((await store.counts()).deliveries.meta).toMatchObject({ pending: 1, dead: 0 })
      const { deliveries } = await claimAt(store, later)
      expect(deliveries).toMatchObject([{ delivery, replayed: { at: later, forced: true }, attempts: 1 }])
      expect(deliveries[0]?.copies[0]?.event).toBeDefined()
      await settleAll(store, dead(), later + hourMs)
      expect(await stateOf(store, 'e')).toBe('dead rejected_by_platform')
      expect(await numbersOf(store)).toEqual(['e meta'])
    })

    test('ends seven days after it ended; the body goes', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, dead())
      const [{ delivery } = { delivery: 0 }] = await store.ended({}, 10)
      await store.tidy(due + 7 * dayMs - 1)
      expect(await numbersOf(store)).toEqual(['e meta'])
      expect(await store.replay([delivery], { forced: false }, due + 7 * dayMs)).toBe(0)
      await store.tidy(due + 7 * dayMs)
      expect(await numbersOf(store)).toEqual([])
    })

    test('all that can be tried again is told without bodies, each once', async () => {
      const store = await fresh()
      const ids = Array.from({ length: 25 }, (_, n) => `e${n}`)
      await store.append(ids.map((eventId, n) => aCopy({ eventId, receivedAt: start + n * hourMs })))
      // Ten at a time.
      for (const result of [dead(), delivered, dead()]) await settleAll(store, result, due + 30 * hourMs)
      const found = await endingsOf(store)
      const numbers = found.map(({ delivery }) => delivery)
      expect(found).toHaveLength(15)
      expect(new Set(numbers).size).toBe(15)
      const all = await store.ended({}, 100)
      expect(numbers.sort((a, b) => a - b)).toEqual(all.map(({ delivery }) => delivery).sort((a, b) => a - b))
      expect(found.find(({ eventId }) => eventId === all[0]?.eventId)).toEqual({
        ...{ delivery: all[0]?.delivery, instance: 'meta', site: 'shop', name: 'purchase', eventId: all[0]?.eventId },
        ...{ state: 'dead', reason: 'rejected_by_platform', why: 'w', settledAt: due + 30 * hourMs },
      })
    })

    test('what was discarded says so, keeps its state, is gone from what can be tried, and leaves no body', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'a' }), aCopy({ eventId: 'b' })])
      await settleAll(store, dead())
      const [a, b] = await store.ended({}, 10)
      const before = await store.counts()
      expect((await rowOf(store, 'a')).deliveries[0]?.reopenUntil).toBe(due + 7 * dayMs)
      expect(await store.discard([a!.delivery], 'A test order.', due + 1)).toBe(1)
      expect((await rowOf(store, 'a')).deliveries[0]?.reopenUntil).toBeUndefined()
      expect(await store.discard([a!.delivery], 'Again.', due + 2)).toBe(0)
      expect((await rowOf(store, 'a')).deliveries[0]).toMatchObject({
        ...{ state: 'dead', reason: 'discarded', why: 'A test order. It had ended so: w', settledAt: due },
      })
      expect(await store.counts()).toEqual(before)
      expect((await endingsOf(store)).map(({ eventId }) => eventId)).toEqual(['b'])
      expect(await numbersOf(store)).toEqual(['b meta'])
      expect(await store.replay([a!.delivery], { forced: true }, due + 3)).toBe(0)
      expect(await stateOf(store, 'a')).toBe('dead discarded')
      // A later copy finds nothing that it could open again, and its own body is not kept.
      expect(await store.append([aCopy({ eventId: 'a', kind: 'backend', digest: 'other' })])).toEqual(['late'])
      expect(await store.replay([b!.delivery], { forced: true }, due + 3)).toBe(1)
    })

    test('the body stays for another delivery of the event; what waits or went cannot be discarded', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', deliveries: to('meta', 'reddit', 'snapchat') })])
      await settleAll(store, dead())
      await settleAll(store, delivered, due, 'snapchat')
      const [ended] = await store.ended({}, 10)
      const others = [1, 2].map((n) => ended!.delivery + n)
      expect(await store.discard([ended!.delivery, ...others], 'why', due)).toBe(1)
      const { deliveries } = await claimAt(store, due, 'reddit')
      expect(deliveries[0]?.copies[0]?.event?.event_id).toBe('e')
    })

    test('a visitor’s no ends it too', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, dead())
      await store.append([aCopy({ eventId: 'e', deliveries: denied('meta'), event: undefined })])
      expect(await numbersOf(store)).toEqual([])
      expect(await stateOf(store, 'e')).toBe('dead rejected_by_platform')
    })
  })

  describe('the reservations of what was refused', () => {
    const keys = ['meta Purchase', 'meta order 5']
    /** A delivery of its own that asks for the keys: may it be sent? */
    const mayReserve = async (store: Store, eventId: string) => {
      await store.append([aCopy({ eventId })])
      const { token, deliveries } = await claimAt(store, due)
      const wanted: Reservation[] = deliveries.map(({ delivery }) => ({ delivery, keys }))
      const refused = await store.reserve(token, wanted, due)
      return { token, delivery: deliveries[0]!.delivery, isFree: refused.length === 0 }
    }
    test.each<[string, (delivery: number) => Settlement, boolean]>([
      ['are given back where the platform surely has nothing', dead({ release: keys }), true],
      ['stay where nobody says so', dead(), false],
      ['stay with what was delivered', (delivery) => ({ delivery, attempted: true, state: 'delivered' }), false],
    ])('%s', async (_what, result, isFree) => {
      const store = await fresh()
      const first = await mayReserve(store, 'first')
      expect(first.isFree).toBe(true)
      await store.settle(first.token, [result(first.delivery)], due)
      expect((await mayReserve(store, 'second')).isFree).toBe(isFree)
    })
    test('stay where an answer to an earlier request was lost: it may be there', async () => {
      const store = await fresh()
      const first = await mayReserve(store, 'first')
      const lost = { delivery: first.delivery, attempted: true, state: 'retry', at: due, why: 'w', ambiguous: true }
      await store.settle(first.token, [lost as Settlement], due)
      const { token } = await claimAt(store, due)
      await store.reserve(token, [{ delivery: first.delivery, keys }], due)
      await store.settle(token, [dead({ release: keys })(first.delivery)], due)
      expect((await mayReserve(store, 'second')).isFree).toBe(false)
    })
    test('of another delivery are nobody’s to give back', async () => {
      const store = await fresh()
      const first = await mayReserve(store, 'first')
      await store.settle(first.token, [{ delivery: first.delivery, attempted: true, state: 'delivered' }], due)
      const second = await mayReserve(store, 'second')
      await store.settle(second.token, [dead({ release: keys })(second.delivery)], due)
      expect((await mayReserve(store, 'third')).isFree).toBe(false)
    })
  })

  describe('a proof that overtakes its event', () => {
    test('joins it when it comes, with what the event itself says', async () => {
      const store = await fresh()
      expect(await store.prove('shop', 'purchase', 'e', { meta: 'requested' }, start)).toBe(false)
      expect(await store.prove('shop', 'purchase', 'e', { reddit: 'blocked', meta: 'called' }, start)).toBe(false)
      await store.append([aCopy({ eventId: 'e', fired: { meta: 'called', snapchat: 'called' } })])
      expect((await rowOf(store, 'e')).fired).toEqual({ meta: 'requested', reddit: 'blocked', snapchat: 'called' })
    })
    test('finds the order’s owner, under whose ID its own copy joins', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'owner', orderId: '5' })])
      await store.prove('shop', 'purchase', 'alias', { meta: 'requested' }, start)
      await store.append([aCopy({ eventId: 'alias', orderId: '5' })])
      expect((await rowOf(store, 'owner')).fired).toEqual({ meta: 'requested' })
    })
    test.each<[string, [string, string, string]]>([
      ['site', ['other', 'purchase', 'e']],
      ['name', ['shop', 'sign_up', 'e']],
      ['ID', ['shop', 'purchase', 'f']],
    ])('of another %s is another’s', async (_what, [site, name, id]) => {
      const store = await fresh()
      await store.prove(site, name, id, { meta: 'requested' }, start)
      await store.append([aCopy({ eventId: 'e' })])
      expect((await rowOf(store, 'e')).fired).toEqual({})
    })
    test('waits two days, and is then forgotten', async () => {
      const store = await fresh()
      await store.prove('shop', 'purchase', 'early', { meta: 'requested' }, start)
      await store.prove('shop', 'purchase', 'late', { meta: 'requested' }, start + 1)
      await store.tidy(start + 2 * dayMs)
      await store.append([aCopy({ eventId: 'early' }), aCopy({ eventId: 'late' })])
      expect((await rowOf(store, 'early')).fired).toEqual({})
      expect((await rowOf(store, 'late')).fired).toEqual({ meta: 'requested' })
    })
    test('of many that never meet their event the newest 10,000 are kept', async () => {
      const store = await fresh()
      const prove = (n: number) => store.prove('shop', 'purchase', `p${n}`, { meta: 'requested' }, start + n)
      // In portions: a store that others answer for gives up on what takes seconds, as ten thousand at once may.
      for (let at = 0; at < 10_050; at += 150) await Promise.all(Array.from({ length: 150 }, (_, n) => prove(at + n)))
      await store.tidy(start)
      await store.append(['p0', 'p49', 'p50', 'p10049'].map((eventId) => aCopy({ eventId })))
      const known = await Promise.all(
        ['p0', 'p49', 'p50', 'p10049'].map(async (eventId) => (await rowOf(store, eventId)).fired.meta),
      )
      expect(known).toEqual([undefined, undefined, 'requested', 'requested'])
    })
  })

  describe('a visitor who takes consent back', () => {
    const visitor = 'visitor-1'
    test('takes it back for what waits, at every instance, and for nobody else', async () => {
      const store = await fresh()
      await store.append([
        aCopy({ eventId: 'a', visitor, deliveries: to('meta', 'reddit') }),
        aCopy({ eventId: 'b', visitor: 'visitor-2' }),
        aCopy({ eventId: 'c' }),
        aCopy({ eventId: 'd', visitor, site: 'other' }),
      ])
      expect(await store.revoke('shop', visitor, start + 1)).toBe(2)
      expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => stateOf(store, id)))).toEqual([
        'suppressed consent_denied',
        'pending',
        'pending',
        'pending',
      ])
      expect(await stateOf(store, 'a', 'reddit')).toBe('suppressed consent_denied')
      expect((await claimAt(store, due)).deliveries.map(({ eventId }) => eventId)).toEqual(['b', 'c', 'd'])
      expect(await store.revoke('shop', visitor, start + 2)).toBe(0)
    })
    test('leaves what was sent as it was, and lets nobody try again what failed', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'sent', visitor })])
      await settleAll(store, (delivery) => ({ delivery, attempted: true, state: 'delivered' }))
      await store.append([aCopy({ eventId: 'dead', visitor })])
      await settleAll(store, dead())
      expect(await store.revoke('shop', visitor, due)).toBe(0)
      expect([await stateOf(store, 'sent'), await stateOf(store, 'dead')]).toEqual([
        'delivered',
        'dead rejected_by_platform',
      ])
      expect(await numbersOf(store)).toEqual([])
    })
    test('a copy that joined under another ID counts as his', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'owner', orderId: '5', kind: 'backend' })])
      await store.append([aCopy({ eventId: 'page', orderId: '5', visitor })])
      expect(await store.revoke('shop', visitor, start)).toBe(1)
      expect(await stateOf(store, 'owner')).toBe('suppressed consent_denied')
    })
  })

  test('what a wrong clock put off by days falls due with the next tidying, an hour’s hold does not', async () => {
    const store = await fresh()
    const dueAt = (ms: number) => [{ instance: 'meta', dueAt: start + ms, granted: true as const }]
    await store.append([
      aCopy({ eventId: 'hour', deliveries: dueAt(hourMs) }),
      aCopy({ eventId: 'days', deliveries: dueAt(8 * dayMs) }),
    ])
    expect((await claimAt(store, start)).deliveries).toEqual([])
    await store.tidy(start)
    expect((await claimAt(store, start)).deliveries.map(({ eventId }) => eventId)).toEqual(['days'])
  })

  test('notes of the engine are kept, changed and forgotten', async () => {
    const store = await fresh()
    expect(await store.noted('halts meta')).toBeUndefined()
    await store.note('halts meta', 'one')
    await store.note('halts meta', 'two')
    await store.note('secret', 'mine')
    expect([await store.noted('halts meta'), await store.noted('secret')]).toEqual(['two', 'mine'])
    await store.note('halts meta', undefined)
    expect(await store.noted('halts meta')).toBeUndefined()
  })
}
