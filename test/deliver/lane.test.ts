import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLane, type Lane } from '../../server/deliver/lane.ts'
import type { Sent } from '../../server/deliver/send.ts'
import type { Destination, InstanceSettings, Outcome } from '../../server/destinations/destination.ts'
import { destinations } from '../../server/destinations/index.ts'
import { openStore } from '../../server/store/index.ts'
import type { Store } from '../../server/store/store.ts'
import { anEvent, aCopy } from '../make.ts'

const instance: InstanceSettings = { name: 'meta', platform: 'meta', pixel_id: '1', access_token: 't' }
const answer: Sent = { answer: { status: 200, headers: {}, body: '{}' } }
const accepted: Outcome = { kind: 'accepted' }

/** Sends event IDs; what it makes of events and answers is the test's. */
const aDestination = (change: Partial<Destination> = {}): Destination => ({
  ...destinations.meta,
  limits: { batch: { usual: 10, most: 10 }, maxAgeMs: () => 1e12, pairingMs: 1e12 },
  map: (event) => ({ payload: { id: event.event_id, value: event.value }, name: 'Purchase', warnings: [] }),
  request: (payloads) => ({ method: 'POST', url: 'http://x.example', headers: {}, body: JSON.stringify(payloads) }),
  respond: (_response, sent) => sent.map(() => accepted),
  batchSize: () => 10,
  ...change,
})

let store: Store
let lane: Lane | undefined
/** How far the clock was set ahead. */
let ahead = 0
const now = () => Date.now() + ahead
let sent: { id: string; value?: number }[][] = []
let logged: unknown[] = []
beforeEach(async () => {
  store = await openStore('memory:')
  ahead = 0
  sent = []
  logged = []
})
afterEach(async () => {
  await lane?.stop()
  await store.close()
})

interface Run {
  readonly destination?: Partial<Destination>
  readonly store?: Partial<Store>
  readonly send?: () => Promise<Sent> | Sent
}
function run({ destination, store: change, send = () => answer }: Run = {}): Lane {
  lane = createLane(instance, aDestination(destination), {
    store: { ...store, ...change },
    // Parsed from what `request` wrote.
    send: async ({ body }) => (sent.push(JSON.parse(body) as (typeof sent)[number]), send()),
    now,
    random: () => 0,
    log: (entry) => void logged.push(entry),
  })
  lane.start()
  return lane
}
const copy = (id: string, change: Parameters<typeof aCopy>[0] = {}) =>
  aCopy({
    eventId: id,
    orderId: undefined,
    digest: id,
    event: anEvent({ event_id: id, order_id: undefined }),
    ...change,
  })
const deliveryOf = async (id: string) => (await store.recent({ limit: 1, eventId: id }))[0]?.deliveries[0]
const untilState = (id: string, state: string) =>
  expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 4500 }).toBe(state)

describe('a claim', () => {
  test('that ended before it was reserved: the events wait, and go later; none is taken for sent', async () => {
    await store.append([copy('a'), copy('b')])
    let sleeps = 1
    run({
      store: {
        claim: async (...args) => {
          const claim = await store.claim(...args)
          if (claim.deliveries.length && sleeps-- > 0) ahead += 60_000
          return claim
        },
      },
    })
    await untilState('a', 'delivered')
    expect(await deliveryOf('b')).toMatchObject({ state: 'delivered', attempts: 1, ambiguous: 0 })
    expect(sent).toHaveLength(1)
  })

  test('that ended between reserving and sending: sent once, and no resend is counted', async () => {
    await store.append([copy('a')])
    let sleeps = 1
    run({
      store: {
        reserve: async (...args) => {
          const taken = await store.reserve(...args)
          if (sleeps-- > 0) ahead += 60_000
          return taken
        },
      },
    })
    await untilState('a', 'delivered')
    expect(await deliveryOf('a')).toMatchObject({ attempts: 1, ambiguous: 0 })
    expect(sent).toHaveLength(1)
  })

  test('a delivery that falls due while the store is asked is not slept over', async () => {
    let asked = 0
    const one = run({
      store: {
        claim: async (...args) => {
          const claim = await store.claim(...args)
          if (++asked === 1) {
            await store.append([copy('a')])
            one.nudge(now())
          }
          return claim
        },
      },
    })
    await expect.poll(() => sent.length, { timeout: 4000 }).toBe(1)
    expect(asked).toBeLessThan(5)
  })
})

