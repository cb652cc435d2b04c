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
/** By how much the clock was set, as the lane is told. */
let parted = 0
const now = () => Date.now() + ahead
let sent: { id: string; value?: number }[][] = []
let logged: unknown[] = []
beforeEach(async () => {
  store = await openStore('memory:')
  ahead = 0
  parted = 0
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
  readonly settings?: Partial<InstanceSettings>
}
function run({ destination, store: change, send = () => answer, settings = {} }: Run = {}): Lane {
  lane = createLane({ ...instance, ...settings }, aDestination(destination), {
    store: { ...store, ...change },
    // Parsed from what `request` wrote.
    send: async ({ body }) => (sent.push(JSON.parse(body) as (typeof sent)[number]), send()),
    clock: { now, due: now, partedMs: () => parted, mended: () => 0 },
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
  expect.poll(async () => (await deliveryOf(id))?.state, { timeout: 60_000 }).toBe(state)

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

  test('a lane that is behind sends more at once, until what waits has an end', async () => {
    await store.append(Array.from({ length: 45 }, (_, n) => copy(`e${n}`)))
    const limits = { batch: { usual: 10, most: 100 }, maxAgeMs: () => 1e12, pairingMs: 1e12 }
    run({ destination: { limits } })
    await expect.poll(() => sent.map((batch) => batch.length), { timeout: 4500 }).toEqual([10, 20, 15])
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
    clock: { now, due: now, partedMs: () => parted, mended: () => 0 },
    random: () => 0,
    log: () => undefined,
  })
  lane.start()
  await untilState('a', 'delivered')
  expect((await deliveryOf('a'))?.explanation?.answer).toEqual({ status: 200, words: 'Malformed access token [token]' })
})

describe('a day of attempts', () => {
  const dayAndMore = 30 * 3_600_000
  const failing: Outcome = { kind: 'retry', why: 'busy' }
  const halting: Outcome = { kind: 'halted', why: 'token', fix: 'new token' }
  /** Answers in turn; time is set ahead where the row says so. Ends when the delivery has ended. */
  async function runThrough(outcomes: readonly (Outcome | number)[]): Promise<unknown> {
    await store.append([copy('a')])
    const rest = [...outcomes]
    const respond: Destination['respond'] = (_answer, batch) => {
      const next = rest.shift() as Outcome
      return batch.map(() => next)
    }
    // Time passes once the answer is written down.
    const settle: Store['settle'] = async (...args) => {
      const counted = await store.settle(...args)
      if (typeof rest[0] === 'number') ahead += rest.shift() as number
      return counted
    }
    const one = run({ store: { settle }, destination: { respond } })
    const waking = setInterval(() => {
      ahead += 20_000 // longer than any pause of these few attempts
      one.nudge(now())
    }, 50)
    await expect.poll(async () => (await deliveryOf('a'))?.state, { timeout: 20_000 }).not.toBe('pending')
    clearInterval(waking)
    const { state, reason } = (await deliveryOf('a'))!
    return [state, reason]
  }
  test.each<[string, readonly (Outcome | number)[], unknown]>([
    ['in which nothing worked is the last', [failing, dayAndMore, accepted], ['expired', 'window_passed']],
    ['in which the lane was halted does not count', [failing, halting, dayAndMore, accepted], ['delivered', undefined]],
    [
      'after the halt counts again',
      [failing, halting, dayAndMore, failing, dayAndMore, accepted],
      ['expired', 'window_passed'],
    ],
  ])('%s', async (_what, outcomes, expected) => expect(await runThrough(outcomes)).toEqual(expected))

  test('a halt is remembered over a restart', async () => {
    await store.append([copy('a')])
    const respond = (outcome: Outcome) => ({ respond: () => [outcome] })
    run({ destination: respond(failing) })
    await expect.poll(async () => (await deliveryOf('a'))?.attempts, { timeout: 20_000 }).toBe(1)
    await lane?.stop()
    ahead += 10_000
    run({ destination: respond(halting) })
    await expect.poll(() => store.noted('halts meta'), { timeout: 20_000 }).toMatch(/"from":\d+\}\]$/)
    await lane?.stop()
    ahead += dayAndMore
    run()
    await untilState('a', 'delivered')
    expect(await store.noted('halts meta')).toMatch(/"to":\d+\}\]$/)
  })
})

