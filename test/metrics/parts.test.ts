import { describe, expect, test } from 'vitest'
import { createCounters, eventLabel } from '../../server/metrics/counters.ts'
import { conservationOf, noDeliveries } from '../../server/metrics/figures.ts'
import { createPairCount, type EndedDelivery } from '../../server/metrics/pairs.ts'
import { Sums } from '../../server/metrics/sums.ts'
import { createWaiting } from '../../server/metrics/waiting.ts'
import { watchStore } from '../../server/metrics/watch-store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { hourMs, minuteMs } from '../../shared/limits.ts'
import { aCopy, claimAt, denied, holdMs, start, to } from '../store/make.ts'

describe('sums', () => {
  test('are kept for each combination of labels, and added up over the rest', () => {
    const sums = new Sums('site', 'kind')
    sums.add(['shop', 'browser'])
    sums.add(['shop', 'browser'], 2)
    sums.add(['blog', 'browser'], 4)
    expect(sums.rows()).toEqual([
      { labels: { site: 'shop', kind: 'browser' }, n: 3 },
      { labels: { site: 'blog', kind: 'browser' }, n: 4 },
    ])
    expect([sums.total(), sums.total({ site: 'shop' }), sums.total({ kind: 'backend' })]).toEqual([7, 3, 0])
  })

  test.each([
    ['purchase', 'purchase'],
    ['constructor', 'custom'],
    ['Purchase', 'custom'], // a copy has its canonical name already
  ])('the label of %s is %s', (name, label) => expect(eventLabel(name)).toBe(label))
})

describe('pair states', () => {
  const open = () => {
    const counted: string[] = []
    return { counted, pairs: createPairCount((instance, state) => void counted.push(`${instance} ${state}`)) }
  }
  const ended = (change: Partial<EndedDelivery> = {}): EndedDelivery => ({
    site: 'shop',
    name: 'purchase',
    eventId: 'e-1',
    instance: 'meta',
    platform: 'meta',
    fired: {},
    state: 'delivered',
    ...change,
  })

  test.each([
    ['requested, delivered', { fired: { meta: 'requested' } }, ['meta paired']],
    ['requested, dead', { fired: { meta: 'requested' }, state: 'dead' }, ['meta pixel-only']],
    ['nothing seen, dead', { state: 'dead' }, ['meta neither']],
    ['called at Snapchat', { instance: 'snap', platform: 'snapchat', fired: { snapchat: 'called' } }, ['snap paired']],
    ['called at Meta', { fired: { meta: 'called' } }, []],
  ] as const)('%s', (_, change, told) => {
    const { counted, pairs } = open()
    pairs.ended(ended(change), start)
    expect(counted).toEqual(told)
  })

  test('without a hit it waits two minutes for the page’s word, then counts once', () => {
    const { counted, pairs } = open()
    pairs.ended(ended(), start)
    pairs.flush(start + 2 * minuteMs - 1)
    expect(counted).toEqual([])
    pairs.flush(start + 2 * minuteMs)
    pairs.flush(start + hourMs)
    pairs.proved('shop', 'purchase', 'e-1', { meta: 'requested' })
    expect(counted).toEqual(['meta capi-only'])
  })

  test('a word on one platform is none on another, nor on another event', () => {
    const { counted, pairs } = open()
    pairs.ended(ended(), start)
    pairs.ended(ended({ instance: 'reddit', platform: 'reddit' }), start)
    pairs.proved('shop', 'purchase', 'e-2', { meta: 'sent' })
    pairs.proved('blog', 'purchase', 'e-1', { meta: 'sent' })
    expect(counted).toEqual([])
    pairs.proved('shop', 'purchase', 'e-1', { meta: 'sent', reddit: 'blocked' })
    expect(counted).toEqual(['meta paired'])
    pairs.flush(start + hourMs)
    expect(counted).toEqual(['meta paired', 'reddit capi-only'])
  })
})

