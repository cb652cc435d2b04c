import { describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../shared/event.ts'
import { dayMs } from '../../shared/limits.ts'
import type { Erased, NewCopy, Person, Store } from '../../server/store/store.ts'
import { aCopy, claimAt, delivered, holdMs, rowOf, settleAll, start, stateOf, suppressed, to } from './make.ts'

const due = start + holdMs
const digest = (n: number): string => n.toString(16).padStart(64, '5')
const [jane, joe] = [digest(1), digest(2)]
const person = (...names: string[]): Person => ({ site: 'shop', names })
const janes = person(`email:${jane}`)
const nobody: Erased = { events: 0, cancelled: 0, mayHaveLeft: 0, sentBefore: {}, visitors: 0 }

/** A copy of an event that says who it was. */
function copyOf(eventId: string, changes: Partial<NewCopy> = {}, fields: Partial<StoredEvent> = {}): NewCopy {
  const keys = { meta: { em: [jane] }, reddit: {}, snapchat: {} }
  const event = { event: 'purchase', event_id: eventId, event_time: start, keys, ...fields }
  return aCopy({ eventId, event, ...changes })
}

/** Erasure: what there is goes, what is under way is told, what comes later is kept out. */
export function eraseContract(fresh: () => Promise<Store>): void {
  describe('erasure', () => {
    const keysOf = (keys: object) => ({ keys: { meta: {}, reddit: {}, snapchat: {}, ...keys } }) as Partial<StoredEvent>
    test.each<[string, string, Partial<NewCopy>, Partial<StoredEvent>]>([
      ['an e-mail', `email:${jane}`, {}, {}],
      ['an e-mail that Snapchat alone has', `email:${jane}`, {}, keysOf({ snapchat: { em: [jane] } })],
      ['an e-mail that Reddit alone has', `reddit:${jane}`, {}, keysOf({ reddit: { email_dots: [jane] } })],
      ['a phone number', `phone:${jane}`, {}, keysOf({ meta: { ph: [jane] } })],
      ['a phone number by a calling code', `phone:${jane}`, {}, keysOf({ meta: { 'ph+44': [jane] } })],
      ['an ID of the site’s own', `person:${jane}`, {}, keysOf({ meta: { external_id: [joe, jane] } })],
      ['an order', 'order:55', { orderId: '55' }, keysOf({})],
      ['an order that is no purchase’s', 'order:55', {}, { ...keysOf({}), order_id: '55' }],
      ['an event ID', 'event:e', {}, keysOf({})],
      ['a visitor', 'visitor:v', { visitor: 'v' }, keysOf({})],
    ])('%s leads to the event, which is never sent', async (_what, name, changes, fields) => {
      const store = await fresh()
      await store.append([
        copyOf('e', { deliveries: to('meta', 'reddit'), ...changes }, fields),
        copyOf('other', {}, keysOf({ meta: { em: [joe] } })),
        copyOf('elsewhere', { ...changes, site: 'other' }, fields),
      ])
      expect(await store.erase(person(name), start)).toEqual({ ...nobody, events: 1, cancelled: 2 })
      expect([await stateOf(store, 'e'), await stateOf(store, 'e', 'reddit')]).toEqual([
        'suppressed erased',
        'suppressed erased',
      ])
      expect([await stateOf(store, 'other'), await stateOf(store, 'elsewhere')]).toEqual(['pending', 'pending'])
      expect((await store.counts()).deliveries).toMatchObject({
        meta: { pending: 2, suppressed: 1 },
        reddit: { suppressed: 1 },
      })
      expect((await claimAt(store, due)).deliveries.map(({ eventId }) => eventId)).toEqual(['other', 'elsewhere'])
      // Asked again, there is nothing left to do.
      expect(await store.erase(person(name), due)).toEqual(nobody)
    })

    test('an event known by two IDs is found by each, and by the e-mail of one copy', async () => {
      for (const name of ['event:owner', 'event:alias', `email:${jane}`]) {
        const store = await fresh()
        await store.append([
          copyOf('owner', { orderId: '5' }, keysOf({})),
          copyOf('alias', { orderId: '5', kind: 'backend' }),
        ])
        expect(await store.erase(person(name), start)).toMatchObject({ events: 1, cancelled: 1 })
        expect(await stateOf(store, 'owner')).toBe('suppressed erased')
        await store.close()
      }
    })

    test('nothing of what it said is left, and no replay brings it back', async () => {
      const store = await fresh()
      const facts = { value: 5, currency: 'EUR', order: '55' }
      await store.append([copyOf('dead', { facts }), copyOf('lacks', { facts, deliveries: to('reddit') })])
      await settleAll(store, (delivery) => ({
        ...{ delivery, attempted: true, state: 'dead', reason: 'rejected_by_platform', why: 'w' },
        explanation: { sent: 'much' },
      }))
      await settleAll(store, suppressed('no_match_key'), due, 'reddit')
      expect(await store.erase(janes, due)).toEqual({ ...nobody, events: 2 })
      for (const id of ['dead', 'lacks']) {
        const { copies, deliveries } = await rowOf(store, id)
        expect(copies.map((copy) => copy.facts)).toEqual([{}])
        expect(deliveries.map(({ explanation }) => explanation)).toEqual([undefined])
      }
      expect(await stateOf(store, 'dead')).toBe('dead rejected_by_platform')
      expect(await stateOf(store, 'lacks', 'reddit')).toBe('suppressed erased')
      expect(await store.ended({}, 9)).toEqual([])
      expect(await store.ended({ state: 'suppressed' }, 9)).toEqual([])
    })

    test('what was sent is told by instance, as long as its explanation shows whose it was', async () => {
      const store = await fresh()
      await store.append([copyOf('e', { deliveries: to('meta', 'reddit') }), copyOf('other', {}, keysOf({}))])
      const explanation = { sent: { user_data: { em: [`${jane.slice(0, 8)}… (64 characters)`] } } }
      await settleAll(store, (delivery) => ({ ...delivered(delivery), explanation }))
      await settleAll(store, (delivery) => delivered(delivery), due, 'reddit')
      const { events, sentBefore } = await store.erase(janes, due)
      // The other one's explanation says the same, so it is theirs too.
      expect({ events, sentBefore }).toEqual({ events: 2, sentBefore: { meta: 2, reddit: 1 } })
      expect(await stateOf(store, 'e')).toBe('delivered')
      expect((await rowOf(store, 'e')).deliveries.map((one) => one.explanation)).toEqual([undefined, undefined])
    })

    test('a claimed delivery is taken away before it is reserved', async () => {
      const store = await fresh()
      await store.append([copyOf('e')])
      const { token, deliveries } = await claimAt(store, due)
      const { delivery } = deliveries[0]!
      expect(await store.erase(janes, due)).toEqual({ ...nobody, events: 1, cancelled: 1 })
      expect(await store.reserve(token, [{ delivery, keys: ['k'] }], due)).toEqual([delivery])
      expect(await store.settle(token, [delivered(delivery)], due)).toBe(false)
    })

    test.each([
      ['its answer counts', { attempted: true, state: 'delivered' } as const, 'delivered'],
      ['no further one follows', { attempted: true, state: 'retry', at: due, why: 'w' } as const, 'suppressed erased'],
    ])('a request under way may have left: %s', async (_what, result, state) => {
      const store = await fresh()
      await store.append([copyOf('e')])
      const { token, deliveries } = await claimAt(store, due)
      const { delivery } = deliveries[0]!
      await store.reserve(token, [{ delivery, keys: ['k'] }], due)
      expect(await store.erase(janes, due)).toEqual({ ...nobody, events: 1, mayHaveLeft: 1 })
      await store.settle(token, [{ ...result, delivery, explanation: { sent: 'much' } }], due)
      expect(await stateOf(store, 'e')).toBe(state)
      expect((await rowOf(store, 'e')).deliveries[0]?.explanation).toBeUndefined()
    })

    test('a request under way whose worker dies: never sent again', async () => {
      const store = await fresh()
      await store.append([copyOf('e')])
      const { token, deliveries } = await claimAt(store, due)
      await store.reserve(token, [{ delivery: deliveries[0]!.delivery, keys: ['k'] }], due)
      await store.erase(janes, due)
      expect((await claimAt(store, due + 30_000)).deliveries).toEqual([])
      expect(await stateOf(store, 'e')).toBe('suppressed erased')
    })

    describe('what comes later', () => {
      test('of the person is kept out, with a word that it came', async () => {
        const store = await fresh()
        await store.erase(janes, start)
        const late = copyOf('e', { facts: { value: 5 }, orderId: '5' })
        expect(await store.append([late, copyOf('joes', {}, keysOf({ meta: { em: [joe] } }))])).toEqual([
          'stored',
          'stored',
        ])
        expect(await stateOf(store, 'e')).toBe('suppressed erased')
        expect((await rowOf(store, 'e')).copies[0]?.facts).toEqual({})
        expect(await store.append([late])).toEqual(['duplicate'])
        expect((await claimAt(store, due)).deliveries.map(({ eventId }) => eventId)).toEqual(['joes'])
      })
      test('of an event that was erased is kept out, whatever it says and wherever it shall go', async () => {
        const store = await fresh()
        await store.append([copyOf('e', { orderId: '5' })])
        await store.erase(janes, start)
        await store.append([
          copyOf('e', { deliveries: to('meta', 'snapchat') }, keysOf({})),
          copyOf('alias', { orderId: '5', deliveries: to('reddit') }, keysOf({})),
        ])
        for (const instance of ['meta', 'snapchat', 'reddit'])
          expect(await stateOf(store, 'e', instance)).toBe('suppressed erased')
        for (const instance of ['meta', 'snapchat', 'reddit'])
          expect((await claimAt(store, due, instance)).deliveries).toEqual([])
      })
      test('takes along what the same event’s other copy had left waiting', async () => {
        const store = await fresh()
        await store.erase(janes, start)
        await store.append([copyOf('e', {}, keysOf({}))])
        expect(await stateOf(store, 'e')).toBe('pending')
        await store.append([copyOf('e', { kind: 'backend', deliveries: to('reddit') })])
        expect([await stateOf(store, 'e'), await stateOf(store, 'e', 'reddit')]).toEqual([
          'suppressed erased',
          'suppressed erased',
        ])
      })
      test('is taken again from who was let in again', async () => {
        const store = await fresh()
        await store.erase(janes, start)
        expect(await store.readmit(person(`email:${jane}`, `email:${joe}`))).toBe(1)
        await store.append([copyOf('e')])
        expect(await stateOf(store, 'e')).toBe('pending')
        expect(await store.readmit(janes)).toBe(0)
      })
      test('is kept out a year later too', async () => {
        const store = await fresh()
        await store.erase(janes, start)
        await store.tidy(start + 365 * dayMs)
        await store.append([copyOf('e')])
        expect(await stateOf(store, 'e')).toBe('suppressed erased')
      })
    })

    describe('the click IDs', () => {
      const clicks = { fbclid: { value: 'click', at: start } }
      const seen = (handles: string[], visitor?: string) => ({ site: 'shop', visitor, handles, clicks })
      const lent = async (store: Store, handle: string) =>
        (await store.recall([{ site: 'shop', handles: [handle], before: due }]))[0]?.clicks
      test('of the visitor go, by a name and by the person’s events, and do not come back', async () => {
        const store = await fresh()
        await store.remember([seen([`person:${jane}`, 'event:x'], 'v'), seen(['order:5']), seen(['order:6'])], start)
        await store.append([copyOf('e', {}, { order_id: '5' })])
        const { visitors } = await store.erase(person(`person:${jane}`, `email:${jane}`), start)
        expect(visitors).toBe(2)
        const handles = [`person:${jane}`, 'event:x', 'order:5', 'order:6']
        expect(await Promise.all(handles.map((handle) => lent(store, handle)))).toEqual([
          undefined,
          undefined,
          undefined,
          clicks,
        ])
        await store.remember([seen([`person:${jane}`, 'order:7'])], due)
        expect(await lent(store, 'order:7')).toBeUndefined()
      })
      test('of a visitor who is named go', async () => {
        const store = await fresh()
        await store.remember([seen(['order:5'], 'v'), seen(['order:6'], 'w')], start)
        expect(await store.erase(person('visitor:v'), start)).toEqual({ ...nobody, visitors: 1 })
        expect([await lent(store, 'order:5'), await lent(store, 'order:6')]).toEqual([undefined, clicks])
      })
    })

    test('goes through as much as there is', async () => {
      const store = await fresh()
      const some = Array.from({ length: 1300 }, (_, n) =>
        n % 2 ? copyOf(`e${n}`) : copyOf(`e${n}`, {}, keysOf({ meta: { em: [joe] } })),
      )
      await store.append(some)
      expect(await store.erase(janes, start)).toEqual({ ...nobody, events: 650, cancelled: 650 })
      expect((await store.counts()).deliveries.meta).toMatchObject({ pending: 650, suppressed: 650 })
    })
  })
}
