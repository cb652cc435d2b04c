import { describe, expect, test } from 'vitest'
import { type Reason, reasons } from '../../shared/reasons.ts'
import type { Store } from '../../server/store/store.ts'
import {
  aCopy,
  claimAt,
  delivered,
  denied,
  holdMs,
  type Result,
  rowOf,
  settleAll,
  silentTo,
  start,
  stateOf,
  suppressed,
  to,
} from './make.ts'

const due = start + holdMs
/** What later copies and proofs change: suppressed deliveries, consent, pixel states. */
export function consentContract(fresh: () => Promise<Store>): void {
  describe('suppressed deliveries', () => {
    const all = Object.entries(reasons) as [Reason, { reopens: boolean }][]
    test.each(all)('%s: a new copy reopens it only if it may bring what was missing', async (reason, { reopens }) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, suppressed(reason))
      const isConsent = reason === 'consent_denied' || reason === 'consent_unknown'
      const result = await store.append([aCopy({ eventId: 'e', kind: 'backend', receivedAt: due + 50 })])
      expect(result).toEqual([reopens || isConsent ? 'joined' : 'late'])
      const claim = await claimAt(store, due + 50)
      expect(claim.deliveries.map(({ copies }) => copies.filter(({ event }) => event).length)).toEqual(
        reopens ? [2] : isConsent ? [1] : [],
      )
    })
    test('a copy that does not name the instance reopens it too', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      await settleAll(store, suppressed('missing_value'))
      await store.append([aCopy({ eventId: 'e', deliveries: [] })])
      expect(await stateOf(store, 'e')).toBe('pending')
    })
    test('born without consent, allowed later: pending', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })])
      expect(await stateOf(store, 'e')).toBe('suppressed consent_denied')
      expect(await store.append([aCopy({ eventId: 'e' })])).toEqual(['joined'])
      expect(await stateOf(store, 'e')).toBe('pending')
    })
    test('a later copy that is silent about consent leaves a no as it is, in either order', async () => {
      const store = await fresh()
      const no = { event: undefined, deliveries: denied('meta') }
      const silent = { kind: 'backend', deliveries: silentTo('meta') } as const
      await store.append([aCopy({ eventId: 'a', ...no }), aCopy({ eventId: 'a', ...silent })])
      await store.append([aCopy({ eventId: 'b', ...silent }), aCopy({ eventId: 'b', ...no })])
      expect([await stateOf(store, 'a'), await stateOf(store, 'b')]).toEqual(
        Array.from({ length: 2 }, () => 'suppressed consent_denied'),
      )
    })
    test('a later denial ends what was not sent, and the bodies go', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', deliveries: to('meta', 'reddit') })])
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })])
      expect(await stateOf(store, 'e', 'meta')).toBe('suppressed consent_denied')
      expect(await stateOf(store, 'e', 'reddit')).toBe('pending')
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('reddit') })])
      await store.append([aCopy({ eventId: 'e', kind: 'backend' })])
      const [claimed] = (await claimAt(store, due)).deliveries
      expect(claimed?.copies.map(({ event }) => event !== undefined)).toEqual([false, false, false, true])
    })
    test('a resend of the earlier yes does not undo the no; a resend of the earlier no does not undo the yes', async () => {
      const store = await fresh()
      const yes = aCopy({ eventId: 'e' })
      const no = aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })
      await store.append([yes, no, yes])
      expect(await stateOf(store, 'e')).toBe('suppressed consent_denied')
      await store.append([aCopy({ eventId: 'e' }), no])
      expect(await stateOf(store, 'e')).toBe('pending')
    })
    test('a denial takes a claimed delivery away before it is reserved', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const { token, deliveries } = await claimAt(store, due)
      const delivery = deliveries[0]!.delivery
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })])
      expect(await store.reserve(token, [{ delivery, keys: ['k'] }], due)).toEqual([delivery])
      expect(await store.settle(token, [delivered(delivery)], due)).toBe(false)
      expect(await stateOf(store, 'e')).toBe('suppressed consent_denied')
    })
    test.each<[string, Result, string]>([
      ['its answer is kept', { attempted: true, state: 'delivered' }, 'delivered'],
      [
        'there is no second request',
        { attempted: true, state: 'retry', at: due, why: 'x' },
        'suppressed consent_denied',
      ],
    ])('a denial while a request is under way: %s', async (_sentence, result, state) => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const { token, deliveries } = await claimAt(store, due)
      const delivery = deliveries[0]!.delivery
      await store.reserve(token, [{ delivery, keys: ['k'] }], due)
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })])
      expect(await stateOf(store, 'e')).toBe('pending')
      expect(await store.settle(token, [{ ...result, delivery }], due)).toBe(true)
      expect(await stateOf(store, 'e')).toBe(state)
    })
    test('a denial while a request is under way whose worker dies: never sent again', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e' })])
      const { token, deliveries } = await claimAt(store, due)
      await store.reserve(token, [{ delivery: deliveries[0]!.delivery, keys: ['k'] }], due)
      await store.append([aCopy({ eventId: 'e', event: undefined, deliveries: denied('meta') })])
      expect((await claimAt(store, due + 30_000)).deliveries).toEqual([])
      expect(await stateOf(store, 'e')).toBe('suppressed consent_denied')
    })
  })

  describe('fired', () => {
    test('the strongest word wins, whatever comes last', async () => {
      const store = await fresh()
      await store.append([aCopy({ eventId: 'e', fired: { meta: 'called', reddit: 'absent' } })])
      await store.prove('shop', 'purchase', 'e', { meta: 'requested', snapchat: 'blocked' }, start)
      await store.prove('shop', 'purchase', 'e', { meta: 'held' }, start)
      const fired = { meta: 'requested', reddit: 'absent', snapchat: 'blocked' }
      expect((await rowOf(store, 'e')).fired).toEqual(fired)
      expect((await claimAt(store, due)).deliveries[0]?.fired).toEqual(fired)
    })
    test('a proof of an event nobody knows is not taken', async () => {
      const store = await fresh()
      expect(await store.prove('shop', 'purchase', 'nobody', { meta: 'sent' }, start)).toBe(false)
    })
  })
}
