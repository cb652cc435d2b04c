import { afterEach, describe, expect, test } from 'vitest'
import { run, type Running } from '../../server/main.ts'
import { checkTree } from '../../server/settings/settings.ts'
import { aPurchase, postBackend, postPage, settingsTree, waitFor } from './harness.ts'
import { usePlatforms } from './platforms.ts'

const platforms = usePlatforms()
let collector: Running | undefined

afterEach(() => collector?.stop())

const visitor = '019a7f00-0000-7000-a000-00000000000a'
const pps = { cookie: `_pps=${visitor}.${Date.now()}.%7B%7D` }
const names = ['meta', 'reddit', 'snapchat'] as const
const clickIds = { meta: 'click-of-meta', reddit: 'click-of-reddit', snapchat: 'click-of-snap' }

const start = async (change: Record<string, unknown> = {}): Promise<string> => {
  collector = await run(checkTree(settingsTree(platforms.url, change)), { logLevel: 'silent' })
  return collector.url
}

/** A page view of a visitor who has come by an ad and is logged in. */
const visit = (url: string, change: Record<string, unknown> = {}, headers: Record<string, string> = pps) =>
  postPage(
    url,
    {
      v: 1,
      site: 'default',
      events: [
        {
          event: 'page_view',
          url: 'https://shop.example/cap?utm_source=ad',
          user: { external_id: 'customer-7', email: 'jane@shop.example' },
          context: { click_ids: { fbclid: clickIds.meta, rdt_cid: clickIds.reddit, ScCid: clickIds.snapchat } },
          ...change,
        },
      ],
    },
    headers,
  )

let orders = 0
/** What each platform was told of the back end's order, by someone the page has never told that order of. */
const buy = async (url: string, change: Record<string, unknown> = {}) => {
  const id = `vault-order-${++orders}`
  await postBackend(url, { events: [aPurchase(id, { user: { external_id: 'customer-7' }, ...change })] })
  const { store } = collector!.collector
  const row = await waitFor(`${id} to settle`, async () => {
    const [found] = await store.recent({ limit: 1, eventId: id })
    return found?.deliveries.every(({ state }) => state !== 'pending') ? found : undefined
  })
  return {
    lent: names.map((name) => {
      const { accepted } = platforms.simulators[name].state()
      const told = accepted
        .map((event) => JSON.stringify(event))
        .filter((text) => text.includes(id) && /purchase/i.test(text))
      expect(told.length, name).toBe(1)
      return told[0]!.includes(clickIds[name])
    }),
    origins: row.deliveries.map(({ explanation }) => explanation?.origins),
  }
}
const all = [true, true, true]
const none = [false, false, false]

describe('an order that only the back end tells of', () => {
  test('borrows the click IDs its visitor came with, at every platform, and says where they are from', async () => {
    const url = await start()
    await visit(url)
    const { lent, origins } = await buy(url)
    expect(lent).toEqual(all)
    expect(origins).toMatchObject([{ fbclid: 'vault' }, { rdt_cid: 'vault' }, { ScCid: 'vault' }])
  })
  test('borrows nothing under another customer’s name, nor without a name', async () => {
    const url = await start()
    await visit(url)
    expect((await buy(url, { user: { external_id: 'customer-8' } })).lent).toEqual(none)
    expect((await buy(url, { user: { phone: '+15550100' } })).lent).toEqual(none)
  })
  test('is found by an order that a page has named under another event', async () => {
    const url = await start()
    await visit(url, { event: 'begin_checkout', order_id: `vault-order-${orders + 1}`, user: {} })
    expect((await buy(url, { user: {} })).lent).toEqual(all)
  })
  test('is found by a hashed e-mail only where the site says so', async () => {
    const byEmail = { user: { email: 'jane@shop.example' } }
    const url = await start()
    await visit(url)
    expect((await buy(url, byEmail)).lent).toEqual(none)
    await collector!.stop()
    const other = await start({ vault: 'by_email' })
    await visit(other)
    expect((await buy(other, byEmail)).lent).toEqual(all)
  })
  test('keeps its own click ID', async () => {
    const url = await start()
    await visit(url)
    const own = { context: { click_ids: { rdt_cid: 'its-own' }, ip: '203.0.113.7', user_agent: 'Mozilla/5.0' } }
    expect((await buy(url, own)).lent).toEqual(none)
  })
  test('borrows nothing where the site wants no vault', async () => {
    const url = await start({ vault: false })
    await visit(url)
    expect((await buy(url)).lent).toEqual(none)
  })
})

describe('consent', () => {
  test.each<[string, Record<string, unknown>, boolean[]]>([
    ['a page that said nothing where the site asks', {}, none],
    ['a yes', { consent: { state: 'granted' } }, all],
    ['a yes with limits', { consent: { state: 'granted', limited: true } }, none],
    ['a no to one platform', { consent: { state: 'granted', per: { reddit: 'denied' } } }, [true, false, true]],
  ])('%s', async (_sentence, change, lent) => {
    const url = await start({ consent: 'wait' })
    await visit(url, change)
    expect((await buy(url)).lent).toEqual(lent)
  })
  test('what is taken back is lent no more', async () => {
    const url = await start()
    await visit(url)
    expect((await buy(url)).lent).toEqual(all)
    await postPage(url, { v: 1, site: 'default', revoke: true }, pps)
    expect((await buy(url)).lent).toEqual(none)
    // The same words again are a new yes.
    await visit(url)
    expect((await buy(url)).lent).toEqual(all)
  })
  test('an event that says no forgets its visitor too', async () => {
    const url = await start()
    await visit(url)
    await visit(url, { consent: { state: 'denied' } })
    expect((await buy(url)).lent).toEqual(none)
  })
})
