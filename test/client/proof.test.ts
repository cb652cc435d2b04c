import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addPlatforms,
  closePage,
  firedOf,
  leavePage,
  newPage,
  posted,
  postedProofs,
  resourceLoaded,
  scriptFails,
  settle,
  start,
} from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const metaHit = (id: string, name = 'Lead', path = 'www.facebook.com/tr/') =>
  `https://${path}?id=111&ev=${name}&dl=https%3A%2F%2Fwww.shop.com&eid=${id}&rqm=GET`
const redditHit = (id: string, name = 'Lead', path = 'alb.reddit.com/rp.gif') =>
  `https://${path}?ts=1&id=a2&event=${name}&m.conversionId=${sha256(id)}`
const metaScript = 'https://connect.facebook.net/en_US/fbevents.js'

/** The page's content security policy forbids a request. */
const forbidden = (blockedURI: string): void =>
  void document.dispatchEvent(Object.assign(new Event('securitypolicyviolation', { bubbles: true }), { blockedURI }))

interface Entry {
  readonly name: string
  readonly responseStatus?: number
}
let tellEntry: (entry: Entry) => void
/** The browser tells the status of what it has loaded. */
const watchEntries = (): void =>
  void vi.stubGlobal(
    'PerformanceObserver',
    class {
      constructor(tell: (list: { getEntries(): Entry[] }) => void) {
        tellEntry = (entry) => tell({ getEntries: () => [entry] })
      }
      observe() {
        // Nothing has been loaded before.
      }
    },
  )

const uuid = '0f5c1b9e-77aa-4a1d-8f2e-3d9b7c5a1e20'

