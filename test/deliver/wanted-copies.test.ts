import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accept } from '../../server/accept.ts'
import { prepare } from '../../server/deliver/prepare.ts'
import { destinations } from '../../server/destinations/index.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { Site } from '../../server/site.ts'
import { openStore } from '../../server/store/index.ts'
import { openRedisStore } from '../../server/store/redis.ts'
import type { EventRow, Store } from '../../server/store/store.ts'
import { startRedis, type RedisServer } from '../store/redis/servers.ts'
import { aFolder } from '../store/folder.ts'
import { start } from '../store/make.ts'
import { aClaimed, aKeptCopy, anEvent } from '../make.ts'

const minute = 60_000
const hour = 60 * minute
const folder = aFolder()
let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const drivers: [string, number, () => Promise<Store>][] = [
  ['memory', 60, () => openStore('memory:')],
  ['sqlite', 60, () => openStore(`sqlite:${path.join(folder, 'store.db')}`, { diskReserveBytes: 0 })],
  ['redis', 60, () => openRedisStore({ url: redis.url, clock: 'caller' })],
]

const siteOf = (site: object, instance: object = {}): Site =>
  checkTree({
    url: 'https://shop.example',
    server_keys: ['0'.repeat(16)],
    destinations: { meta: { pixel_id: '1', access_token: 't', ...instance } },
    ...site,
  }).sites[0]!

type Says = 'granted' | 'denied' | undefined
interface Post {
  readonly kind: 'browser' | 'backend'
  readonly says?: Says
}

let stories = 0

/** One purchase at one destination, by a clock of its own: what is told of it, and what goes out. */
function createStory(store: Store, site: Site) {
  const instance = site.instances[0]!
  const id = `order-${++stories}`
  const begin = start + stories * 60 * hour
  let now = begin
  let told = 0
  /** What had been told of each event when it was sent. */
  const sent: (readonly Post[])[] = []
  const posts: Post[] = []
  const lane = async () => {
    for (;;) {
      const { token, deliveries } = await store.claim('meta', 10, 30_000, now)
      if (!deliveries.length) return
      const [claimed] = deliveries
      const prepared = prepare(claimed!, instance, destinations.meta, now)
      if ('settlement' in prepared) await store.settle(token, [prepared.settlement], now)
      else {
        const { delivery, reservations } = prepared.ready
        const taken = await store.reserve(token, [{ delivery: delivery.delivery, keys: reservations }], now)
        expect(taken).toEqual([])
        sent.push([...posts])
        await store.settle(token, [{ delivery: delivery.delivery, attempted: true, state: 'delivered' }], now)
      }
    }
  }
  return {
    sent,
    posts,
    lane,
    wait: (ms: number) => void (now += ms),
    async post({ kind, says }: Post) {
      const consent = says && { consent: { state: says } }
      const event = {
        ...{ event: 'purchase', event_id: id, order_id: id, event_time: begin, currency: 'USD', value: ++told },
        ...{
          user: { email: 'jane@shop.example' },
          context: { user_agent: 'test' },
          ...consent,
          url: 'https://shop.example/thanks',
        },
      }
      posts.push({ kind, says })
      const [result] = await accept(site, kind, { events: [event], proofs: [] }, { headers: {} } as never, {
        store,
        now: () => now,
        newId: () => 'none',
        readVisitor: () => ({ cookies: {}, optOut: false }),
        nudge: () => undefined,
        log: () => undefined,
      })
      return result?.result
    },
    row: async (): Promise<EventRow['deliveries'][number] | undefined> =>
      (await store.recent({ limit: 1, eventId: id }))[0]?.deliveries[0],
  }
}

const waits = fc.record({ wait: fc.constantFrom(0, 1000, 3000, 11 * minute, 59 * minute, 61 * minute, 5 * hour) })
const lanes = fc.record({ wait: fc.constant(0), lane: fc.constant(true) })
const postsOf = (says: readonly Says[]) =>
  fc.record({ kind: fc.constantFrom('browser' as const, 'backend' as const), says: fc.constantFrom(...says) })
