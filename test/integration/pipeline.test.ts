import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { destinationNames } from '../../server/destinations/index.ts'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import type { EventRow } from '../../server/store/store.ts'
import { aPurchase, postBackend, postPage, settingsTree, temporaryFolder, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'

const platforms = usePlatforms()
let collector: Running
let folder: ReturnType<typeof temporaryFolder>
const names = ['meta', 'reddit', 'snapchat'] as const

beforeEach(async () => {
  for (const name of names) platforms.simulators[name].reset()
  folder = temporaryFolder()
  collector = await open()
})
afterEach(async () => {
  await collector.stop()
  folder.remove()
})

const open = (change: Record<string, unknown> = {}) =>
  run(checkTree(settingsTree(platforms.url, { store: `sqlite:${folder.path}/p.db`, ...change })), {
    logLevel: 'silent',
  })
const reopen = async (change: Record<string, unknown>) => {
  await collector.stop()
  collector = await open(change)
}
const row = async (eventId: string): Promise<EventRow | undefined> =>
  (await collector.collector.store.recent({ limit: 5, eventId }))[0]
const settled = (eventId: string) =>
  waitFor(`${eventId} to settle everywhere`, async () => {
    const found = await row(eventId)
    return found?.deliveries.every(({ state }) => state !== 'pending') ? found : undefined
  })
const accepted = (id: string) =>
  names.map(
    (name) => platforms.simulators[name].state().accepted.filter((event) => JSON.stringify(event).includes(id)).length,
  )

test('a back end is told of match keys that nobody could match by, without the values', async () => {
  const answer = await postBackend(collector.url, aPurchase('w1', { user: { email: 'nobody', phone: '12' } }))
  const { results } = (await answer.json()) as { results: { warnings?: { path: string; message: string }[] }[] }
  const warnings = results[0]?.warnings ?? []
  expect(warnings).toContainEqual({
    path: 'user.email',
    code: 'unusable',
    message: 'user.email has a value that Meta could not match; it is left out.',
  })
  expect(warnings.map(({ path }) => path)).toContain('user.phone')
  expect(JSON.stringify(warnings)).not.toContain('nobody')
})

describe('a purchase', () => {
  test('from the back end reaches all three platforms once', async () => {
    const answer = await postBackend(collector.url, { events: [aPurchase('order-1')] })
    expect([answer.status, await answer.json()]).toEqual([
      202,
      { results: [{ index: 0, event_id: 'order-1', result: 'stored' }] },
    ])
    expect((await settled('order-1')).deliveries.map(({ state, why }) => state + (why ?? ''))).toEqual([
      'delivered',
      'delivered',
      'delivered',
    ])
    expect(names.map((name) => platforms.simulators[name].state().counted.length)).toEqual([1, 1, 1])
  })

  test('from the page and again, and from the back end: one event at each platform, the ledger tells of all', async () => {
    await reopen({ hold: { default: '300ms' } })
    const page = {
      ...aPurchase('order-2', { user: {}, items: undefined }),
      fired: { meta: 'called', reddit: 'called', snapchat: 'called' },
    }
    expect((await postPage(collector.url, { v: 1, site: 'default', events: [page] })).status).toBe(204)
    expect((await postPage(collector.url, { v: 1, site: 'default', events: [page] })).status).toBe(204)
    const back = await postBackend(collector.url, aPurchase('order-2'))
    expect(await back.json()).toMatchObject({ results: [{ result: 'joined' }] })
    const found = await settled('order-2')
    expect(found.copies.map(({ kind, duplicates }) => [kind, duplicates])).toEqual([
      ['browser', 1],
      ['backend', 0],
    ])
    expect(names.map((name) => platforms.simulators[name].state().accepted.length)).toEqual([1, 1, 1])
    const [sent] = platforms.simulators.meta.state().accepted as unknown as { user_data?: { em?: string[] } }[]
    expect(JSON.stringify(sent)).toMatch(/"em":\["[0-9a-f]{64}"\]/)
    expect(await (await postPage(collector.url, { site: 'default', events: [page] })).text()).toBe('')
  })

  test('with one order under two IDs is sent once', async () => {
    await postBackend(collector.url, aPurchase('id-1', { order_id: 'order-3' }))
    await settled('id-1')
    const second = await postBackend(collector.url, aPurchase('id-2', { order_id: 'order-3', value: 142.5 }))
    expect(second.status).toBe(202)
    await waitFor('the alias in the ledger', async () =>
      (await row('id-1'))?.copies.some(({ alias }) => alias === 'id-2'),
    )
    expect(names.map((name) => platforms.simulators[name].state().accepted.length)).toEqual([1, 1, 1])
  })

  test('without a currency is held back where one is needed, and goes when a copy brings it', async () => {
    await postBackend(collector.url, aPurchase('order-4', { currency: null }))
    const held = await settled('order-4')
    expect(
      Object.fromEntries(held.deliveries.map(({ instance, state, reason }) => [instance, reason ?? state])),
    ).toEqual({
      meta: 'missing_currency',
      reddit: 'delivered',
      snapchat: 'missing_currency',
    })
    await postBackend(collector.url, aPurchase('order-4'))
    await waitFor(
      'the rest to go',
      () =>
        accepted('order-4').join() === '1,1,1' ||
        names.every((name) => platforms.simulators[name].state().accepted.length === 1),
    )
    expect((await settled('order-4')).deliveries.map(({ state }) => state)).toEqual([
      'delivered',
      'delivered',
      'delivered',
    ])
  })
})

describe('what the page says of its pixels', () => {
  test('a page view that had left without an ID is not sent beside it', async () => {
    const view = {
      event: 'page_view',
      event_id: 'view-1',
      url: 'https://shop.example/',
      fired: { meta: 'unmatched', reddit: 'absent', snapchat: 'called' },
      user: { external_id: '7' },
    }
    expect((await postPage(collector.url, { site: 'default', events: [view] })).status).toBe(204)
    const found = await settled('view-1')
    expect(found.deliveries.map(({ instance, state, reason }) => [instance, reason ?? state])).toEqual([
      ['meta', 'pixel_unmatched'],
      ['reddit', 'delivered'],
      ['snapchat', 'delivered'],
    ])
    expect(platforms.simulators.meta.state().accepted).toEqual([])
  })

  test('a later proof raises the state', async () => {
    await postPage(collector.url, { site: 'default', events: [{ ...aPurchase('order-5'), fired: { meta: 'called' } }] })
    expect(
      (
        await postPage(collector.url, {
          site: 'default',
          proofs: [{ event: 'purchase', event_id: 'order-5', fired: { meta: 'requested' } }],
        })
      ).status,
    ).toBe(204)
    expect((await row('order-5'))?.fired.meta).toBe('requested')
  })
})

describe('consent', () => {
  test('denied: the key and its state stay, the event does not', async () => {
    expect(
      (
        await postPage(collector.url, {
          site: 'default',
          events: [aPurchase('order-6', { consent: { state: 'denied' } })],
        })
      ).status,
    ).toBe(204)
    const found = await settled('order-6')
    expect(found.deliveries.map(({ reason }) => reason)).toEqual(['consent_denied', 'consent_denied', 'consent_denied'])
    expect(found.copies[0]?.facts).toEqual({})
  })
  test('denied for one platform: the others get it, with limits where asked for', async () => {
    await postPage(collector.url, {
      site: 'default',
      events: [aPurchase('order-7', { consent: { per: { meta: 'denied' }, limited: true } })],
    })
    expect(
      (await settled('order-7')).deliveries.map(({ instance, state, reason }) => reason ?? `${instance} ${state}`),
    ).toEqual(['consent_denied', 'reddit delivered', 'snapchat delivered'])
    expect(JSON.stringify(platforms.simulators.snapchat.state().accepted)).toContain('LMU')
  })
})

describe('free text', () => {
  test('names nobody, on disk and at the platforms', async () => {
    const said = 'jane.doe@mail.example'
    const event = aPurchase('order-12', {
      title: `Thanks, ${said}`,
      search_string: said,
      items: [{ id: 'A', name: `For ${said}`, quantity: 1, price: 1 }],
      props: { note: said },
    })
    await postPage(collector.url, { site: 'default', events: [event] })
    await settled('order-12')
    const received = JSON.stringify(names.map((name) => platforms.simulators[name].state().accepted))
    expect(received).toContain('order-12')
    const disk = readdirSync(folder.path).map((file) => readFileSync(`${folder.path}/${file}`, 'latin1'))
    for (const text of [received, ...disk]) expect(text).not.toMatch(/jane\.doe/)
  })
})

describe('a destination that is switched off', () => {
  test('keeps nothing waiting for ever', async () => {
    await reopen({ hold: { default: '10m' } })
    await postBackend(collector.url, aPurchase('order-13'))
    const tree = settingsTree(platforms.url) as { destinations: Record<string, object> }
    await reopen({ destinations: { ...tree.destinations, meta: { ...tree.destinations.meta, enabled: false } } })
    expect((await row('order-13'))?.deliveries.map(({ reason, state }) => reason ?? state)).toEqual([
      'destination_removed',
      'pending',
      'pending',
    ])
  })
})

describe('a platform in trouble', () => {
  test('down, then well: delivered, once; the others never waited', async () => {
    platforms.simulators.meta.setMode({ mode: 'down', for: 4 })
    await postBackend(collector.url, aPurchase('order-8'))
    await waitFor('the others', () =>
      (['reddit', 'snapchat'] as const).every((name) => platforms.simulators[name].state().accepted.length === 1),
    )
    const found = await settled('order-8')
    const meta = found.deliveries.find(({ instance }) => instance === 'meta')
    expect(meta).toMatchObject({ state: 'delivered', attempts: 5 })
    expect(platforms.simulators.meta.state().accepted).toHaveLength(1)
  })
  test('a lost answer: sent again under the same ID, and counted', async () => {
    platforms.simulators.snapchat.setMode({ mode: 'lost_answer', for: 1 })
    await postBackend(collector.url, aPurchase('order-9'))
    const found = await settled('order-9')
    expect(found.deliveries.find(({ instance }) => instance === 'snapchat')).toMatchObject({
      state: 'delivered',
      ambiguous: 1,
    })
    expect(platforms.simulators.snapchat.state().counted).toHaveLength(1)
  })
  test('a revoked token: the lane waits, nothing is lost, health says what to do', async () => {
    platforms.simulators.meta.setMode({ mode: 'token_revoked' })
    await postBackend(collector.url, aPurchase('order-10'))
    const lane = await waitFor('the lane to halt', () =>
      collector.collector.worker.lanes.find(
        ({ instance, state }) => instance.name === 'meta' && state.state === 'halted',
      ),
    )
    expect(lane.state.fix).toMatch(/token/i)
    const found = await row('order-10')
    expect(found?.deliveries.find(({ instance }) => instance === 'meta')).toMatchObject({
      state: 'pending',
      attempts: 0,
    })
  })
  test('one bad event among many never sinks its neighbours', async () => {
    await reopen({ hold: { default: '400ms' } })
    const events = Array.from({ length: 20 }, (_, index) =>
      aPurchase(`batch-${index}`, index === 7 ? { context: {}, user: { gender: 'f', first_name: 'x' } } : {}),
    )
    await postBackend(collector.url, { events })
    await settled('batch-19')
    const states = await Promise.all(
      events.map(
        async (_, index) =>
          (await settled(`batch-${index}`)).deliveries.find(({ instance }) => instance === 'meta')?.state,
      ),
    )
    expect(states.filter((state) => state === 'delivered')).toHaveLength(19)
    expect(states[7]).toBe('suppressed')
  })
})

test('without destinations it runs dry and shows what it would send', async () => {
  await reopen({ destinations: {} })
  await postBackend(collector.url, aPurchase('order-11'))
  const found = await settled('order-11')
  expect(found.deliveries.map(({ reason }) => reason)).toEqual(destinationNames.map(() => 'disabled'))
  expect(found.deliveries[0]?.explanation).toMatchObject({
    name: 'Purchase',
    sent: { custom_data: { value: 142.5, currency: 'USD' } },
  })
})