describe('proof', () => {
  const called = { meta: 'called', reddit: 'called', snapchat: 'called' }
  const proofAfter = async (happen: () => void) => {
    addPlatforms()
    start().track('Lead', {}, { id: 'order/1' })
    await settle()
    happen()
    await settle()
    vi.advanceTimersByTime(1000)
    return postedProofs().find(({ event_id }) => event_id === 'order/1')?.fired
  }

  test.each([
    ['Meta’s hit with our ID', () => resourceLoaded(metaHit('order%2F1')), { ...called, meta: 'requested' }],
    [
      'our ID at the very end',
      () => resourceLoaded(metaHit('order%2F1').replace('&rqm=GET', '')),
      { ...called, meta: 'requested' },
    ],
    [
      'Meta’s hit at another host, as stand-ins have it',
      () => resourceLoaded(metaHit('order%2F1', 'Lead', '127.0.0.1:4567/meta/tr/')),
      { ...called, meta: 'requested' },
    ],
    [
      'somebody else’s hit with our ID',
      () => resourceLoaded(metaHit('order%2F1', 'Lead', 'stats.example/collect')),
      undefined,
    ],
    ['Reddit’s hit with its digest', () => resourceLoaded(redditHit('order/1')), { ...called, reddit: 'requested' }],
    [
      'both',
      () => resourceLoaded(metaHit('order%2F1'), redditHit('order/1')),
      { ...called, meta: 'requested', reddit: 'requested' },
    ],
    ['another ID', () => resourceLoaded(metaHit('order%2F2'), redditHit('order/2')), undefined],
    ['an ID that begins with ours', () => resourceLoaded(metaHit('order%2F10'), redditHit('order/10')), undefined],
    [
      'our ID in the page’s own address',
      () =>
        resourceLoaded(metaHit('order%2F1', 'Lead', 'www.shop.com/x'), redditHit('order/1', 'Lead', 'www.shop.com/x')),
      undefined,
    ],
    [
      'Reddit’s hit with the plain ID',
      () => resourceLoaded('https://alb.reddit.com/rp.gif?event=Lead&m.conversionId=order/1'),
      undefined,
    ],
    ['Snapchat’s hit, which shows no ID', () => resourceLoaded('https://tr.snapchat.com/p'), undefined],
    ['an entry that is no address', () => resourceLoaded('', metaHit('order%2F1')), { ...called, meta: 'requested' }],
    ['Meta’s library fails', () => scriptFails(metaScript), { ...called, meta: 'blocked' }],
    [
      'Reddit’s library fails',
      () => scriptFails('https://www.redditstatic.com/ads/pixel.js?pixel_id=a2'),
      { ...called, reddit: 'blocked' },
    ],
    [
      'Snapchat’s library fails',
      () => scriptFails('https://sc-static.net/scevent.min.js'),
      { ...called, snapchat: 'blocked' },
    ],
    [
      'Meta’s settings for the pixel fail',
      () => scriptFails('https://connect.facebook.net/signals/config/111?v=2.9.252'),
      { ...called, meta: 'blocked' },
    ],
    ['a policy forbids a library', () => forbidden(metaScript), { ...called, meta: 'blocked' }],
    [
      'a policy forbids the settings of one',
      () => forbidden(`https://tr.snapchat.com/config/com/${uuid}.js?v=3.53.5`),
      { ...called, snapchat: 'blocked' },
    ],
    ['a policy forbids Meta’s hit', () => forbidden(metaHit('order%2F1')), { ...called, meta: 'blocked' }],
    ['a policy forbids Reddit’s hit', () => forbidden(redditHit('order/1')), { ...called, reddit: 'blocked' }],
    ['a policy forbids another hit', () => forbidden(metaHit('order%2F2')), undefined],
    ['a policy forbids what has no address', () => forbidden('inline'), undefined],
    ['another script fails', () => scriptFails('https://www.shop.com/pixel.js'), undefined],
    ['a script error', () => window.dispatchEvent(new ErrorEvent('error', { message: 'theirs' })), undefined],
  ])('%s', async (_name, happen, expected) => {
    expect(await proofAfter(happen)).toEqual(expected)
  })

  test.each([
    [
      'Snapchat’s settings cannot be reached',
      () => tellEntry({ name: `https://tr.snapchat.com/config/com/${uuid}.js?v=3`, responseStatus: 0 }),
      { ...called, snapchat: 'blocked' },
    ],
    [
      'Snapchat’s settings are there',
      () => tellEntry({ name: `https://tr.snapchat.com/config/com/${uuid}.js?v=3`, responseStatus: 200 }),
      undefined,
    ],
    [
      'a browser that tells no status',
      () => tellEntry({ name: `https://tr.snapchat.com/config/com/${uuid}.js?v=3` }),
      undefined,
    ],
    [
      'a hit whose status cannot be read',
      () => tellEntry({ name: metaHit('order%2F1'), responseStatus: 0 }),
      { ...called, meta: 'requested' },
    ],
  ])('%s', async (_name, happen, expected) => {
    watchEntries()
    expect(await proofAfter(happen)).toEqual(expected)
  })

  // An ID is one event's; its name is not looked at.
  test.each([
    ['a custom event', 'My Event', 'My%20Event', 'Custom'],
    ['a standard one', 'Purchase', 'Purchase', 'Purchase'],
    ['one that Reddit lacks', 'begin_checkout', 'InitiateCheckout', 'Custom'],
  ])('the hits of %s are known by its ID', async (_name, event, metaName, redditName) => {
    addPlatforms()
    start({ pixels: { meta: [], reddit: [] } }).track(event, {}, { id: 'e1' })
    resourceLoaded(metaHit('e1', metaName), redditHit('e1', redditName))
    await settle()
    leavePage()
    expect(postedProofs().map(({ fired }) => fired)).toEqual([{ meta: 'requested', reddit: 'requested' }])
  })

  test('a blocked library is known for later events, and a hit is stronger', async () => {
    addPlatforms()
    const pixel = start({ pixels: { meta: [], reddit: [] } })
    pixel.track('Search', {}, { id: 's1' })
    scriptFails(metaScript)
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    const blocked = { meta: 'blocked', reddit: 'called' }
    expect([firedOf('s1'), firedOf('l1')]).toEqual([blocked, blocked])
    resourceLoaded(metaHit('l1'))
    await settle()
    scriptFails(metaScript)
    leavePage()
    expect(postedProofs().map(({ event_id, fired }) => [event_id, fired])).toEqual([
      ['l1', { meta: 'requested', reddit: 'called' }],
    ])
  })

  test('Snapchat’s settings are blocked for later events too, whatever else its host is asked for', async () => {
    addPlatforms()
    const pixel = start({ pixels: { snapchat: [] } })
    pixel.track('Search', {}, { id: 's1' })
    forbidden(`https://tr.snapchat.com/config/com/${uuid}.js?v=3.53.5`)
    resourceLoaded('https://tr.snapchat.com/p')
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    expect([firedOf('s1'), firedOf('l1')]).toEqual([{ snapchat: 'blocked' }, { snapchat: 'blocked' }])
    expect(posted.at(-1)?.body.pixels).toEqual({ [uuid]: 'blocked', snapchat: 'blocked' })
  })

  test('no library of a page view that was not ours makes it blocked', async () => {
    addPlatforms()
    start({ pixels: { meta: [] } }).page({}, { id: 'v1' })
    scriptFails(metaScript)
    leavePage()
    await settle()
    expect(firedOf('v1')).toEqual({ meta: 'unmatched' })
    expect(postedProofs()).toEqual([])
  })

  test('where the function is absent, a blocked script changes nothing', async () => {
    start({ pixels: { meta: [] } }).track('Lead', {}, { id: 'l1' })
    scriptFails(metaScript)
    await settle()
    vi.advanceTimersByTime(5000)
    await settle()
    expect(postedProofs().map(({ fired }) => fired)).toEqual([{ meta: 'absent' }])
  })

  test.each<readonly [string, string, Readonly<Record<string, string>> | undefined]>([
    [
      'Meta’s settings of a pixel',
      'https://connect.facebook.net/signals/config/1234567890?v=2.9.252&r=stable&domain=www.shop.com',
      { meta: 'requested', 1234567890: 'requested' },
    ],
    [
      'Reddit’s settings of a pixel',
      'https://pixel-config.reddit.com/pixels/a2_abc/config',
      { a2_abc: 'requested', reddit: 'requested' },
    ],
    [
      'Snapchat’s settings of a pixel',
      `https://tr.snapchat.com/config/com/${uuid}.json?v=3.53.5`,
      { snapchat: 'requested', [uuid]: 'requested' },
    ],
    ['a library alone', metaScript, { meta: 'requested' }],
    ['an address of the page that looks like it', 'https://www.shop.com/signals/config/1234567890', undefined],
    ['another address with a number', 'https://cdn.example/config/1234567890?v=1', undefined],
  ])('%s: each later post says which pixel it was', async (_sentence, address, ids) => {
    addPlatforms()
    const pixel = start()
    resourceLoaded(address)
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    expect(posted.at(-1)?.body.pixels).toEqual(ids)
  })

  test('proofs of several events share a request, which no conversion waits for', async () => {
    addPlatforms()
    const pixel = start({ pixels: { meta: [] } })
    pixel.track('Lead', {}, { id: 'l1' })
    pixel.track('Lead', {}, { id: 'l2' })
    await settle()
    resourceLoaded(metaHit('l1'), metaHit('l2'))
    await settle()
    expect(posted).toHaveLength(1)
    vi.advanceTimersByTime(1000)
    expect(posted).toHaveLength(2)
    expect(posted[1]?.body.proofs).toEqual(
      ['l1', 'l2'].map((event_id) => ({
        event: 'generate_lead',
        event_id,
        fired: { meta: 'requested' },
      })),
    )
  })
})

