import { describe, expect, test } from 'vitest'
import type { AppendResult, NewCopy, Store } from '../../server/store/store.ts'
import { aCopy, claimAt, delivered, holdMs, rowOf, settleAll, start, stateOf, to } from './make.ts'

const due = start + holdMs
/** What appending means: results, keys and orders, conflicts, the hold. */
export function appendContract(fresh: () => Promise<Store>): void {
  describe('append', () => {
    const first = aCopy({ eventId: 'e', orderId: '1001', facts: { value: 1, order: '1001' } })
    const other = (changes: Partial<NewCopy>) => aCopy({ eventId: 'e', receivedAt: start + 10, ...changes })
    const rows: [string, NewCopy[], AppendResult[]][] = [
      ['a new key is stored', [first], ['stored']],
      ['a resend is a duplicate', [first, first, first], ['stored', 'duplicate', 'duplicate']],
      ['equal but for its times is a duplicate', [first, { ...first, bytesDigest: 'z' }], ['stored', 'duplicate']],
      ['equal but of the other kind joins', [first, { ...first, kind: 'backend' }], ['stored', 'joined']],
      ['new facts join', [first, other({})], ['stored', 'joined']],
      ['another name is another key', [first, other({ name: 'sign_up' })], ['stored', 'stored']],
      ['another site is another key', [first, other({ site: 'b', orderId: '1001' })], ['stored', 'stored']],
      ['an order under another event ID joins', [first, aCopy({ orderId: '1001' })], ['stored', 'joined']],
      ['another order is another key', [first, aCopy({ orderId: '1002' })], ['stored', 'stored']],
      [
        'a copy for no delivery is late',
        [aCopy({ eventId: 'e', deliveries: [] }), other({ deliveries: [] })],
        ['stored', 'late'],
      ],
      [
        'the ninth copy of a key is a duplicate',
        [first, ...Array.from({ length: 8 }, (_, n) => other({ kind: n ? 'browser' : 'backend' }))],
        ['stored', ...Array<AppendResult>(7).fill('joined'), 'duplicate'],
      ],
      [
        'pages that say much leave a place for the back end, and for one copy of it',
        [first, ...Array.from({ length: 7 }, () => other({})), other({ kind: 'backend' }), other({ kind: 'backend' })],
        ['stored', ...Array<AppendResult>(6).fill('joined'), 'duplicate', 'joined', 'duplicate'],
      ],
      [
        'a copy that cannot be kept fails alone',
        [aCopy(), aCopy({ receivedAt: NaN }), aCopy()],
        ['stored', 'failed', 'stored'],
      ],
      [
        'a copy with a delivery that cannot be kept leaves nothing behind',
        [aCopy({ eventId: 'e', deliveries: [...to('meta'), { instance: 'x', dueAt: NaN }] }), other({})],
        ['failed', 'stored'],
      ],
    ]
    test.each(rows)('%s, in one call', async (_sentence, copies, results) => {
      const store = await fresh()
      expect(await store.append(copies)).toEqual(results)
    })
    test.each(rows)('%s, in a call each', async (_sentence, copies, results) => {
      const store = await fresh()
      const got: AppendResult[] = []
      for (const copy of copies) got.push(...(await store.append([copy])))
      expect(got).toEqual(results)
    })
    test.each(rows)('%s, in calls that wait together', async (_sentence, copies, results) => {
      const store = await fresh()
      expect((await Promise.all(copies.map((copy) => store.append([copy])))).flat()).toEqual(results)
    })

    test('a hundred resends at once make one event and one delivery', async () => {
      const store = await fresh()
      const results = await Promise.all(Array.from({ length: 100 }, () => store.append([first])))
      expect(results.flat().filter((result) => result === 'stored')).toHaveLength(1)
      expect(await store.counts()).toMatchObject({ events: 1, copies: 1, duplicates: 99, retransmits: 99 })
      expect((await claimAt(store, due)).deliveries).toHaveLength(1)
    })
    test('an empty call is answered', async () => {
      const store = await fresh()
      expect(await store.append([])).toEqual([])
    })
    test('repeats are counted on the copy they repeat', async () => {
      const store = await fresh()
      await store.append([first, { ...first, bytesDigest: 'z' }, first])
      expect((await rowOf(store, 'e')).copies).toMatchObject([{ duplicates: 2, result: 'stored' }])
    })
    test('after all was sent a new copy is late, and its body is not kept', async () => {
      const store = await fresh()
      await store.append([first])
      await settleAll(store, delivered)
      expect(await store.append([other({})])).toEqual(['late'])
      expect(await stateOf(store, 'e')).toBe('delivered')
      expect(await store.counts()).toMatchObject({ late: 1 })
    })
    test('a copy that adds an instance creates its delivery, even after the rest was sent', async () => {
      const store = await fresh()
      await store.append([first])
      await settleAll(store, delivered)
      expect(await store.append([other({ deliveries: to('meta', 'reddit') })])).toEqual(['joined'])
      expect(await stateOf(store, 'e', 'reddit')).toBe('pending')
      expect(await stateOf(store, 'e', 'meta')).toBe('delivered')
    })
    test('a resend is no reason to create a delivery', async () => {
      const store = await fresh()
      await store.append([first, { ...first, deliveries: to('reddit') }])
      expect(await stateOf(store, 'e', 'reddit')).toBe('none')
    })
    test('special letters in a body come back as they were', async () => {
      const store = await fresh()
      const title = 'Größe "L" \\ \u2028 \u0000 \ud83d\ude00'
      const event = { ...first.event!, title }
      await store.append([{ ...first, event }])
      expect((await claimAt(store, due)).deliveries[0]?.copies[0]?.event).toEqual(event)
    })
  })

  describe('orders', () => {
    const browser = aCopy({ eventId: 'from-page', orderId: '77' })
    const backend = aCopy({ eventId: 'from-shop', orderId: '77', kind: 'backend', receivedAt: start + 5 })
    test('the first key that names an order owns it: its event ID is sent, the other is an alias', async () => {
      const store = await fresh()
      await store.append([browser, backend])
      expect((await claimAt(store, due)).deliveries).toMatchObject([{ eventId: 'from-page', copies: [{}, {}] }])
      expect(await rowOf(store, 'from-shop')).toEqual(await rowOf(store, 'from-page'))
      expect((await rowOf(store, 'from-page')).copies.map(({ alias }) => alias)).toEqual([undefined, 'from-shop'])
    })
    test('a copy or proof under the alias finds the key without naming the order', async () => {
      const store = await fresh()
      await store.append([browser, backend])
      expect(await store.append([aCopy({ eventId: 'from-shop' })])).toEqual(['joined'])
      expect(await store.prove('shop', 'purchase', 'from-shop', { meta: 'requested' }, start)).toBe(true)
      expect(await store.counts()).toMatchObject({ events: 1 })
      expect((await rowOf(store, 'from-page')).fired).toEqual({ meta: 'requested' })
    })
    test('a known key stays where it is when its order belongs to another; both are there, flagged', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'from-shop' }), browser])
      expect(await store.append([backend])).toEqual(['joined'])
      expect(await store.counts()).toMatchObject({ events: 2 })
      expect(await rowOf(store, 'from-shop')).toMatchObject({ conflict: true, copies: [{}, {}] })
    })
    test('a later copy may be the first to name the order', async () => {
      const store = await fresh()
      await store.append([{ ...browser, orderId: undefined }, { ...browser, digest: 'now with order' }, backend])
      expect(await store.counts()).toMatchObject({ events: 1, copies: 3 })
    })
    test('the order number does not come back from what rests', async () => {
      const store = await fresh()
      await store.append([{ ...browser, orderId: 'ORDER-5', facts: { order: 'ORDER-5', value: 1 } }])
      expect(JSON.stringify(await store.recent({ limit: 9 }))).not.toContain('ORDER-5')
    })
  })

  describe('conflict', () => {
    test.each<[string, NewCopy['facts'], NewCopy['facts'], boolean]>([
      ['equal facts agree', { value: 1, currency: 'EUR' }, { value: 1, currency: 'EUR' }, false],
      ['a fact one copy leaves out is no conflict', { value: 1 }, { currency: 'EUR' }, false],
      ['another value', { value: 1 }, { value: 2 }, true],
      ['zero is a value', { value: 0 }, { value: 2 }, true],
      ['another currency', { currency: 'EUR' }, { currency: 'USD' }, true],
      ['another order', { order: '1' }, { order: '2' }, true],
      ['other items', { items: 'a' }, { items: 'b' }, true],
    ])('%s', async (_sentence, one, two, conflict) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', facts: one }), aCopy({ eventId: 'e', facts: two, kind: 'backend' })])
      expect(await rowOf(store, 'e')).toMatchObject({ conflict })
    })
  })

  describe('hold', () => {
    const shop = (changes: Partial<NewCopy> = {}) =>
      aCopy({ eventId: 'e', kind: 'backend', receivedAt: start + 100, ...changes })
    test('nothing is claimed before it is due, and the claim says when that is', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      expect(await claimAt(store, due - 1)).toMatchObject({ deliveries: [], nextDueAt: due })
      expect((await claimAt(store, due)).deliveries).toHaveLength(1)
    })
    test('browser and back-end copy together are due at once', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' }), shop()])
      expect((await claimAt(store, start + 99)).deliveries).toEqual([])
      expect((await claimAt(store, start + 100)).deliveries).toMatchObject([
        { copies: [{ kind: 'browser' }, { kind: 'backend' }], firstAt: start, inFlight: false, attempts: 0 },
      ])
    })
    test('two copies of one kind wait on', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' }), shop({ kind: 'browser' })])
      expect((await claimAt(store, due - 1)).deliveries).toEqual([])
    })
    test('a back-off is no hold: a second kind does not cut it short', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, (delivery) => ({
        delivery,
        attempted: true,
        state: 'retry',
        at: due + 60_000,
        why: '429',
      }))
      expect(await store.append([shop({ receivedAt: due + 5 })])).toEqual(['joined'])
      expect(await claimAt(store, due + 59_999)).toMatchObject({ deliveries: [], nextDueAt: due + 60_000 })
    })
  })
}