test('while the clocks part nothing expires; afterwards it does', async () => {
  await store.append([copy('a', { event: anEvent({ event_id: 'a', order_id: undefined, event_time: 0 }) })])
  parted = 86_400_000
  run({ destination: { limits: { batch: { usual: 10, most: 10 }, maxAgeMs: () => 1000, pairingMs: 1000 } } })
  await expect.poll(async () => (await deliveryOf('a'))?.why, { timeout: 20_000 }).toMatch(/clock/)
  expect(await deliveryOf('a')).toMatchObject({ state: 'pending', attempts: 0 })
  parted = 0
  ahead += 120_000
  lane?.nudge(now())
  await untilState('a', 'expired')
  expect(sent).toEqual([])
})

test('new settings are used from the next request on, and a halted lane tries them at once', async () => {
  await store.append([copy('a')])
  const tokens: string[] = []
  const one = run({
    destination: {
      request: (payloads, { access_token: token }) => {
        tokens.push(token)
        return { method: 'POST', url: 'http://x.example', headers: {}, body: JSON.stringify(payloads) }
      },
      respond: () => [tokens.at(-1) === 'new' ? accepted : { kind: 'halted', why: 'token', fix: 'new token' }],
    },
  })
  await expect.poll(() => one.state.state, { timeout: 20_000 }).toBe('halted')
  one.update({ ...instance, access_token: 'new' })
  await untilState('a', 'delivered')
  expect(one.state.state).toBe('ok')
  expect(sent).toHaveLength(2)
})

test('without a token everything waits, and nothing is asked, reserved or tried; a first one makes the lane go', async () => {
  await store.append([copy('a'), copy('b')])
  let reserved = 0
  const one = run({
    settings: { access_token: '' },
    store: { reserve: (...args) => (reserved++, store.reserve(...args)) },
  })
  const halted = { state: 'halted', why: 'No access token is set.', fix: expect.stringContaining('Set-up') as string }
  expect(one.state).toMatchObject(halted)
  ahead += 30_000
  one.nudge(now())
  await expect.poll(async () => (await deliveryOf('a'))?.why, { timeout: 20_000 }).toBe('No access token is set.')
  expect(await deliveryOf('a')).toMatchObject({ state: 'pending', attempts: 0 })
  expect([sent, reserved, one.state.state]).toEqual([[], 0, 'halted'])
  expect(await store.noted('halts meta')).toMatch(/"from":\d+\}\]$/)

  one.update({ ...instance, access_token: 't' })
  expect(one.state).toEqual({ state: 'ok' })
  await untilState('a', 'delivered')
  await untilState('b', 'delivered')
  expect(await store.noted('halts meta')).toMatch(/"to":\d+\}\]$/)

  // Taken away again: nobody need be asked to know.
  one.update({ ...instance, access_token: '' })
  expect(one.state).toMatchObject(halted)
})

test('without a token an event whose time has passed expires, as behind a refused one', async () => {
  await store.append([
    copy('old', { event: anEvent({ event_id: 'old', order_id: undefined, event_time: 0 }) }),
    copy('new'),
  ])
  run({
    settings: { access_token: ' ' },
    destination: { limits: { batch: { usual: 10, most: 10 }, maxAgeMs: () => 1e11, pairingMs: 1e11 } },
  })
  ahead += 30_000
  lane?.nudge(now())
  await expect.poll(async () => (await deliveryOf('old'))?.state, { timeout: 20_000 }).toBe('expired')
  expect(await deliveryOf('new')).toMatchObject({ state: 'pending', attempts: 0 })
})

test('what was refused gives its reservations back, what nobody could read does not', async () => {
  const releases: unknown[] = []
  const settle: Store['settle'] = (token, results, at) => {
    for (const result of results) if (result.state === 'dead') releases.push(result.release)
    return store.settle(token, results, at)
  }
  await store.append([copy('a')])
  run({ store: { settle }, destination: { respond: () => [{ kind: 'rejected', why: 'bad', fix: '' }] } })
  await untilState('a', 'dead')
  expect(releases).toEqual([['["meta","Purchase","a"]']])
})