describe('our own faults stay with their event', () => {
  test('a map that throws: the neighbours go, the event waits', async () => {
    await store.append([copy('good-1'), copy('bad'), copy('good-2')])
    const real = aDestination()
    run({
      destination: {
        map: (event, ...rest) => {
          if (event.event_id === 'bad') throw new TypeError('no such thing')
          return real.map(event, ...rest)
        },
      },
    })
    await untilState('good-2', 'delivered')
    await untilState('good-1', 'delivered')
    expect(await deliveryOf('bad')).toMatchObject({ state: 'pending', attempts: 0 })
    expect(sent.map((batch) => batch.map(({ id }) => id))).toEqual([['good-1', 'good-2']])
    expect(logged).toContainEqual({ level: 'error', instance: 'meta', message: 'no such thing' })
  })

  test('an answer table that throws: tried three times, then dead', async () => {
    await store.append([copy('a')])
    run({
      destination: {
        respond: () => {
          throw new TypeError('no such thing')
        },
      },
    })
    await untilState('a', 'dead')
    expect(await deliveryOf('a')).toMatchObject({ reason: 'unreadable_answer', attempts: 3 })
  })

  test('an unreadable answer after other failures is the first of three', async () => {
    await store.append([copy('a')])
    const answers: Outcome[] = [
      { kind: 'retry', why: '503' },
      { kind: 'retry', why: '503' },
      { kind: 'retry', why: 'a page', unreadable: true },
    ]
    run({ destination: { respond: () => [answers.shift() ?? accepted] } })
    await untilState('a', 'delivered')
    expect(await deliveryOf('a')).toMatchObject({ attempts: 4 })
  })
})

test('stopping in the midst of a split: no further request, and what waits was not in flight', async () => {
  await store.append(['a', 'b', 'c', 'd'].map((id) => copy(id)))
  const stopped = new Promise<void>((resolve) => {
    const one = run({
      destination: {
        respond: (_response, all) => all.map(() => ({ kind: 'rejected', why: 'no', fix: '', unsure: true })),
      },
      send: () => {
        void one.stop().then(resolve)
        return answer
      },
    })
  })
  await stopped
  expect(sent).toHaveLength(1)
  const { deliveries } = await store.claim('meta', 10, 30_000, now() + 60_000)
  expect(deliveries.map(({ inFlight, attempts }) => [inFlight, attempts])).toEqual(
    Array.from({ length: 4 }, () => [false, 0]),
  )
})

test('a copy that joins while the request is under way goes along with the repeat; a lost answer counts once', async () => {
  await store.append([copy('a')])
  let requests = 0
  run({
    send: async () => {
      if (++requests > 1) return answer
      const back = anEvent({ event_id: 'a', order_id: undefined, value: 99 })
      await store.append([copy('a', { kind: 'backend', digest: 'other', event: back })])
      return { failed: 'ECONNRESET', written: true }
    },
  })
  await untilState('a', 'delivered')
  expect(sent.map(([one]) => one?.value)).toEqual([10, 99])
  expect(await deliveryOf('a')).toMatchObject({ attempts: 2, ambiguous: 1 })
  expect(await store.counts()).toMatchObject({ ambiguousResends: 1, staleSettlements: 0 })
})

test('what the platform’s words repeat of our token is not kept', async () => {
  await store.append([copy('a')])
  const secret = `EAA/${'x.y'.repeat(20)}`
  lane = createLane({ ...instance, access_token: secret }, aDestination(), {
    store,
    send: () => Promise.resolve({ answer: { status: 200, headers: {}, body: `Malformed access token ${secret}` } }),
    now,
    random: () => 0,
    log: () => undefined,
  })
  lane.start()
  await untilState('a', 'delivered')
  expect((await deliveryOf('a'))?.explanation?.answer).toEqual({ status: 200, words: 'Malformed access token [token]' })
})
