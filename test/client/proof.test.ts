import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  closePage,
  openPage,
  posted,
  postedEvents,
  postedProofs,
  resourceLoaded,
  scriptFails,
  setGlobal,
  settle,
  start,
} from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

const fired = (id: string) => postedEvents().find((event) => event.event_id === id)?.fired
const hide = () => window.dispatchEvent(new Event('pagehide'))

describe('proof', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const metaHit = (id: string, name = 'Lead') =>
    `https://www.facebook.com/tr/?id=111&ev=${name}&dl=https%3A%2F%2Fwww.shop.com&eid=${id}&rqm=GET`
  const redditHit = (id: string) => `https://alb.reddit.com/rp.gif?ts=1&id=a2&event=Lead&m.conversionId=${sha256(id)}`

  const proofsAfter = async (happen: () => void) => {
    for (const name of ['fbq', 'rdt', 'snaptr']) setGlobal(name, vi.fn())
    start({ pixels: { meta: [], reddit: [], snapchat: [] } }).track('Lead', {}, { id: 'order/1' })
    await settle()
    happen()
    await settle()
    vi.advanceTimersByTime(1000)
    const proof = postedProofs().find(({ event_id }) => event_id === 'order/1')
    return proof?.fired
  }
  const called = { meta: 'called', reddit: 'called', snapchat: 'called' }

  test.each([
    ['Meta’s hit with our ID', () => resourceLoaded(metaHit('order%2F1')), { ...called, meta: 'requested' }],
    ['Reddit’s hit with its digest', () => resourceLoaded(redditHit('order/1')), { ...called, reddit: 'requested' }],
    [
      'both',
      () => resourceLoaded(metaHit('order%2F1'), redditHit('order/1')),
      { ...called, meta: 'requested', reddit: 'requested' },
    ],
    ['another ID', () => resourceLoaded(metaHit('order%2F2'), redditHit('order/2')), undefined],
    ['our ID under another event', () => resourceLoaded(metaHit('order%2F1', 'Purchase')), undefined],
    [
      'our ID in the page’s own address',
      () => resourceLoaded('https://www.shop.com/x?ev=Lead&eid=order%2F1'),
      undefined,
    ],
    ['an entry that is no address', () => resourceLoaded('', metaHit('order%2F1')), { ...called, meta: 'requested' }],
    [
      'Meta’s library fails',
      () => scriptFails('https://connect.facebook.net/en_US/fbevents.js'),
      { ...called, meta: 'blocked' },
    ],
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
    expect(await proofsAfter(happen)).toEqual(expected)
  })

  test('a blocked library is known for later events, and a hit is stronger', async () => {
    setGlobal('fbq', vi.fn())
    const pixel = start({ pixels: { meta: [] } })
    pixel.track('Search', {}, { id: 's1' })
    scriptFails('https://connect.facebook.net/en_US/fbevents.js')
    pixel.track('Lead', {}, { id: 'l1' })
    await settle()
    expect([fired('s1'), fired('l1')]).toEqual([{ meta: 'blocked' }, { meta: 'blocked' }])
    resourceLoaded(metaHit('l1'))
    await settle()
    hide()
    expect(postedProofs().map(({ event_id, fired }) => [event_id, fired])).toEqual([['l1', { meta: 'requested' }]])
  })

  test('proofs of several events share a request, which no conversion waits for', async () => {
    setGlobal('fbq', vi.fn())
    const pixel = start({ pixels: { meta: [] } })
    pixel.track('Lead', {}, { id: 'l1' })
    pixel.track('Lead', {}, { id: 'l2' })
    await settle()
    resourceLoaded(metaHit('l1'), metaHit('l2'))
    await settle()
    expect(posted).toHaveLength(1)
    vi.advanceTimersByTime(1000)
    expect(posted).toHaveLength(2)
    expect(posted[1]?.body.proofs?.map(({ event_id }) => event_id)).toEqual(['l1', 'l2'])
  })
})