const steps = (says: readonly Says[]) =>
  fc.array(fc.oneof(postsOf(says), waits, lanes), { minLength: 2, maxLength: 7 }) as fc.Arbitrary<
    (Post | { wait: number; lane?: boolean })[]
  >

async function play(store: Store, site: Site, list: (Post | { wait: number; lane?: boolean })[]) {
  const story = createStory(store, site)
  for (const step of list) {
    if ('kind' in step) await story.post(step)
    else if (step.lane) await story.lane()
    else story.wait(step.wait)
  }
  await story.lane()
  story.wait(61 * minute)
  await story.lane()
  return { ...story, end: await story.row() }
}

describe.each(drivers)('%s: copies in every order, any time apart', (_name, runs, open) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())
  const required = siteOf({}, { require_server_copy: true })
  test('with require_server_copy nothing goes before the back end has told, and then it goes once', async () => {
    await fc.assert(
      fc.asyncProperty(steps([undefined]), async (list) => {
        const { sent, posts, end } = await play(store, required, list)
        const isVouched = posts.some(({ kind }) => kind === 'backend')
        expect(sent).toHaveLength(isVouched ? 1 : 0)
        for (const told of sent) expect(told.map(({ kind }) => kind)).toContain('backend')
        if (!isVouched && posts.length)
          expect(end).toMatchObject({ state: 'suppressed', reason: 'server_copy_missing', attempts: 0 })
      }),
      { numRuns: runs },
    )
  }, 120_000)

  const following = siteOf({ consent: 'wait', server_consent: 'follow_browser' })
  test('with follow_browser nothing goes before some copy says yes, none that any copy forbids, all else once', async () => {
    await fc.assert(
      fc.asyncProperty(steps([undefined, 'granted']), async (list) => {
        const { sent, posts, end } = await play(store, following, list)
        const isAllowed = posts.some(({ says }) => says === 'granted')
        expect(sent).toHaveLength(isAllowed ? 1 : 0)
        for (const told of sent) expect(told.map(({ says }) => says)).toContain('granted')
        if (!isAllowed && posts.length) expect(end).toMatchObject({ state: 'suppressed', reason: 'consent_unknown' })
      }),
      { numRuns: runs },
    )
  }, 120_000)
})

