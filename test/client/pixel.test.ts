import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PixelConfig } from '../../client/api.ts'
import retry from '../../client/features/retry.ts'
import {
  addPlatforms,
  closePage,
  leavePage,
  load,
  newPage,
  openPage,
  posted,
  postedEvents,
  setGlobal,
  settle,
  start,
} from './page.ts'

beforeEach(newPage)
afterEach(closePage)

const addStub = (q?: unknown[]) => {
  setGlobal(
    'pairpixel',
    Object.assign(() => undefined, { q }),
  )
}
const freshId = /^[\da-f]{8}-[\da-f]{4}-7[\da-f-]{21}$/

describe('the global', () => {
  test('early calls are answered in order, `set` before what follows it', async () => {
    addStub([
      ['set', { key: 'early' }],
      ['track', 'Purchase', { value: 1 }, { id: 'o1' }],
      7,
      ['nonsense', 1],
      ['track', 'Lead', {}, { id: 'l1' }],
    ])
    start({ auto: '1' })
    await settle()
    expect(postedEvents().map(({ event, event_id }) => [event, event_id])).toEqual([
      ['purchase', 'o1'],
      ['generate_lead', 'l1'],
      ['page_view', expect.stringMatching(freshId) as string],
    ])
    expect(posted.map(({ body }) => body.site)).toEqual(['early'])
  })

  test('an early `set` goes before the tag, and before what reads settings as it starts', async () => {
    addStub([
      ['set', { consentFallback: 'granted' }],
      ['set', { auto: '0', frames: 1 }],
      ['track', 'Lead', {}, { id: 'l1' }],
    ])
    const read: unknown[] = []
    start({ auto: '1', consentFallback: 'denied', features: [({ siteConfig }) => void read.push({ ...siteConfig })] })
    await settle()
    expect(read).toMatchObject([{ consentFallback: 'granted', auto: '0', frames: 1 }])
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  })

  test('nothing is fired or posted while the script is evaluated; a page that is left then loses nothing', () => {
    addStub([['track', 'Lead', {}, { id: 'l1' }]])
    const { fbq } = addPlatforms()
    const pixel = load({ auto: '1' })
    expect(pixel.track('Purchase', {}, { id: 'o1' })).toBe('o1')
    expect([fbq.mock.calls, posted]).toEqual([[], []])
    leavePage()
    expect(fbq.mock.calls.map((call) => call[1] as unknown)).toEqual(['Lead', 'Purchase'])
    expect(postedEvents().map(({ event }) => event)).toEqual(['generate_lead', 'page_view', 'purchase'])
  })

  test('whoever kept the stub is still heard', async () => {
    const q: unknown[][] = []
    addStub(q)
    start()
    q.push(['track', 'Lead', {}, { id: 'late' }])
    expect(() => q.push(7 as unknown as unknown[])).not.toThrow()
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['late'])
  })

  test.each<[string, () => void]>([
    ['a stub that nobody has called', () => addStub()],
    ['an element of that name', () => setGlobal('pairpixel', document.createElement('div'))],
    ['nothing', () => undefined],
  ])('it starts beside %s', async (_name, prepare) => {
    prepare()
    start()
    window.pairpixel?.('track', 'Lead', {}, { id: 'l1' })
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual(['l1'])
  })

  test('a second load changes nothing', async () => {
    const first = start()
    expect(start({ key: 'other', auto: '1' })).toBe(first)
    expect(window.pairpixel).toBe(first)
    first.track('Lead')
    await settle()
    expect(posted.map(({ body }) => [body.site, body.events?.length])).toEqual([['shop', 1]])
  })

  test.each([
    ['by the function', () => window.pairpixel?.('track', 'Lead', {}, { id: ' L1 ' })],
    ['by the member', () => window.pairpixel?.track('Lead', {}, { id: 'L1' })],
    ['of a page view', () => window.pairpixel?.('page', {}, { id: 'L1' })],
  ])('%s, the ID comes back at once', (_name, call) => {
    start()
    expect(call()).toBe('L1')
  })

  test.each([
    ['an order number', 'purchase', { order_id: '1001' }, undefined, /^1001$/],
    ['an order number as a number', 'Order Completed', { order_id: 1001 }, undefined, /^1001$/],
    ['the caller’s ID before it', 'purchase', { order_id: '1001' }, 'mine', /^mine$/],
    ['the order number where the caller’s cannot be one', 'purchase', { order_id: '1001' }, 'a b', /^1001$/],
    ['an order number that cannot be an ID', 'purchase', { order_id: 'no 7' }, undefined, freshId],
    ['an order number only for a purchase', 'add_to_cart', { order_id: '1001' }, undefined, freshId],
    ['a rejected ID', 'purchase', {}, 'a b', freshId],
    ['no number', 'purchase', {}, NaN, freshId],
    ['none', 'Lead', undefined, undefined, freshId],
  ])('the ID: %s', async (_name, event, props, id, expected) => {
    const answer = start().track(event, props, { id })
    expect(answer).toMatch(expected)
    await settle()
    expect(postedEvents().map(({ event_id }) => event_id)).toEqual([answer])
  })

  test('nothing the page hands over makes it throw', async () => {
    const pixel = start() as unknown as Record<string, (...args: unknown[]) => unknown> &
      ((...args: unknown[]) => unknown)
    const trap = {
      get bad() {
        throw new Error('theirs')
      },
    }
    for (const args of [
      [],
      ['track'],
      ['track', 7],
      ['track', 'x', 7, 7],
      ['track', 'x', null, null],
      ['track', 'x', trap, trap],
      ['page', trap],
      ['set'],
      ['set', null],
      ['set', trap],
      ['identify', null],
      ['identify', trap],
      ['constructor'],
      ['q'],
      [{}],
    ]) {
      expect(() => pixel(...args)).not.toThrow()
      const [command, ...rest] = args
      const member = ['track', 'page', 'set', 'identify'].find((name) => name === command)
      if (member) expect(() => pixel[member]?.(...rest)).not.toThrow()
    }
    await settle()
    // All of `x` have left, from the function and from the member.
    expect(postedEvents().filter(({ event }) => event === 'x')).toHaveLength(6)
  })
})

