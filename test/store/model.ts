import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import type { DeliveryState, NewCopy, Settlement, Store } from '../../server/store/store.ts'
import { start } from './make.ts'

const ends = ['delivered', 'dead', 'suppressed', 'expired', 'retry', 'lost'] as const
const leaseMs = 1000

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      key: fc.nat(2),
      kind: fc.constantFrom('browser' as const, 'backend' as const),
      says: fc.nat(4),
      instances: fc.subarray(['meta', 'reddit'], { minLength: 1 }),
      isDenied: fc.nat(5).map((n) => n === 0),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      instance: fc.constantFrom('meta', 'reddit'),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      claim: fc.nat(8),
      end: fc.constantFrom(...ends),
      reserve: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 600, 600, 1500) }) },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

const resultOf = (delivery: number, end: Exclude<(typeof ends)[number], 'lost'>, now: number): Settlement =>
  end === 'delivered'
    ? { delivery, attempted: true, state: end }
    : end === 'retry'
      ? { delivery, attempted: true, state: end, at: now + 100, why: 'w' }
      : { delivery, state: end, reason: end === 'suppressed' ? 'no_match_key' : 'too_old', why: 'w' }

/** What must hold whatever the order of things: kept beside the store and compared after each step. */
function createModel(store: Store, run: number) {
  const copies = new Map<string, Set<string>>()
  const deliveries = new Set<string>()
  const held = new Map<number, { token: string; until: number; of: string; isReserved: boolean }>()
  const ended = new Set<number>()
  const claims: { token: string; ids: readonly number[] }[] = []
  const site = `site-${run}`
  let now = start

  const copyOf = ({ key, kind, says, instances, isDenied }: Extract<Step, { do: 'append' }>): NewCopy => ({
    site,
    name: 'purchase',
    eventId: `e${key}`,
    kind,
    origin: 'js',
    receivedAt: now,
    digest: `says ${says}`,
    bytesDigest: `says ${says}`,
    facts: {},
    deliveries: instances.map((instance) => ({
      instance: `${instance} ${run}`,
      dueAt: now + 500,
      ...(isDenied && { suppressed: 'consent_denied' as const }),
    })),
  })

  const rows = () => store.recent({ limit: 9, site })
  /** A resend may raise a count, nothing else. */
  const quiet = (found: Awaited<ReturnType<typeof rows>>) =>
    found.map((row) => ({ ...row, copies: row.copies.map((copy) => ({ ...copy, duplicates: 0 })) }))

  /** A denial takes away what is claimed, unless a request may be under way. */
  const letGo = ({ eventId, deliveries: wanted }: NewCopy) => {
    for (const [delivery, { of, isReserved }] of held)
      if (!isReserved && wanted.some(({ instance }) => of === `${eventId} ${instance}`)) held.delete(delivery)
  }

  const append = async (wanted: Extract<Step, { do: 'append' }>) => {
    const copy = copyOf(wanted)
    const known = copies.get(copy.eventId)
    const told = `${copy.kind} ${copy.digest}`
    const ofOther = [...(known ?? [])].filter((one) => !one.startsWith(copy.kind)).length
    const isFull = (known?.size ?? 0) >= limits.copiesPerKey - (ofOther ? 0 : 1)
    const expected = !known ? ['stored'] : known.has(told) || isFull ? ['duplicate'] : ['joined', 'late']
    if (wanted.isDenied && !known?.has(told)) letGo(copy)
    const [result] = await store.append([copy])
    expect(expected).toContain(result)
    if (result !== 'duplicate') {
      copies.set(copy.eventId, (known ?? new Set()).add(told))
      for (const { instance } of copy.deliveries) deliveries.add(`${copy.eventId} ${instance}`)
    }
    const before = quiet(await rows())
    const again = await store.append(Array.from({ length: wanted.times }, () => copy))
    if (copies.get(copy.eventId)?.has(told)) {
      expect(new Set(again)).toEqual(new Set(['duplicate']))
      expect(quiet(await rows())).toEqual(before)
    }
  }

  const claim = async ({ instance, limit }: Extract<Step, { do: 'claim' }>) => {
    const { token, deliveries: got } = await store.claim(`${instance} ${run}`, limit, leaseMs, now)
    expect(got.length).toBeLessThanOrEqual(limit)
    for (const { delivery, eventId, instance: at } of got) {
      expect(held.get(delivery)?.until ?? 0, 'nobody else holds it').toBeLessThanOrEqual(now)
      expect(ended.has(delivery), 'it was not ended for good').toBe(false)
      held.set(delivery, { token, until: now + leaseMs, of: `${eventId} ${at}`, isReserved: false })
    }
    claims.push({ token, ids: got.map(({ delivery }) => delivery) })
  }

  const settle = async ({ claim: index, end, reserve }: Extract<Step, { do: 'settle' }>) => {
    const claimed = claims.at(-1 - index) // mostly the last ones: older tokens are stale
    if (!claimed) return
    const { token, ids } = claimed
    if (reserve) {
      const refused = await store.reserve(
        token,
        ids.map((delivery) => ({ delivery, keys: [`${run} ${delivery}`] })),
        now,
      )
      for (const id of ids) {
        const hold = held.get(id)
        if (hold?.token === token && !refused.includes(id)) hold.isReserved = true
      }
    }
    if (end === 'lost') return
    const isMine = ids.some((id) => held.get(id)?.token === token)
    const settled = await store.settle(
      token,
      ids.map((id) => resultOf(id, end, now)),
      now,
    )
    if (!isMine && ids.length > 0) expect(settled, 'a stale token').toBe(false)
    for (const id of ids) {
      if (held.get(id)?.token !== token) continue
      held.delete(id)
      // A denial may have taken some of the claim away, so only a claim of one tells for certain what became of it.
      if (settled && ids.length === 1 && (end === 'delivered' || end === 'dead' || end === 'expired')) ended.add(id)
    }
  }

  /** Each delivery is in exactly one state, in the rows and in the sums. */
  const conserved = async () => {
    const found = await rows()
    const inRows = found.flatMap((row) =>
      row.deliveries.map(({ instance, state }) => ({ key: `${row.eventId} ${instance}`, state })),
    )
    expect(inRows.map(({ key }) => key).sort()).toEqual([...deliveries].sort())
    expect(found.map((row) => row.copies.length)).toEqual(found.map((row) => copies.get(row.eventId)?.size))
    const sums = (await store.counts()).deliveries
    for (const instance of [`meta ${run}`, `reddit ${run}`])
      for (const [state, n] of Object.entries(sums[instance] ?? {}) as [DeliveryState, number][])
        expect(inRows.filter((one) => one.key.endsWith(instance) && one.state === state)).toHaveLength(n)
  }

  return async (one: Step): Promise<void> => {
    if (one.do === 'append') await append(one)
    else if (one.do === 'claim') await claim(one)
    else if (one.do === 'settle') await settle(one)
    else now += one.ms
    await conserved()
  }
}

/** Plays random histories on a store that is open all the while. */
export function storeModel(name: string, open: () => Promise<Store>, numRuns: number): void {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  test(`${name}: whatever comes in whatever order, nothing is lost, held twice or counted twice`, async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }), async (steps) => {
        const play = createModel(store, ++runs)
        for (const one of steps) await play(one)
      }),
      { numRuns },
    )
  }, 600_000)
}
