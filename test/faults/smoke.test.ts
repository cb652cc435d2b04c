import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import type { Store } from '../../server/store/store.ts'
import { killMany } from './kill/campaign.ts'
import { points } from './kill/plan.ts'
import { openLab } from './lab.ts'
import { loadRows, runRows } from './main.ts'
import { judge } from './oracle.ts'
import { mergeReport } from './report.ts'

// The quick part of `npm run test:faults`: every crash point a few times, and the rows that need nothing but a process.
const most = 4 * points.length
const seed = 1
/** What a row does many times, it does so often here. */
const few = 1000

test.each([
  ['sqlite', most],
  ['redis', points.length],
] as const)(
  'the store in %s, %i seeded kills: nothing acknowledged is lost, nothing doubled but counted resends',
  { timeout: 600_000 },
  async (store, runs) => {
    const said: string[] = []
    const results = await killMany({
      store,
      seed,
      runs,
      workers: Math.min(3, availableParallelism()),
      say: (line) => said.push(line),
    })
    expect(results.flatMap(({ seed: one, faults }) => faults.map((fault) => `seed ${one}: ${fault}`))).toEqual([])
    expect(results).toHaveLength(runs)
    expect(results.reduce((sum, { acked }) => sum + acked, 0)).toBeGreaterThan(runs)
    // Otherwise the hooks are gone, and the runs prove little.
    for (const point of points)
      expect(
        results.some((one) => one.point === point && one.isReached),
        `${point} was reached`,
      ).toBe(true)
  },
)

const rows = (await loadRows()).filter(({ smoke, number }) => smoke && number !== 1)
test.each(rows.map((row) => [row.number, row.title, row] as const))(
  'row %i: %s',
  { timeout: 300_000 },
  async (_n, _t, row) => {
    const [result] = await runRows([row], { seed, runs: few, say: () => undefined })
    expect(result?.fault).toBeUndefined()
  },
)

test('a report takes the rows that were run, and leaves the others as they stand', () => {
  const page = ['a', '<!-- results -->', '| 2 | two | holds | old | 1 | then |', '<!-- results -->', 'b'].join('\n')
  const results = [
    { number: 10, title: 'ten', seconds: 3, fault: 'a | b' },
    { number: 1, title: 'one', seconds: 2, found: 'new' },
  ]
  const merged = mergeReport(page, results, { seed: 7, commit: 'abc', on: new Date(0) })
  expect(merged.split('\n').filter((line) => /^\| \d|^[ab]$/.test(line))).toEqual([
    'a',
    `| 1 | one | holds | new | 2 | 1970-01-01, abc, seed 7, Node.js ${process.versions.node} |`,
    '| 2 | two | holds | old | 1 | then |',
    `| 10 | ten | **fails**: a \\| b |  | 3 | 1970-01-01, abc, seed 7, Node.js ${process.versions.node} |`,
    'b',
  ])
})

test('rows are numbered once', async () => {
  const numbers = (await loadRows()).map(({ number, store = '' }) => `${number} ${store}`)
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('the oracle sees what is lost, doubled and miscounted', async () => {
  const lab = await openLab()
  const delivery = { instance: 'meta', state: 'delivered', ambiguous: 0 }
  const rowsOf = (...ids: string[]) =>
    ids.map((eventId) => ({
      eventId,
      copies: [],
      deliveries: ['meta', 'reddit', 'snapchat'].map((instance) => ({ ...delivery, instance })),
    }))
  const states = { pending: 0, delivered: 1, dead: 0, suppressed: 0, expired: 0 }
  const store = {
    recent: () => Promise.resolve(rowsOf('there')),
    counts: () =>
      Promise.resolve({ events: 1, deliveries: { meta: states, reddit: states, snapchat: { ...states, dead: 1 } } }),
  } as unknown as Store
  lab.acks.set('there', 1).set('gone', 1)
  const having = (...orders: string[]) => ({ state: () => ({ accepted: orders.map((order) => ({ order })) }) })
  const platforms = {
    simulators: { meta: having('there', 'there'), reddit: having(), snapchat: having('there', 'other') },
  } as unknown as typeof lab.platforms
  const { faults } = await judge({ acks: lab.acks, platforms }, store)
  await lab.close()
  expect(faults).toEqual([
    'gone was acknowledged and is lost',
    'there at meta (delivered, 0 resent) arrived 2 times',
    'there at reddit (delivered, 0 resent) never arrived',
    'snapchat has other, which the store never had',
    'snapchat: 2 deliveries of 1 events',
    'snapchat: the sum says 1 dead, the rows 0',
  ])
})