describe('settings', () => {
  test.each([
    ['beside the script without any', {}, 'https://www.shop.com/_p/e'],
    ['an empty attribute says nothing', { endpoint: '' }, 'https://www.shop.com/_p/e'],
    ['from the script’s folder', { endpoint: '../in/e' }, 'https://www.shop.com/in/e'],
    ['from the script’s host', { endpoint: '/collect' }, 'https://www.shop.com/collect'],
    ['on another host', { endpoint: 'https://px.shop.com/e' }, 'https://px.shop.com/e'],
  ])('the endpoint: %s', async (_name, config, url) => {
    start(config).track('Lead')
    await settle()
    expect(posted.map((post) => post.url)).toEqual([url])
  })

  test.each([
    ['the registrable domain gets credentials', 'https://px.shop.com/e', 'include'],
    ['another site does not', 'https://shop.net/e', 'omit'],
  ])('the cookie domain is handed on: %s', async (_name, endpoint, credentials) => {
    start({ endpoint }).track('Lead')
    await settle()
    expect(posted[0]?.init).toMatchObject({ method: 'POST', keepalive: true, credentials })
  })

  test.each<[string, PixelConfig, number]>([
    ['on without settings', { auto: undefined }, 1],
    ['off by attribute', { auto: '0' }, 0],
    ['off by flag', { auto: false }, 0],
    ['off by number', { auto: 0 }, 0],
    ['an attribute without value is on', { auto: '' }, 1],
    ['on', { auto: '1' }, 1],
  ])('automatic page view: %s', (_name, config, count) => {
    start(config)
    leavePage()
    expect(postedEvents().filter(({ event }) => event === 'page_view')).toHaveLength(count)
  })

  test('`set` holds for what leaves after it, and takes no part of the rest away', async () => {
    const pixel = start({ endpoint: '/one' })
    pixel.track('Lead')
    await settle()
    pixel.set({ key: 'later' })
    pixel.track('Lead')
    await settle()
    expect(posted.map(({ url, body }) => [url, body.site])).toEqual([
      ['https://www.shop.com/one', 'shop'],
      ['https://www.shop.com/one', 'later'],
    ])
  })
})