describe('Meta’s library runs, but sends nothing', () => {
  const stateAfter = async (isLive: boolean, happen: () => void = () => undefined, waitMs = 10_000) => {
    const { fbq } = addPlatforms()
    if (isLive) Object.assign(fbq, { callMethod: fbq })
    start({ pixels: { meta: [] } }).track('Lead', {}, { id: 'l1' })
    await settle()
    happen()
    await settle()
    vi.advanceTimersByTime(waitMs)
    leavePage()
    return postedProofs().at(-1)?.fired ?? firedOf('l1')
  }

  test.each<[string, boolean, (() => void) | undefined, number, string]>([
    ['ten seconds', true, undefined, 10_000, 'held'],
    ['less than ten seconds', true, undefined, 9999, 'called'],
    ['it is not live', false, undefined, 10_000, 'called'],
    ['it has sent another hit', true, () => resourceLoaded(metaHit('x')), 10_000, 'called'],
    [
      'it has sent a long one, which shows no ID',
      true,
      () => resourceLoaded('https://www.facebook.com/tr/'),
      10_000,
      'called',
    ],
    ['it has sent this one', true, () => resourceLoaded(metaHit('l1')), 10_000, 'requested'],
    [
      'its settings failed',
      true,
      () => scriptFails('https://connect.facebook.net/signals/config/111?v=2'),
      10_000,
      'blocked',
    ],
  ])('%s', async (_what, isLive, happen, waitMs, state) => {
    expect(await stateAfter(isLive, happen, waitMs)).toEqual({ meta: state })
  })

  test('a hit that leaves after all is stronger', async () => {
    expect(await stateAfter(true)).toEqual({ meta: 'held' })
    resourceLoaded(metaHit('l1'))
    await settle()
    leavePage()
    expect(postedProofs().at(-1)?.fired).toEqual({ meta: 'requested' })
  })

  test.each([
    ['of the page’s own host, as a Turkish shop has them', () => resourceLoaded('https://www.shop.com/tr/'), 'held'],
    ['that bears a hit’s in its query', () => resourceLoaded('https://cdn.example/x?u=/tr/'), 'held'],
    [
      'of another host, as stand-ins have them',
      () => resourceLoaded('http://127.0.0.1:4567/meta/tr/?id=1&ev=X'),
      'called',
    ],
    ['without the slash', () => resourceLoaded('https://www.facebook.com/tr?id=1&ev=X'), 'called'],
  ])('an address %s', async (_what, happen, state) => {
    expect(await stateAfter(true, happen)).toEqual({ meta: state })
  })

  test('each call is judged by what has left since', async () => {
    const { fbq } = addPlatforms()
    Object.assign(fbq, { callMethod: fbq })
    const pixel = start({ pixels: { meta: [] } })
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    resourceLoaded(metaHit('x'))
    pixel.track('Search', {}, { id: 's1' })
    await settle()
    vi.advanceTimersByTime(10_000)
    leavePage()
    expect([firedOf('l1'), postedProofs().map(({ event_id, fired }) => [event_id, fired])]).toEqual([
      { meta: 'called' },
      [['s1', { meta: 'held' }]],
    ])
  })

  test('Reddit’s library says no such thing', async () => {
    const { rdt } = addPlatforms()
    Object.assign(rdt, { sendEvent: rdt })
    start({ pixels: { reddit: [] } }).track('Lead', {}, { id: 'l1' })
    await settle()
    vi.advanceTimersByTime(20_000)
    expect([firedOf('l1'), postedProofs()]).toEqual([{ reddit: 'called' }, []])
  })
})

