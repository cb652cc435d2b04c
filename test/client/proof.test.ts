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
    ['Reddit’s hit with its digest', () => resourceLoaded(redditHit('order/1')), { ...called, reddit: 'requested' }],
    [
      'both',
      () => resourceLoaded(metaHit('order%2F1'), redditHit('order/1')),
      { ...called, meta: 'requested', reddit: 'requested' },
    ],
    ['another ID', () => resourceLoaded(metaHit('order%2F2'), redditHit('order/2')), undefined],
    ['an ID that begins with ours', () => resourceLoaded(metaHit('order%2F10'), redditHit('order/10')), undefined],
    [
      'our ID under another event',
      () => resourceLoaded(metaHit('order%2F1', 'Purchase'), redditHit('order/1', 'Purchase')),
      undefined,
    ],
    [
      'our ID under an event that begins alike',
      () => resourceLoaded(metaHit('order%2F1', 'LeadX'), redditHit('order/1', 'LeadX')),
      undefined,
    ],
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
    ['another script fails', () => scriptFails('https://www.shop.com/pixel.js'), undefined],
    ['a script error', () => window.dispatchEvent(new ErrorEvent('error', { message: 'theirs' })), undefined],
  ])('%s', async (_name, happen, expected) => {
    expect(await proofAfter(happen)).toEqual(expected)
  })

  test.each([
    ['a custom event', 'My Event', 'My%20Event', 'Custom'],
    ['a standard one', 'Purchase', 'Purchase', 'Purchase'],
    ['one that Reddit lacks', 'begin_checkout', 'InitiateCheckout', 'Custom'],
  ])('the hits of %s bear the platforms’ names', async (_name, event, metaName, redditName) => {
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
      ['s1', blocked],
    ])
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
        at: Date.now(),
      })),
    )
  })
})