describe('what is posted', () => {
  test('the whole event, nothing empty', async () => {
    openPage('https://www.shop.com/thanks?fbclid=C')
    const pixel = start()
    pixel.identify({ email: 'a@b.example' })
    pixel.identify({ phone: '' })
    pixel.track('Purchase', {
      value: 12.5,
      currency: 'EUR',
      order_id: 'o1',
      plan: 'pro',
      empty: '',
      items: [{ id: 'S1' }],
    })
    await settle()
    expect(posted).toHaveLength(1)
    expect(posted[0]?.body).toEqual({
      v: 1,
      site: 'shop',
      domain: 'shop.com',
      sent_at: Date.now(),
      events: [
        {
          event: 'purchase',
          event_id: 'o1',
          event_time: Date.now(),
          url: 'https://www.shop.com/thanks?fbclid=C',
          value: 12.5,
          currency: 'EUR',
          order_id: 'o1',
          items: [{ id: 'S1' }],
          user: { email: 'a@b.example' },
          props: { plan: 'pro' },
          context: {
            screen_width: screen.width,
            screen_height: screen.height,
            pixel_ratio: devicePixelRatio,
            click_ids: { fbclid: { value: 'C', at: Date.now() } },
          },
        },
      ],
    })
    expect(posted[0]?.text).not.toMatch(/""|null|\{\}|\[\]/)
  })

  test.each([
    ['a person’s browser', false, 2, [1024, 768, 2, false]],
    ['one that a program drives', true, 1, [1024, 768, 1, true]],
  ])('the screen, and who looks at it: %s', async (_name, webdriver, ratio, shown) => {
    vi.stubGlobal('screen', { width: 1024, height: 768 })
    vi.stubGlobal('devicePixelRatio', ratio)
    Object.defineProperty(navigator, 'webdriver', { configurable: true, value: webdriver })
    start().track('Lead')
    await settle()
    Reflect.deleteProperty(navigator, 'webdriver')
    const { events } = JSON.parse(posted[0]?.text ?? '{}') as { events: Record<string, unknown>[] }
    expect(events.map((event) => event.screen)).toEqual([shown])
  })

  test('an order by GA4’s name for its number has it for its ID', () => {
    expect(start().track('purchase', { transaction_id: 'o7', value: 1 })).toBe('o7')
  })

  test('cookies belong where the tag says', async () => {
    openPage('https://www.shop.com/?fbclid=C')
    const written = vi.spyOn(document, 'cookie', 'set')
    start({ domain: 'www.shop.com' }).track('Lead')
    await settle()
    expect(posted[0]?.body).toMatchObject({ domain: 'www.shop.com' })
    expect(written.mock.calls.map(([text]) => /;domain=[^;]+/.exec(text)?.[0])).toEqual([';domain=www.shop.com'])
  })

  test('an endpoint that is no address is nobody’s error', async () => {
    const rejected = vi.fn()
    process.on('unhandledRejection', rejected)
    start({ endpoint: 'https://', features: [retry] }).track('Lead')
    await settle()
    vi.advanceTimersByTime(10_000)
    await new Promise((done) => setImmediate(done))
    process.off('unhandledRejection', rejected)
    expect([posted, rejected.mock.calls]).toEqual([[], []])
  })

  test('times are those of the call and of the request', async () => {
    const pixel = start()
    const called = Date.now()
    pixel.page()
    vi.setSystemTime(called + 700)
    pixel.track('Lead')
    await settle()
    expect(posted[0]?.body.events?.map(({ event_time }) => event_time)).toEqual([called, called + 700])
    expect(posted[0]?.body.sent_at).toBe(called + 700)
  })

  test.each([
    ['a platform’s spelling', 'ADD_CART', 'add_to_cart'],
    ['Segment’s', 'Product Added', 'add_to_cart'],
    ['ours', 'generate_lead', 'generate_lead'],
    ['a custom one, letter for letter', ' My  Event ', 'My  Event'],
    ['one that Snapchat alone knows', 'INVITE', 'INVITE'],
    ['a word of the language', 'constructor', 'constructor'],
  ])('the name: %s', async (_name, name, event) => {
    start().track(name)
    await settle()
    expect(postedEvents().map((one) => one.event)).toEqual([event])
  })

  test('match keys: said once, sent with each, an event’s own before them, an empty one takes back', async () => {
    const pixel = start()
    pixel.identify({ email: 'a@b.example', city: 'Rome' })
    pixel.track('Lead')
    pixel.track('Lead', { user: { email: 'c@d.example' } })
    pixel.identify({ email: '' })
    pixel.track('Lead')
    await settle()
    expect(postedEvents().map(({ user }) => user)).toEqual([
      { email: 'a@b.example', city: 'Rome' },
      { email: 'c@d.example', city: 'Rome' },
      { city: 'Rome' },
    ])
  })

  test('match keys stay in an unsafe page', async () => {
    setGlobal('isSecureContext', false)
    const pixel = start()
    pixel.identify({ email: 'a@b.example' })
    pixel.track('Lead', { user: { phone: '1' } })
    await settle()
    expect(postedEvents()).toHaveLength(1)
    expect(posted[0]?.text).not.toMatch(/example|phone|user/)
  })
})