describe('require_server_copy', () => {
  const tell = async (site: Site, work: (story: ReturnType<typeof createStory>) => Promise<void>) => {
    const store = await openStore('memory:')
    try {
      await work(createStory(store, site))
    } finally {
      await store.close()
    }
  }
  const required = siteOf({}, { require_server_copy: true })
  test.each<[string, Site, number]>([
    [
      'an hour, where no hold names the event',
      siteOf({ hold: { default: '5s' } }, { require_server_copy: true }),
      hour,
    ],
    [
      'as long as the site says of the event',
      siteOf({ hold: { purchase: '10m' } }, { require_server_copy: true }),
      600_000,
    ],
    [
      'as long as the instance says of it',
      siteOf({}, { require_server_copy: ['Purchase'], hold: { purchase: '2m' } }),
      120_000,
    ],
  ])('a page’s copy waits %s', (_sentence, site, ms) =>
    tell(site, async (story) => {
      await story.post({ kind: 'browser' })
      story.wait(ms - 1)
      await story.lane()
      expect(await story.row()).toMatchObject({ state: 'pending' })
      story.wait(1)
      await story.lane()
      expect(await story.row()).toMatchObject({ state: 'suppressed', reason: 'server_copy_missing' })
      expect((await story.row())?.why).toContain('Only a browser told of this')
    }),
  )
  test('the back end’s copy ends the wait at once, and its own waits no longer than usual', async () => {
    await tell(required, async (story) => {
      await story.post({ kind: 'browser' })
      expect(await story.post({ kind: 'backend' })).toBe('joined')
      await story.lane()
      expect(story.sent).toHaveLength(1)
    })
    await tell(required, async (story) => {
      await story.post({ kind: 'backend' })
      story.wait(3000)
      await story.lane()
      expect(story.sent).toHaveLength(1)
    })
  })
  test('a copy that comes the next day opens it again', () =>
    tell(required, async (story) => {
      await story.post({ kind: 'browser' })
      story.wait(hour)
      await story.lane()
      story.wait(30 * hour)
      await story.post({ kind: 'browser' })
      await story.lane()
      expect(story.sent).toEqual([])
      await story.post({ kind: 'backend' })
      await story.lane()
      expect(story.sent).toHaveLength(1)
      expect(await story.row()).toMatchObject({ state: 'delivered' })
    }))
  test('whoever forges many pages’ copies does not keep the back end out', () =>
    tell(required, async (story) => {
      for (let n = 0; n < 20; n++) await story.post({ kind: 'browser' })
      expect(await story.post({ kind: 'backend' })).toBe('joined')
      await story.lane()
      expect(story.sent).toHaveLength(1)
    }))
  test.each([
    ['Purchase', { meta: 'Purchase' }, 'server_copy_missing'],
    ['the same under the instance’s own name', { main: 'PURCHASE' }, 'server_copy_missing'],
    ['a name of another event', { meta: 'Quiz' }, undefined],
    ['Purchase at another platform', { reddit: 'Purchase' }, undefined],
    ['nothing', undefined, undefined],
  ])('an event of another name whose page says that the pixel told of it as %s', (_, names, reason) => {
    const [instance] = siteOf({}, { require_server_copy: true }).instances
    const event = anEvent({ event: 'quiz', ...(names && { names }) })
    const claimed = aClaimed({ name: 'quiz', copies: [aKeptCopy({ event })] })
    const about = { ...instance!, name: 'main' }
    const ended = (prepared: object) => ('settlement' in prepared ? prepared.settlement : undefined)
    const now = event.event_time + minute
    expect(ended(prepare(claimed, about, destinations.meta, now))).toEqual(
      reason && expect.objectContaining({ state: 'suppressed', reason }),
    )
    const both = { ...claimed, copies: [...claimed.copies, aKeptCopy({ kind: 'backend', event })] }
    expect(ended(prepare(both, about, destinations.meta, now))).toBeUndefined()
  })
  test('other events go as ever', () =>
    tell(siteOf({}, { require_server_copy: ['lead'] }), async (story) => {
      await story.post({ kind: 'browser' })
      story.wait(3000)
      await story.lane()
      expect(story.sent).toHaveLength(1)
    }))
})

describe('server_consent: follow_browser', () => {
  const ends = async (site: Site, posts: readonly Post[], ms: number) => {
    const store = await openStore('memory:')
    const story = createStory(store, site)
    for (const post of posts) await story.post(post)
    story.wait(ms)
    await story.lane()
    const { state, reason } = (await story.row()) ?? {}
    await store.close()
    return reason ?? state
  }
  const follow = (change: object = {}) => siteOf({ consent: 'gcm', server_consent: 'follow_browser', ...change })
  const silent = { kind: 'backend' } as const
  test.each<[string, Site, readonly Post[], number, string]>([
    ['silence waits ten minutes', follow(), [silent], 600_000 - 1, 'pending'],
    ['and ends then', follow(), [silent], 600_000, 'consent_unknown'],
    [
      'a hold that names the event goes before',
      follow({ hold: { purchase: '1m' } }),
      [silent],
      minute,
      'consent_unknown',
    ],
    ['a yes of its own needs no page', follow(), [{ kind: 'backend', says: 'granted' }], 3000, 'delivered'],
    ['a no of its own is a no', follow(), [{ kind: 'backend', says: 'denied' }], 0, 'consent_denied'],
    ['a page’s yes ends the wait', follow(), [silent, { kind: 'browser', says: 'granted' }], 0, 'delivered'],
    ['a page’s no is a no', follow(), [silent, { kind: 'browser', says: 'denied' }], 0, 'consent_denied'],
    ['a page’s silence is none', follow(), [silent, { kind: 'browser' }], 0, 'consent_unknown'],
    ['where the site does not ask, nothing is followed', follow({ consent: 'none' }), [silent], 3000, 'delivered'],
    ['and by itself silence of a back end is a yes', siteOf({ consent: 'gcm' }), [silent], 3000, 'delivered'],
  ])('%s', async (_sentence, site, posts, ms, expected) => expect(await ends(site, posts, ms)).toBe(expected))
})
