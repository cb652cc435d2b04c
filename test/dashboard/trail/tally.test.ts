import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pixelStates } from '../../../shared/pixel-state.ts'
import { readEnd } from '../../../server/dashboard/trail/count-names.ts'
import { readKey } from '../../../server/dashboard/trail/series.ts'
import { createTrail } from '../../../server/dashboard/trail/index.ts'
import type { TallyDeps } from '../../../server/dashboard/trail/tally.ts'
import { openStore } from '../../../server/store/index.ts'
import type { Settlement, Store } from '../../../server/store/store.ts'
import { aCopy as copy, anEvent } from '../../make.ts'
import { noon } from '../make-rows.ts'

const minute = 60_000

/** A real store in memory, watched, by a clock the test sets. */
export async function aTrail(start = noon, store?: Store, holdOf: TallyDeps['holdOf'] = () => 3000) {
  let at = start
  const faults: unknown[] = []
  const trail = createTrail({
    now: () => at,
    monotonic: () => at,
    id: 'own',
    platformOf: (instance) => instance.split('-')[0]!,
    holdOf,
    report: (error) => faults.push(error),
  })
  const inner = store ?? (await openStore('memory:'))
  const watched = trail.around(inner)
  await trail.view()
  return { trail, inner, store: watched, faults, now: () => at, pass: (ms: number) => (at += ms) }
}

/** All counts of a name, over all that is kept by one step. */
export const sum = (
  { trail }: Pick<Awaited<ReturnType<typeof aTrail>>, 'trail'>,
  step: 'minute' | 'hour',
  fits: (name: string, key: ReturnType<typeof readKey>) => boolean,
): number =>
  [...trail.tally.series[step].values()]
    .flatMap((bucket) => [...bucket])
    .flatMap(([key, counts]) => Object.entries(counts).map(([name, n]) => ({ name, n, key: readKey(key) })))
    .filter(({ name, key }) => fits(name, key))
    .reduce((total, { n }) => total + n, 0)

const events = ['purchase', 'page_view', 'Custom One'] as const
const instances = ['meta', 'reddit'] as const
const results = ['stored', 'joined', 'duplicate', 'late'] as const

const step = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    event: fc.constantFrom(...events),
    id: fc.integer({ min: 0, max: 4 }).map(String),
    kind: fc.constantFrom('browser' as const, 'backend' as const),
    value: fc.integer({ min: 1, max: 3 }),
    fired: fc.option(fc.constantFrom(...pixelStates), { nil: undefined }),
    suppressed: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('prove' as const),
    event: fc.constantFrom(...events),
    id: fc.integer({ min: 0, max: 4 }).map(String),
    fired: fc.constantFrom(...pixelStates),
  }),
  fc.record({
    do: fc.constant('deliver' as const),
    instance: fc.constantFrom(...instances),
    state: fc.constantFrom('delivered' as const, 'dead' as const, 'expired' as const, 'retry' as const),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3 * minute }) }),
)

test('what came before its long hold was over is held no more', async () => {
  const hour = 60 * minute
  const { store, trail, now } = await aTrail(noon, undefined, (_site, _instance, _event, first) =>
    first?.kind === 'browser' ? hour : 3000,
  )
  const deliveries = [{ instance: 'meta', dueAt: now() + hour }]
  await store.append([copy({ kind: 'browser', receivedAt: now(), deliveries })])
  expect(trail.tally.gauges('meta', now()).held).toBe(1)
  // Both kinds are there, so it falls due at once.
  await store.append([copy({ kind: 'backend', receivedAt: now(), digest: 'b', bytesDigest: 'b', deliveries })])
  expect((await store.claim('meta', 1, 1000, now() + 1)).deliveries).toHaveLength(1)
  expect(trail.tally.gauges('meta', now()).held).toBe(0)
})

test('whatever happens, in whatever order, the sums add up, by minutes and by hours', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = await aTrail()
      const { store, inner, trail, now } = world
      let told = 0
      for (const one of steps) {
        if (one.do === 'wait') world.pass(one.ms)
        if (one.do === 'append') {
          await store.append([
            copy({
              name: one.event,
              eventId: one.id,
              orderId: undefined,
              kind: one.kind,
              receivedAt: now(),
              digest: `${one.kind} ${one.value}`,
              bytesDigest: `${now()}`,
              event: anEvent({ event: one.event, event_id: one.id, value: one.value }),
              facts: { value: one.value },
              ...(one.fired && { fired: { meta: one.fired, reddit: one.fired } }),
              deliveries: instances.map((instance) => ({
                instance,
                dueAt: now() + 3000,
                ...(one.suppressed && { suppressed: 'consent_denied' as const }),
              })),
            }),
          ])
          told++
        }
        if (one.do === 'prove') await store.prove('default', one.event, one.id, { meta: one.fired }, now())
        if (one.do === 'deliver') {
          const { token, deliveries } = await store.claim(one.instance, 2, 1000, now() + 4000)
          const settled = deliveries.map(({ delivery }): Settlement => {
            if (one.state === 'delivered') return { delivery, state: 'delivered', attempted: true }
            if (one.state === 'retry')
              return { delivery, state: 'retry', at: now(), why: 'status 500', attempted: true }
            return { delivery, state: one.state, reason: 'rejected_by_platform', why: 'no', attempted: true }
          })
          if (deliveries.length) await store.settle(token, settled, now())
        }
      }
      expect(world.faults).toEqual([])
      const counts = await inner.counts()
      for (const by of ['minute', 'hour'] as const) {
        expect(sum(world, by, (name) => name === 'received')).toBe(told)
        expect(sum(world, by, (name) => (results as readonly string[]).includes(name))).toBe(told)
        expect(sum(world, by, (name) => name === 'stored')).toBe(counts.events)
        for (const instance of instances) {
          const known = counts.deliveries[instance]
          const ended = (state: string) =>
            sum(world, by, (name, key) => key.instance === instance && readEnd(name)?.state === state)
          for (const state of ['delivered', 'dead', 'expired', 'suppressed'] as const)
            expect([state, ended(state)]).toEqual([state, known?.[state] ?? 0])
        }
      }
      // No count is less than nothing, and no pair state is told twice of one end.
      for (const bucket of trail.tally.series.hour.values())
        for (const row of bucket.values()) for (const n of Object.values(row)) expect(n).toBeGreaterThanOrEqual(0)
      await store.close()
    }),
    { numRuns: 25 },
  )
})