describe('a script tag that asks for consent, where no feature for it is joined', () => {
  const open = (config: PixelConfig) => {
    openPage('https://www.shop.com/?fbclid=C')
    const { fbq } = addPlatforms()
    const pixel = start({ auto: '1', ...config })
    pixel.track('purchase', {}, { id: 'o1' })
    return { pixel, fbq }
  }
  const trace = async () => {
    vi.advanceTimersByTime(60_000)
    await settle()
    leavePage()
    return [posted.length, document.cookie, localStorage.length]
  }

  test.each(['wait', 'tcf', 'auto', ''])('`%s`: nothing is kept, fired or sent before a yes', async (consent) => {
    const { pixel, fbq } = open({ consent })
    expect([await trace(), fbq.mock.calls]).toEqual([[0, '', 0], []])
    pixel.consent('granted')
    await settle()
    expect(postedEvents().map(({ event_id, context }) => [event_id, context?.click_ids?.fbclid?.value])).toEqual([
      [expect.stringMatching(freshId), 'C'],
      ['o1', 'C'],
    ])
    expect(fbq).toHaveBeenCalledOnce()
  })

  test.each([['none'], [undefined]])('%s: everything leaves', async (consent) => {
    open(consent ? { consent } : {})
    await settle()
    expect(postedEvents()).toHaveLength(2)
  })

  test('a no keeps it shut, and shuts what was open; a yes said twice opens once', async () => {
    const { pixel } = open({ consent: 'wait' })
    pixel.consent('denied')
    expect(await trace()).toEqual([0, '', 0])
    pixel.consent('granted')
    pixel.consent('granted')
    await settle()
    expect(postedEvents()).toHaveLength(2)
    pixel.consent('denied')
    pixel.track('Lead', {}, { id: 'l1' })
    await trace()
    expect(postedEvents()).toHaveLength(2)
  })

  test('a yes among the early calls', async () => {
    addStub([['consent', 'granted']])
    start({ consent: 'wait' }).track('Lead', {}, { id: 'l1' })
    await settle()
    expect(postedEvents()).toHaveLength(1)
  })
})