describe('a library that was blocked before our script ran', () => {
  const libraries = {
    meta: [metaScript, 'callMethod'],
    reddit: ['https://www.redditstatic.com/ads/pixel.js', 'sendEvent'],
    snapchat: ['https://sc-static.net/scevent.min.js', 'handleRequest'],
  } as const
  const stateAfter = async (name: keyof typeof libraries, isAsked: boolean, isLive: boolean, waitMs: number) => {
    const { fbq, rdt, snaptr } = addPlatforms()
    const [url, live] = libraries[name]
    if (isLive) Object.assign({ meta: fbq, reddit: rdt, snapchat: snaptr }[name], { [live]: () => undefined })
    start({ pixels: { [name]: [] } }).track('Lead', {}, { id: 'l1' })
    // Its `error` event is gone; its entry looks alike whatever came of it.
    if (isAsked) resourceLoaded(url)
    if (isLive) resourceLoaded(metaHit('x'))
    await settle()
    vi.advanceTimersByTime(waitMs)
    leavePage()
    return (postedProofs().at(-1)?.fired ?? firedOf('l1'))?.[name]
  }

  test.each<[string, boolean, boolean, number, string]>([
    ['was asked for and never came alive', true, false, 10_000, 'blocked'],
    ['may still come alive', true, false, 9999, 'called'],
    ['is alive', true, true, 10_000, 'called'],
    ['was not asked for: the page may wait for its visitor', false, false, 10_000, 'called'],
  ])('%s', async (_what, isAsked, isLive, waitMs, state) => {
    for (const name of ['meta', 'reddit', 'snapchat'] as const) {
      expect([name, await stateAfter(name, isAsked, isLive, waitMs)]).toEqual([name, state])
      closePage()
      await newPage()
    }
  })
})
