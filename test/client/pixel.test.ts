import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startPixel } from '../../client/pixel.ts'
import { closePage, openPage, posted, postedEvents, setGlobal, settle, start } from './page.ts'

beforeEach(() => openPage())
afterEach(closePage)

const hide = () => window.dispatchEvent(new Event('pagehide'))
const setVisibility = (state: string) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('the global', () => {
  test('early calls are answered in order, `set` before what follows it', async () => {
    const q: unknown[][] = [
      ['set', { key: 'early' }],
      ['track', 'Purchase', { value: 1 }, { id: 'o1' }],
      ['nonsense', 1],
      ['track', 'Lead', {}, { id: 'l1' }],
    ]
    setGlobal(
      'pairpixel',
      Object.assign(() => undefined, { q: [...q.slice(0, 2), 7, ...q.slice(2)] }),
    )
    start()
    await settle()
    expect(postedEvents().map(({ event, event_id }) => [event, event_id])).toEqual([
      ['purchase', 'o1'],
      ['generate_lead', 'l1'],
    ])
    expect(posted.map(({ body }) => body.site)).toEqual(['early'])
  })

  test('whoever kept the stub is still heard', async () => {
    const q: unknown[][] = []
    setGlobal(
      'pairpixel',
      Object.assign(() => undefined, { q }),
    )
    start()
    q.push(['track', 'Lead', {}, { id: 'late' }])
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['late'])
  })

  test('a second load changes nothing', async () => {
    const first = start()
    expect(start({ key: 'other' })).toBe(first)
    first.track('Lead')
    await settle()
    expect(posted.map(({ body }) => body.site)).toEqual(['shop'])
  })

  test.each([
    ['by the function', () => window.pairpixel?.('track', 'Lead', {}, { id: ' L1 ' })],
    ['by the member', () => window.pairpixel?.track('Lead', {}, { id: 'L1' })],
  ])('%s, the ID comes back at once', (_name, call) => {
    start()
    expect(call()).toBe('L1')
  })

  test.each([
    ['an order number', 'purchase', { order_id: '1001' }, undefined, /^1001$/],
    ['its GA4 name', 'Order Completed', { transaction_id: 1001 }, undefined, /^1001$/],
    ['the caller’s ID before it', 'purchase', { order_id: '1001' }, 'mine', /^mine$/],
    ['one that cannot be an ID', 'purchase', { order_id: 'no 7' }, undefined, /^[\da-f-]{36}$/],
    ['only for a purchase', 'add_to_cart', { order_id: '1001' }, undefined, /^[\da-f-]{36}$/],
    ['a rejected ID', 'purchase', {}, 'a b', /^[\da-f-]{36}$/],
  ])('the ID: %s', (_name, event, props, id, expected) => {
    expect(start().track(event, props, { id })).toMatch(expected)
  })

  test('nothing the page hands over makes it throw', () => {
    const pixel = start() as unknown as (...args: unknown[]) => unknown
    for (const args of [
      [],
      ['track'],
      ['track', 7],
      ['track', 'x', 7, 7],
      ['track', 'x', null, null],
      ['set'],
      ['identify', null],
      ['constructor'],
      [{}],
    ])
      expect(() => pixel(...args)).not.toThrow()
  })
})