describe('what waits', () => {
  test('counts from the end of its hold until it has ended', () => {
    const waiting = createWaiting()
    waiting.claimed('meta', 1, start, start + minuteMs)
    waiting.claimed('meta', 2, start + minuteMs, start + minuteMs)
    expect(waiting.oldestMs('meta', 2, true, start + 5 * minuteMs)).toBe(5 * minuteMs)
    waiting.ended('meta', 1)
    expect(waiting.oldestMs('meta', 1, true, start + 5 * minuteMs)).toBe(4 * minuteMs)
    expect(waiting.oldestMs('reddit', 9, true, start)).toBeUndefined()
    expect(waiting.oldestMs('meta', 0, true, start)).toBeUndefined() // the store knows of none
    expect(waiting.oldestMs('meta', 3, true, start + hourMs)).toBeUndefined()
  })

  test('is forgotten when a lane that is well did not take it up again, and kept while the lane is not', () => {
    const waiting = createWaiting()
    waiting.claimed('meta', 1, start, start)
    expect(waiting.oldestMs('meta', 1, false, start + 5 * hourMs)).toBe(5 * hourMs)
    expect(waiting.oldestMs('meta', 1, true, start + 5 * hourMs)).toBeUndefined()
  })

  test('in a hold that was cut short has waited for nothing yet', () => {
    const waiting = createWaiting()
    waiting.claimed('meta', 1, start + hourMs, start)
    expect(waiting.oldestMs('meta', 1, true, start)).toBe(0)
  })
})

describe('a watched store', () => {
  const open = async () => {
    const counters = createCounters()
    const store = await openSqliteStore({ path: ':memory:' })
    const watched = watchStore(store, { counters, now: () => start, platformOf: (name) => name, holdMs: () => holdMs })
    return { counters, ...watched }
  }
  const lost = { state: 'dead', reason: 'rejected_by_platform', why: 'No.' } as const

  test('counts what was settled, and nothing of a claim that had ended', async () => {
    const { store, counters } = await open()
    await store.append([aCopy(), aCopy({ deliveries: denied('meta', 'reddit') })])
    const stale = await claimAt(store, start + holdMs)
    const claim = await claimAt(store, start + holdMs + 60_000) // the first lease is over
    const [{ delivery } = { delivery: 0 }] = claim.deliveries
    expect(await store.settle(stale.token, [{ delivery, ...lost }], start)).toBe(false)
    expect(counters.settlements.total({ state: 'dead' })).toBe(0)
    expect(await store.settle(claim.token, [{ delivery, ...lost }], start)).toBe(true)
    expect(counters.settlements.total({ state: 'dead' })).toBe(1)
    await store.close()
  })

  test('counts a settlement once, with reason and attempts', async () => {
    const { store, counters, oldestMs } = await open()
    await store.append([aCopy(), aCopy({ deliveries: denied('meta') }), aCopy({ deliveries: to('reddit') })])
    const claim = await claimAt(store, start + holdMs + minuteMs)
    expect(oldestMs('meta', 1, true, start + holdMs + minuteMs)).toBe(minuteMs)
    const [{ delivery } = { delivery: 0 }] = claim.deliveries
    await store.settle(claim.token, [{ delivery, attempted: true, ...lost }], start)
    expect(counters.settlements.rows().map(({ labels, n }) => [...Object.values(labels), n])).toEqual([
      ['meta', 'suppressed', 'consent_denied', 1],
      ['meta', 'dead', 'rejected_by_platform', 1],
    ])
    expect([counters.attempts.total(), counters.pairs.total({ state: 'neither' })]).toEqual([1, 1])
    expect(counters.copies.total({ event: 'purchase', result: 'stored' })).toBe(3)
    expect(oldestMs('meta', 1, true, start + hourMs)).toBeUndefined()
    await store.close()
  })
})

test('a state outside the five shows as a difference', () => {
  const counts = { events: 0, copies: 0, duplicates: 0, ambiguousResends: 0 }
  const states = { ...noDeliveries, delivered: 2, pending: 1 }
  expect(conservationOf({ ...counts, deliveries: { meta: states } })).toMatchObject({ created: 3, difference: 0 })
  const odd = { ...states, lost: 1 } as typeof states
  expect(conservationOf({ ...counts, deliveries: { meta: odd } })).toMatchObject({ created: 4, difference: 1 })
})
