import { describe, expect, test } from 'vitest'
import { dayMs, explanationMs, hourMs, rememberKeysMs } from '../../shared/limits.ts'
import type { Reason } from '../../shared/reasons.ts'
import type { Settlement, Store } from '../../server/store/store.ts'
import {
  aCopy,
  claimAt,
  delivered,
  holdMs,
  type Result,
  rowOf,
  settleAll,
  start,
  stateOf,
  suppressed,
  to,
} from './make.ts'

const due = start + holdMs
/** How deliveries end, and what is forgotten when. */
export function settleContract(fresh: () => Promise<Store>): void {
  describe('settlements', () => {
    test.each<[string, Result, object]>([
      [
        'delivered',
        { attempted: true, state: 'delivered', trace: 'trace-1' },
        { state: 'delivered', trace: 'trace-1', attempts: 1, settledAt: due },
      ],
      [
        'dead',
        { attempted: true, state: 'dead', reason: 'rejected_by_platform', why: 'w' },
        { state: 'dead', reason: 'rejected_by_platform', why: 'w', attempts: 1 },
      ],
      [
        'suppressed',
        { state: 'suppressed', reason: 'not_mapped', why: 'w' },
        { state: 'suppressed', reason: 'not_mapped', attempts: 0 },
      ],
      [
        'expired',
        { state: 'expired', reason: 'window_passed', why: 'w' },
        { state: 'expired', reason: 'window_passed', settledAt: due },
      ],
      [
        'retry',
        { attempted: true, state: 'retry', at: due + 7, why: 'w' },
        { state: 'pending', why: 'w', dueAt: due + 7, attempts: 1 },
      ],
    ])('%s rests as it was settled', async (_state, result, row) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, (delivery) => ({ ...result, delivery }))
      expect((await rowOf(store, 'e')).deliveries).toMatchObject([row])
    })
    test('attempts count requests that were written, and the first keeps its time', async () => {
      const store = await fresh()
      await store.append([aCopy()])
      const retry = (attempted: boolean, at: number) => (delivery: number) =>
        ({ delivery, attempted, state: 'retry', at, why: 'w' }) satisfies Settlement
      await settleAll(store, retry(false, due + 1))
      await settleAll(store, retry(true, due + 2), due + 1)
      await settleAll(store, retry(true, due + 3), due + 2)
      expect((await claimAt(store, due + 3)).deliveries).toMatchObject([{ attempts: 2, firstAttemptAt: due + 1 }])
    })
    test('an explanation is shown for seven days', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const explanation = { name: 'Purchase', answer: { status: 200, words: 'ok' } }
      await settleAll(store, (delivery) => ({ ...delivered(delivery), explanation }))
      await store.tidy(due + explanationMs - 1)
      expect((await rowOf(store, 'e')).deliveries[0]?.explanation).toEqual(explanation)
      await store.tidy(due + explanationMs)
      expect((await rowOf(store, 'e')).deliveries[0]?.explanation).toBeUndefined()
    })
    test.each<[string, Reason, boolean]>([
      ['for what it lacks, it is looked at again', 'no_match_key', true],
      ['for want of consent, it is looked at again', 'consent_unknown', true],
      ['for what no copy mends, it ends', 'not_mapped', false],
    ])('suppressed after a look at fewer copies than there are: %s', async (_sentence, reason, isOpen) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', kind: 'backend' })])
      const { token, deliveries } = await claimAt(store, due)
      const [{ delivery, copies } = { delivery: 0, copies: [] }] = deliveries
      // The copy that brings it comes while the worker still looks at what it was given.
      expect(await store.append([aCopy({ eventId: 'e' })])).toEqual(['joined'])
      const result = { ...suppressed(reason)(delivery), copies: copies.length } as Settlement
      expect(await store.settle(token, [result], due)).toBe(true)
      expect(await stateOf(store, 'e')).toBe(isOpen ? 'pending' : `suppressed ${reason}`)
      const again = (await claimAt(store, due)).deliveries
      expect(again.map((one) => one.copies.filter(({ event }) => event).length)).toEqual(isOpen ? [2] : [])
      expect((await store.counts()).deliveries.meta).toMatchObject({ pending: isOpen ? 1 : 0 })
    })
    test('suppressed after a look at all its copies, it ends, whatever was said again meanwhile', async () => {
      const store = await fresh()
      const copy = aCopy({ eventId: 'e' })
      await store.append([copy])
      const { token, deliveries } = await claimAt(store, due)
      await store.append([copy])
      const result = { ...suppressed('no_match_key')(deliveries[0]!.delivery), copies: 1 } as Settlement
      await store.settle(token, [result], due)
      expect(await stateOf(store, 'e')).toBe('suppressed no_match_key')
    })
    test('bodies stay while one delivery of the key is open', async () => {
      const store = await fresh()
      await store.append([aCopy({ deliveries: to('meta', 'reddit') })])
      await settleAll(store, delivered)
      expect((await claimAt(store, due, 'reddit')).deliveries[0]?.copies[0]?.event).toBeDefined()
    })
    test('what lacks something keeps its bodies for 48 hours', async () => {
      for (const [wait, kept] of [
        [48 * hourMs - 1, true],
        [48 * hourMs, false],
      ] as const) {
        const store = await fresh()
        await store.append([aCopy({ eventId: 'e' })])
        await settleAll(store, suppressed('no_match_key'))
        await store.tidy(due + wait)
        await store.append([aCopy({ eventId: 'e', receivedAt: due + wait })])
        const [claimed] = (await claimAt(store, due + wait)).deliveries
        expect(claimed?.copies.map(({ event }) => event !== undefined)).toEqual([kept, true])
        await store.close()
      }
    })
  })

  describe('housekeeping', () => {
    test('an instance that is no longer configured ends its pending deliveries', async () => {
      const store = await fresh()
      await store.append(
        Array.from({ length: 700 }, (_, n) => aCopy({ eventId: `e${n}`, deliveries: to('meta', 'old') })),
      )
      await settleAll(store, delivered, due, 'old')
      expect(await store.removeInstances(['meta'], due)).toBe(690)
      expect(await store.removeInstances(['meta'], due)).toBe(0)
      expect((await store.counts()).deliveries).toMatchObject({
        meta: { pending: 700 },
        old: { pending: 0, suppressed: 690, delivered: 10 },
      })
      expect(await stateOf(store, 'e20', 'old')).toBe('suppressed destination_removed')
    })
    test('keys are forgotten after thirty days, but never one that still has something to send', async () => {
      const store = await fresh()
      const old = aCopy({ eventId: 'old', orderId: '9' })
      await store.append([old, aCopy({ eventId: 'waiting', deliveries: to('reddit') })])
      await settleAll(store, delivered)
      await store.tidy(start + rememberKeysMs - 1)
      expect(await store.append([old])).toEqual(['duplicate'])
      await store.tidy(start + rememberKeysMs)
      expect((await store.recent({ limit: 9 })).map(({ eventId }) => eventId)).toEqual(['waiting'])
      expect(await store.counts()).toMatchObject({ events: 1, copies: 1, deliveries: { reddit: { pending: 1 } } })
      expect(await store.append([old])).toEqual(['stored'])
    })
    test('tidying takes what is many in portions', async () => {
      const store = await fresh()
      await store.append(Array.from({ length: 1200 }, () => aCopy({ deliveries: [] })))
      await store.tidy(start + 31 * dayMs)
      expect(await store.counts()).toMatchObject({ events: 0, copies: 0 })
    })
    test('recent shows the newest first, by site and event ID', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'a' }), aCopy({ eventId: 'b', site: 'other' }), aCopy({ eventId: 'c' })])
      const ids = async (filter: Parameters<Store['recent']>[0]) =>
        (await store.recent(filter)).map((row) => row.eventId)
      expect(await ids({ limit: 9 })).toEqual(['c', 'b', 'a'])
      expect(await ids({ limit: 2 })).toEqual(['c', 'b'])
      expect(await ids({ limit: 9, site: 'shop' })).toEqual(['c', 'a'])
      expect(await ids({ limit: 9, site: 'shop', eventId: 'b' })).toEqual([])
      expect(await ids({ limit: 9, eventId: 'b' })).toEqual(['b'])
    })
    test('a closed store takes nothing more, and closing twice is closing once', async () => {
      const store = await fresh()
      const last = store.append([aCopy()])
      await Promise.all([store.close(), store.close()])
      expect(await last).toEqual(['stored'])
      expect(await store.append([aCopy()])).toEqual(['failed'])
      await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(store.health().writable).toBe(false)
    })
  })
}