describe('settings', () => {
  test.each([
    ['beside the script without any', {}, 'https://www.shop.com/_p/e'],
    ['served, from the script’s host', { events: '/collect' }, 'https://www.shop.com/collect'],
    ['the attribute before served', { events: '/collect', endpoint: 'https://px.shop.com/e' }, 'https://px.shop.com/e'],
    ['an empty attribute says nothing', { events: '/collect', endpoint: '' }, 'https://www.shop.com/collect'],
  ])('the endpoint: %s', async (_name, config, url) => {
    start(config).track('Lead')
    await settle()
    expect(posted.map((post) => post.url)).toEqual([url])
  })

  test.each([
    ['same host', 'https://www.shop.com/e', 'include'],
    ['same site', 'https://px.shop.com/e', 'include'],
    ['another site', 'https://shop.net/e', 'omit'],
    ['a name that only ends alike', 'https://www.notshop.com/e', 'omit'],
  ])('credentials: %s', async (_name, endpoint, credentials) => {
    start({ endpoint }).track('Lead')
    await settle()
    expect(posted[0]?.init).toMatchObject({ method: 'POST', keepalive: true, credentials })
    expect(new Request(endpoint, posted[0]?.init).headers.get('content-type')).toBe('text/plain;charset=UTF-8')
  })

  test.each([
    ['on without settings', {}, 1],
    ['off by attribute', { auto: '0' }, 0],
    ['off by flag', { auto: false }, 0],
    ['an attribute without value is on', { auto: '' }, 1],
    ['on', { auto: '1' }, 1],
  ])('automatic page view: %s', (_name, config, count) => {
    startPixel(config, location.href)
    hide()
    expect(postedEvents().filter(({ event }) => event === 'page_view')).toHaveLength(count)
  })
})

describe('what is posted', () => {
  test('the whole event, nothing empty', async () => {
    openPage('https://www.shop.com/thanks?fbclid=C')
    document.title = 'Thanks'
    const pixel = start()
    pixel.identify({ email: 'a@b.example' })
    pixel.identify({ phone: '' })
    pixel.track('Purchase', {
      value: 12.5,
      currency: 'EUR',
      order_id: 'o1',
      plan: 'pro',
      empty: '',
      items: [{ item_id: 'S1' }],
    })
    await settle()
    expect(posted).toHaveLength(1)
    expect(posted[0]?.body).toEqual({
      v: 1,
      site: 'shop',
      sent_at: Date.now(),
      events: [
        {
          event: 'purchase',
          event_id: 'o1',
          event_time: Date.now(),
          url: 'https://www.shop.com/thanks?fbclid=C',
          title: 'Thanks',
          value: 12.5,
          currency: 'EUR',
          order_id: 'o1',
          items: [{ id: 'S1' }],
          user: { email: 'a@b.example' },
          props: { plan: 'pro' },
          context: expect.objectContaining({
            language: 'en-US',
            click_ids: { fbclid: { value: 'C', at: Date.now() } },
          }) as object,
          origin: 'js',
        },
      ],
    })
    expect(posted[0]?.text).not.toMatch(/""|null|\{\}|\[\]/)
  })

  test('match keys stay in an unsafe page', async () => {
    setGlobal('isSecureContext', false)
    const pixel = start()
    pixel.identify({ email: 'a@b.example' })
    pixel.track('Lead', { user: { phone: '1' } })
    await settle()
    expect(posted[0]?.text).not.toMatch(/example|phone/)
  })

  test('calls of one task share a request, page views wait a second', async () => {
    const pixel = start()
    pixel.page()
    await settle()
    expect(posted).toHaveLength(0)
    vi.advanceTimersByTime(999)
    expect(posted).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(postedEvents().map(({ event }) => event)).toEqual(['page_view'])
    pixel.track('Lead')
    pixel.track('Search')
    await settle()
    expect(posted.map(({ body }) => body.events?.map(({ event }) => event))).toEqual([
      ['page_view'],
      ['generate_lead', 'search'],
    ])
  })

  test.each([
    ['hidden', () => setVisibility('hidden')],
    ['left', hide],
  ])('when the page is %s, a beacon takes what waits', (_name, leave) => {
    start().page()
    leave()
    expect(posted.map(({ by }) => by)).toEqual(['beacon'])
    setVisibility('visible')
    expect(posted).toHaveLength(1)
  })

  test.each([
    ['refuses', () => false],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('when the beacon %s, fetch takes it', (_name, sendBeacon) => {
    navigator.sendBeacon = sendBeacon
    start().page()
    hide()
    expect(posted.map(({ by }) => by)).toEqual(['fetch'])
  })

  test('a browser whose requests die with the page uses beacons', async () => {
    vi.stubGlobal('Request', { prototype: {} })
    start().track('Lead')
    await settle()
    expect(posted.map(({ by }) => by)).toEqual(['beacon'])
  })
})
